// Sessions of one computer are lost and restored each at its own times, and none of them is that
// computer's Outlook. So each is a client of its own, "PC01 to mail.example.com:443"; with several
// to one host, they are numbered. What the line says is put into the words of an event log, whose
// meaning data/profiles/watch.toml and data/event_map/watch.toml give.

#include "evidence/intake/watch_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "evidence/intake/log_lines.h"
#include "formats/watch_record/entry.h"

namespace dropscope {
namespace {

using watch_record::Cause;
using watch_record::Entry;
using watch_record::Kind;

constexpr std::string_view kProvider = "dropscope watch";
constexpr std::string_view kChannel = "Watch";

/// The ids of data/profiles/watch.toml and data/event_map/watch.toml.
enum EventId : std::uint16_t {
  kStarted = 1,
  kStopped = 2,
  kRestored = 3,
  kLost = 4,
  kSleep = 5,
  kResume = 6,
  kClockStep = 7,
};

/// A FIN in the second after data ends a conversation; as in captures (capture_close.cc).
constexpr double kIdlePause_s = 1;

/// A computer's name without its domain; an address stays whole.
std::string short_name(const std::string& computer) {
  const bool address = computer.find_first_not_of("0123456789.:") == std::string::npos;
  return address ? computer : computer.substr(0, computer.find('.'));
}

std::string reason_of(const Entry& lost) {
  std::string_view what;
  switch (lost.cause) {
    case Cause::Fin:
      what = "FIN";
      break;
    case Cause::Rst:
      what = "RST";
      break;
    case Cause::TimeOut:
      what = "no answer";
      break;
    case Cause::Unreachable:
      what = "unreachable";
      break;
    case Cause::Refused:
      what = "refused";
      break;
  }
  return fmt::format("{} after {:.1f} s without data", what, lost.idle_s);
}

CloseWhy why_of(const Entry& lost) {
  switch (lost.cause) {
    case Cause::Fin:
      return lost.idle_s >= kIdlePause_s ? CloseWhy::Idle : CloseWhy::Finished;
    case Cause::Rst:
      return CloseWhy::Reset;
    case Cause::TimeOut:
    case Cause::Unreachable:
      return CloseWhy::Silence;
    case Cause::Refused:
      break;
  }
  return CloseWhy::Failed;
}

class Reader {
 public:
  Reader(const Content& content, const ReadContext& context)
      : content_(content), context_(context), collector_(context.matcher, out_) {}

  SourceIntake read() {
    out_.source.state = SourceState::Read;
    for_each_log_line(content_, [&](const text::Line& line) {
      if (trim(line.text).empty()) return;
      const auto entry = watch_record::read(line.text);
      if (!entry) {
        damaged(line, entry.error().message);
      } else {
        take(*entry, line);
      }
    });
    end_run();
    if (out_.source.records == 0) {
      out_.source.state = SourceState::Unreadable;
      out_.source.problem = "holds no event of a watch that could be read; record it again";
    } else if (out_.source.damage_count > 0) {
      out_.source.state = SourceState::Damaged;
    }
    return std::move(out_);
  }

 private:
  void damaged(const text::Line& line, const std::string& what) {
    ++out_.source.records_damaged;
    add_damage(out_.source, line.offset, fmt::format("line {}: {}", line.number, what),
               context_.damage_kept);
  }

  void take(const Entry& entry, const text::Line& line) {
    if (entry.kind == Kind::Start) {
      end_run();
      begin_run(entry);
    }
    const bool of_session =
        entry.kind == Kind::Up || entry.kind == Kind::Lost || entry.kind == Kind::Failed;
    if (clients_.empty()) {
      damaged(line, "expected the start of a watch before its events");
      return;
    }
    if (of_session && static_cast<std::size_t>(entry.session) > clients_.size()) {
      damaged(line, fmt::format("expected a session from 1 to {}, found {}", clients_.size(),
                                entry.session));
      return;
    }
    ++out_.source.records;
    ++number_;
    first_ = first_ == Instant{} ? entry.time : std::min(first_, entry.time);
    last_ = std::max(last_, entry.time);
    switch (entry.kind) {
      case Kind::Start:
        add_to_all(kStarted, entry.time, line, {});
        break;
      case Kind::Stop:
        add_to_all(kStopped, entry.time, line, {});
        break;
      case Kind::Up:
        move_session(entry);
        add(client_of(entry), kRestored, entry.time, line, {});
        break;
      case Kind::Lost:
        add(client_of(entry), kLost, entry.time, line, {{"Cause", reason_of(entry)}});
        add_close(entry, line);
        break;
      case Kind::Gap:
        add_gap(entry, line);
        break;
      case Kind::Failed:
      case Kind::Alive:
        break;
    }
  }

  [[nodiscard]] const std::string& client_of(const Entry& entry) const {
    return clients_[static_cast<std::size_t>(entry.session) - 1];
  }

  void begin_run(const Entry& start) {
    start_ = start;
    std::map<std::string, int> of_host;
    for (const auto& session : start.sessions) {
      ++of_host[fmt::format("{}:{}", session.host, session.port)];
    }
    std::map<std::string, int> numbers;
    for (const auto& session : start.sessions) {
      const std::string host = fmt::format("{}:{}", session.host, session.port);
      std::string client = fmt::format("{} to {}", short_name(start.computer), host);
      if (of_host[host] > 1) client += fmt::format(" ({})", ++numbers[host]);
      InventoryRow row;
      row.computer = client;
      row.values.emplace_back("server", session.host);
      if (!start.zone.empty()) row.values.emplace_back("timezone", start.zone);
      out_.inventory.push_back(std::move(row));
      clients_.push_back(std::move(client));
    }
  }

  /// The span of one run. Numbers of records say that something is missing between two.
  void end_run() {
    for (const std::string& client : clients_) {
      RawCoverage span;
      span.computer = client;
      span.channel = kChannel;
      span.first = first_;
      span.last = last_;
      span.records = events_[client];
      span.first_record_id = first_number_;
      span.last_record_id = number_;
      out_.coverage.push_back(std::move(span));
    }
    clients_.clear();
    events_.clear();
    first_ = last_ = {};
    number_ += 2;
    first_number_ = number_ + 1;
  }

  void add(const std::string& client, EventId id, Instant time, const text::Line& line,
           const std::vector<DataItem>& items) {
    EventRecord record;
    record.time = time;
    record.record_id = number_;
    record.place = line.offset;
    record.event_id = id;
    record.provider = kProvider;
    record.channel = kChannel;
    record.computer = client;
    collector_.add(record, items);
    ++events_[client];
  }

  void add_to_all(EventId id, Instant time, const text::Line& line,
                  const std::vector<DataItem>& items) {
    for (const std::string& client : clients_) add(client, id, time, line, items);
  }

  void add_gap(const Entry& gap, const text::Line& line) {
    const Instant before = gap.time - ticks_from_seconds(gap.gap_s);
    if (gap.gap_s >= 0) {
      add_to_all(kSleep, before, line, {});
      add_to_all(kResume, gap.time, line, {});
    } else {
      add_to_all(kClockStep, gap.time, line,
                 {{"NewTime", format_utc(gap.time, 7)}, {"OldTime", format_utc(before, 7)}});
    }
  }

  /// The host has another address than before; later losses are losses of that one.
  void move_session(const Entry& up) {
    if (!up.address.empty()) {
      start_.sessions[static_cast<std::size_t>(up.session) - 1].address = up.address;
    }
  }

  void add_close(const Entry& lost, const text::Line& line) {
    const auto& session = start_.sessions[static_cast<std::size_t>(lost.session) - 1];
    RawClose raw;
    Close& close = raw.close;
    close.time = lost.time;
    close.opened = lost.time - ticks_from_seconds(lost.age_s);
    close.idle = ticks_from_seconds(lost.idle_s);
    close.client = IpEndpoint::parse(lost.local).value_or(IpEndpoint{});
    close.server = IpEndpoint::parse(session.address).value_or(IpEndpoint{});
    close.place = line.number;
    // The other side, or a device that speaks for it: a socket cannot tell them apart.
    close.by = CloseBy::Unknown;
    close.why = why_of(lost);
    raw.owner = client_of(lost);
    raw.device = fmt::format("watch on {}", short_name(start_.computer));
    raw.server_name = session.host;
    raw.reason = reason_of(lost);
    out_.closes.push_back(raw);
  }

  const Content& content_;
  const ReadContext& context_;
  SourceIntake out_;
  EventCollector collector_;
  Entry start_;
  std::vector<std::string> clients_;             ///< Of the run, by session.
  std::map<std::string, std::uint64_t> events_;  ///< Of the run, by client.
  Instant first_{};
  Instant last_{};
  std::uint64_t number_ = 0;
  std::uint64_t first_number_ = 1;
};

}  // namespace

bool is_watch_record(const Head& head) {
  return watch_record::is_record(head.bytes);
}

SourceIntake read_watch_record(const Content& content, const ReadContext& context) {
  return Reader(content, context).read();
}

}  // namespace dropscope
