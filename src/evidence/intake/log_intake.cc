#include "evidence/intake/log_intake.h"

#include <cstring>
#include <utility>

#include "formats/evtx/reader.h"

namespace dropscope {
namespace {

/// The literals of a template are at the same place for all its records.
bool same_bytes(Bytes a, Bytes b) {
  return a.size() == b.size() &&
         (a.empty() || a.data() == b.data() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

class LogReading {
 public:
  LogReading(const EventMatcher& matcher, SourceIntake& out)
      : matcher_(matcher), filter_(matcher.filter()), collector_(matcher, out) {}

  void record(const evtx::LogRecord& record) {
    if (!record.event) return;
    const evtx::EventView& event = *record.event;
    const Instant time = event.time_created().value_or(record.written);
    RawCoverage& coverage =
        coverage_of(event.field(evtx::Field::Computer), event.field(evtx::Field::Channel));
    // A forwarded event has the collector's number in its record header and its own in its System
    // element; the latter is what Event Viewer shows and what its original carries too.
    const std::uint64_t record_id = event.number(evtx::Field::RecordId, record.id);
    collector_.count(coverage, time, record_id);
    // Nearly all records end here: a look at one value tells that no rule is for them.
    if (!filter_.matches(event, record.id, record.written)) return;
    const auto& matches = matcher_.find(event.provider(), event.event_id());
    if (matches.empty()) return;
    event.data(items_);
    const std::string provider = to_utf8(event.provider());
    collector_.keep(matches,
                    {time,
                     record_id,
                     record.offset,
                     event.event_id(),
                     provider,
                     coverage.channel,
                     coverage.computer,
                     {},
                     record.doubtful},
                    items_);
  }

  void finish() { collector_.finish(); }

 private:
  /// Nearly every record repeats computer and channel of the one before, which is seen by comparing
  /// raw bytes.
  RawCoverage& coverage_of(const evtx::ValueView& computer, const evtx::ValueView& channel) {
    if (last_ == nullptr || !same_bytes(computer.bytes, last_computer_) ||
        !same_bytes(channel.bytes, last_channel_)) {
      last_ = &collector_.coverage_of(computer.to_text(), channel.to_text());
      last_computer_ = computer.bytes;
      last_channel_ = channel.bytes;
    }
    return *last_;
  }

  const EventMatcher& matcher_;
  evtx::FilterProgram filter_;
  EventCollector collector_;
  RawCoverage* last_ = nullptr;
  Bytes last_computer_;
  Bytes last_channel_;
  std::vector<evtx::EventView::Item> items_;
};

}  // namespace

SourceIntake read_log(Bytes bytes, std::string name, const EventMatcher& matcher,
                      std::size_t damage_kept) {
  SourceIntake out;
  Source& source = out.source;
  source.path = std::move(name);
  source.kind = "evtx";
  auto reader = evtx::LogReader::open(bytes);
  if (!reader) {
    source.state = SourceState::Unreadable;
    source.problem = reader.error().message;
    return out;
  }
  LogReading reading(matcher, out);
  evtx::LogRecord record;
  while (reader->next(record)) reading.record(record);
  reading.finish();
  const evtx::LogSummary& summary = reader->summary();
  source.records = summary.records;
  source.records_damaged = summary.records_unreadable + summary.records_recoverable;
  source.damage_count = summary.damages;
  source.dirty = reader->header().dirty();
  source.state = summary.damages == 0 ? SourceState::Read : SourceState::Damaged;
  for (const evtx::LogDamage& damage : reader->damage()) {
    if (source.damage.size() >= damage_kept) break;
    source.damage.push_back({damage.offset, damage.record_id, damage.what, damage.lost_records});
  }
  return out;
}

}  // namespace dropscope
