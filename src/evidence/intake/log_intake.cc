#include "evidence/intake/log_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "base/utf16.h"
#include "formats/evtx/reader.h"

namespace dropscope {
namespace {

/// FNV-1a over the units, ASCII letters in lower case.
std::uint64_t provider_hash(Utf16View provider) {
  std::uint64_t hash = 14695981039346656037ull;
  for (std::size_t i = 0; i < provider.size(); ++i) {
    char16_t unit = provider[i];
    if (unit >= 'A' && unit <= 'Z') unit = static_cast<char16_t>(unit + 32);
    hash = (hash ^ unit) * 1099511628211ull;
  }
  return hash;
}

/// The literals of a template are at the same place for all its records.
bool same_bytes(Bytes a, Bytes b) {
  return a.size() == b.size() &&
         (a.empty() || a.data() == b.data() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

/// Spans per computer and channel. Nearly every record repeats those of the one before, so the last
/// entry is tried first, by comparing raw bytes.
class CoverageTable {
 public:
  RawCoverage& at(const evtx::ValueView& computer, const evtx::ValueView& channel) {
    if (last_ != nullptr && same_bytes(computer.bytes, last_computer_) &&
        same_bytes(channel.bytes, last_channel_)) {
      return *last_;
    }
    std::pair<std::string, std::string> key{computer.to_text(), channel.to_text()};
    auto [it, inserted] = table_.try_emplace(std::move(key));
    if (inserted) {
      it->second.computer = it->first.first;
      it->second.channel = it->first.second;
    }
    last_ = &it->second;
    last_computer_ = computer.bytes;
    last_channel_ = channel.bytes;
    return *last_;
  }

  [[nodiscard]] std::vector<RawCoverage> take() {
    std::vector<RawCoverage> out;
    out.reserve(table_.size());
    for (auto& [key, coverage] : table_) out.push_back(std::move(coverage));
    return out;
  }

 private:
  std::map<std::pair<std::string, std::string>, RawCoverage> table_;
  RawCoverage* last_ = nullptr;
  Bytes last_computer_;
  Bytes last_channel_;
};

void extend(RawCoverage& coverage, Instant time, std::uint64_t record_id) {
  if (coverage.records == 0) {
    coverage.first = coverage.last = time;
    coverage.first_record_id = coverage.last_record_id = record_id;
  } else {
    coverage.first = std::min(coverage.first, time);
    coverage.last = std::max(coverage.last, time);
    coverage.first_record_id = std::min(coverage.first_record_id, record_id);
    coverage.last_record_id = std::max(coverage.last_record_id, record_id);
  }
  ++coverage.records;
}

bool contains_nocase(std::string_view text, std::string_view part) {
  return to_lower_ascii(text).find(to_lower_ascii(part)) != std::string::npos;
}

/// Kernel-General 1 carries NewTime, OldTime and, since Windows 8, Reason. Reason 2 says that the
/// clock was read from the hardware again after a sleep: no step of the wall clock. Below a second
/// the time service corrects the clock all the time.
constexpr Ticks kSmallestStep = std::chrono::seconds{1};

std::optional<std::int64_t> clock_step(const std::vector<evtx::EventView::Item>& items) {
  std::optional<Instant> before;
  std::optional<Instant> after;
  for (const auto& item : items) {
    if (item.name == "NewTime") after = parse_utc(item.text);
    if (item.name == "OldTime") before = parse_utc(item.text);
    if (item.name == "Reason" && item.text == "2") return std::nullopt;
  }
  if (!before || !after) return std::nullopt;
  const Ticks step = *after - *before;
  if (step < kSmallestStep && step > -kSmallestStep) return std::nullopt;
  return step.count();
}

/// The strings of an event as one line: the items' texts, empty ones left out.
std::string join_items(const std::vector<evtx::EventView::Item>& items) {
  std::string text;
  for (const auto& item : items) {
    if (item.text.empty() || item.name == "Binary") continue;
    if (!text.empty()) text += " | ";
    text += item.text;
  }
  return text;
}

/// EventLog 6013 holds "480 Pacific Standard Time" (bias in minutes and name) as its seventh
/// string.
std::string zone_of_uptime_event(const std::vector<evtx::EventView::Item>& items) {
  for (auto it = items.rbegin(); it != items.rend(); ++it) {
    if (it->name == "Binary") continue;
    const std::size_t space = it->text.find(' ');
    if (space == std::string::npos) continue;
    if (parse_int(std::string_view(it->text).substr(0, space))) return it->text.substr(space + 1);
  }
  return {};
}

class LogReading {
 public:
  LogReading(const EventMatcher& matcher, LogIntake& out)
      : matcher_(matcher), filter_(matcher.filter()), out_(out) {}

  void record(const evtx::LogRecord& record) {
    if (!record.event) return;
    const evtx::EventView& event = *record.event;
    const Instant time = event.time_created().value_or(record.written);
    RawCoverage& coverage =
        coverage_.at(event.field(evtx::Field::Computer), event.field(evtx::Field::Channel));
    if (coverage.records > 0 && time + std::chrono::seconds{1} < previous_time_) {
      ++out_.out_of_order;
    }
    previous_time_ = time;
    // A forwarded event has the collector's number in its record header and its own in its System
    // element; the latter is what Event Viewer shows and what its original carries too.
    const std::uint64_t record_id = event.number(evtx::Field::RecordId, record.id);
    extend(coverage, time, record_id);
    // Nearly all records end here: a look at one value tells that no rule is for them.
    if (!filter_.matches(event, record.id, record.written)) return;
    const auto& matches = matcher_.find(event.provider(), event.event_id());
    if (matches.empty()) return;
    event.data(items_);
    for (const EventMatcher::Match& match : matches) {
      if (apply(match, coverage, event, record, time, record_id)) return;
    }
  }

  void finish() { out_.coverage = coverage_.take(); }

 private:
  bool apply(const EventMatcher::Match& match, const RawCoverage& coverage,
             const evtx::EventView& event, const evtx::LogRecord& record, Instant time,
             std::uint64_t record_id) {
    const EventRule& rule = *match.rule;
    // A forwarded event keeps its original channel in its System element.
    if (!rule.channel.empty() && !equals_nocase_ascii(rule.channel, coverage.channel)) return false;
    if (!rule.data_contains.empty() &&
        (items_.empty() || !contains_nocase(items_.front().text, rule.data_contains))) {
      return false;
    }
    RawEvent raw;
    raw.text = join_items(items_);
    Event& out = raw.event;
    out.recognition = Recognition::Id;
    if (rule.meaning) {
      out.meaning = *rule.meaning;
    } else {
      const Classification found = matcher_.classify(match.profile, raw.text);
      out.meaning = found.meaning;
      out.recognition = found.recognition;
    }
    if (out.meaning == Meaning::ClockStep) {
      const auto step = clock_step(items_);
      if (!step) return true;
      out.value = *step;
    }
    if (out.meaning == Meaning::ZoneReport) {
      raw.text = zone_of_uptime_event(items_);
      if (raw.text.empty()) return true;
    }
    out.time = time;
    out.record_id = record_id;
    out.offset = record.offset;
    out.event_id = event.event_id();
    out.profile = match.profile == EventMatcher::kNoProfile ? std::uint16_t{0} : match.profile;
    out.doubtful = record.doubtful;
    raw.provider = to_utf8(event.provider());
    raw.channel = coverage.channel;
    raw.computer = coverage.computer;
    out_.events.push_back(std::move(raw));
    return true;
  }

  const EventMatcher& matcher_;
  evtx::FilterProgram filter_;
  LogIntake& out_;
  CoverageTable coverage_;
  Instant previous_time_{};
  std::vector<evtx::EventView::Item> items_;
};

}  // namespace

EventMatcher::EventMatcher(const Catalogue& catalogue) {
  evtx::Filter filter;
  const auto add = [&](const EventRule& rule, std::uint16_t profile) {
    const std::u16string provider = to_utf16(rule.provider);
    const std::uint64_t hash = provider_hash(
        Utf16View(Bytes(reinterpret_cast<const std::byte*>(provider.data()), provider.size() * 2)));
    for (const std::uint16_t id : rule.ids) rules_[Key{hash, id}].push_back({&rule, profile});
    filter.sources.push_back({rule.provider, rule.ids, {}});
  };
  for (std::size_t i = 0; i < catalogue.profiles.size(); ++i) {
    for (const EventRule& rule : catalogue.profiles[i].rules) {
      add(rule, static_cast<std::uint16_t>(i));
    }
    classifiers_.emplace_back(catalogue, catalogue.profiles[i]);
  }
  for (const EventRule& rule : catalogue.computer_events) add(rule, kNoProfile);
  filter_.emplace(filter);
}

const std::vector<EventMatcher::Match>& EventMatcher::find(Utf16View provider,
                                                           std::uint16_t id) const {
  static const std::vector<Match> kNone;
  const auto found = rules_.find(Key{provider_hash(provider), id});
  if (found == rules_.end()) return kNone;
  // Two providers with the same hash are next to impossible, and a wrong match would be silent.
  if (!provider.equals_ascii_nocase(found->second.front().rule->provider)) return kNone;
  return found->second;
}

Classification EventMatcher::classify(std::uint16_t profile, std::string_view text) const {
  check(profile < classifiers_.size(), "a rule that asks for a text belongs to a profile");
  return classifiers_[profile].classify(text);
}

LogIntake read_log(Bytes bytes, std::string name, const EventMatcher& matcher,
                   std::size_t damage_kept) {
  LogIntake out;
  Source& source = out.source;
  source.path = std::move(name);
  source.kind = "evtx";
  source.bytes = bytes.size();
  source.sha256 = sha256_hex(bytes);
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
