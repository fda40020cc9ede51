// The filter's table sees the ends of connections and tells them by the state of its entries, not
// by who caused them: FIN_WAIT is the first FIN and CLOSE is a RST, of whichever end. Both are told
// at once; DESTROY comes minutes later, when the closed entry runs out, and is then no news.
//
// An entry that goes in state ESTABLISHED is the filter's own doing. Neither end learns of it. Why
// it went shows in what the line still has (FORMAT.md of formats/conntrack):
//   time left      it was removed before its time: by a program, or by the kernel
//   no time left   it ran out. Sooner than the time-out of its last line allows: data had gone
//                  unanswered, for which the kernel has a shorter time-out
//                  (nf_conntrack_tcp_timeout_unacknowledged, …_max_retrans, 300 s). Later: nothing
//                  had passed for the time-out; an end that stopped answering after a long life
//                  looks the same, and is said so
//   no state       an older kernel, which tells neither

#include "evidence/intake/conntrack_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "evidence/intake/close_keeper.h"
#include "evidence/intake/layout_times.h"
#include "evidence/intake/log_lines.h"
#include "formats/conntrack/conntrack.h"
#include "formats/syslog/syslog.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

using conntrack::Entry;
using conntrack::Kind;

/// Entries that are followed at once. The kernel's own table holds 262,144 unless it is set
/// (nf_conntrack_max with 8 GiB of memory).
constexpr std::size_t kMostEntries = 500'000;
/// Time-outs are counted in whole seconds.
constexpr double kRounding = 1;

/// The line's own part, behind what syslog put in front of it.
std::optional<Entry> parse_line(std::string_view line, syslog::Header& header) {
  header = {};
  if (auto entry = conntrack::parse(line)) return entry;
  header = syslog::parse(line);
  return conntrack::parse(header.message);
}

std::optional<IpEndpoint> endpoint(std::string_view address, std::string_view port) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return std::nullopt;
  IpEndpoint out{*parsed, 0};
  if (const auto number = parse_int(port); number && *number >= 0 && *number <= 65535) {
    out.port = static_cast<std::uint16_t>(*number);
  }
  return out;
}

bool is_handshake(std::string_view state) {
  return state.starts_with("SYN_");
}

class Reader {
 public:
  Reader(const Content& content, const ReadContext& context)
      : content_(content),
        context_(context),
        times_(context, false),
        keeper_(out_, context.known_clients, content.bytes.size()) {}

  SourceIntake read() {
    for_each_log_line(content_, [this](const text::Line& line) { add(line); });
    finish();
    return std::move(out_);
  }

 private:
  /// A time of the line's own, or one of syslog's whose year and zone are open until the end.
  struct LineTime {
    std::optional<Instant> exact;
    std::optional<OpenTime> header;
  };
  /// What the lines of one connection told so far.
  struct Known {
    LineTime opened;  ///< Nothing where its begin was not seen.
    LineTime last;    ///< Of the last line.
    std::optional<std::int64_t> timeout;
    std::string state;
    bool ended = false;  ///< Its end is kept already.
  };
  struct Pending {
    RawClose raw;
    LineTime ended;
    LineTime opened;
    LineTime before;  ///< The connection's line before the last.
    std::optional<std::int64_t> timeout;
    std::optional<std::int64_t> lived;
    bool ran_out = false;  ///< In state ESTABLISHED, with no time left.
  };

  void add(const text::Line& line) {
    if (trim(line.text).empty()) return;
    syslog::Header header;
    const auto entry = parse_line(line.text, header);
    if (!entry) {
      // The program's last words are "conntrack v1.4.7 (conntrack-tools): 42 flow events …".
      if (line.text.find("conntrack-tools") != std::string_view::npos) return;
      ++others_;
      add_damage(out_.source, line.number,
                 fmt::format("line {}: expected a line of conntrack, found another", line.number),
                 context_.damage_kept);
      return;
    }
    ++out_.source.records;
    if (entry->protocol != "tcp") {
      ++not_tcp_;
    } else if (entry->kind == Kind::List) {
      ++listed_;
    } else {
      follow(*entry, header, line.number);
    }
  }

  static std::string key_of(const Entry& entry) {
    if (!entry.id.empty()) return std::string(entry.id);
    const conntrack::Tuple& from = entry.original;
    return fmt::format("{} {} {} {}", from.source, from.source_port, from.target, from.target_port);
  }

  void follow(const Entry& entry, const syslog::Header& header, std::uint64_t line) {
    LineTime time;
    if (entry.stamp) {
      time.exact = entry.stamp;
    } else if (header.has_stamp) {
      time.header = times_.keep(header.stamp);
    } else {
      ++timeless_;
    }
    const std::string key = key_of(entry);
    auto found = known_.find(key);
    if (entry.kind == Kind::New || found == known_.end()) {
      if (entry.kind != Kind::Destroy && known_.size() >= kMostEntries) return;
      found = known_.insert_or_assign(key, Known{}).first;
      // An entry that begins in another state was picked up in the middle of its connection.
      if (entry.kind == Kind::New && entry.state == "SYN_SENT") found->second.opened = time;
    }
    Known& known = found->second;
    const std::string before = known.state;
    if (!entry.state.empty()) known.state = entry.state;
    const bool closes = known.state == "FIN_WAIT" || known.state == "CLOSE_WAIT" ||
                        known.state == "LAST_ACK" || known.state == "TIME_WAIT" ||
                        known.state == "CLOSE";
    if (!known.ended && (closes || entry.kind == Kind::Destroy)) {
      end(entry, known, time, header.host, line, before);
      known.ended = true;
    }
    if (entry.kind == Kind::Destroy) {
      known_.erase(found);
      return;
    }
    known.last = time;
    known.timeout = entry.left_seconds;
  }

  struct Meaning {
    CloseBy by = CloseBy::Unknown;
    CloseWhy why = CloseWhy::Unknown;
    bool ran_out = false;
    std::string_view says;  ///< Behind the state, in Close::reason.
  };

  static Meaning meaning_of(const Entry& entry, const Known& known, std::string_view before) {
    const bool destroyed = entry.kind == Kind::Destroy;
    if (known.state == "CLOSE") {
      // A RST in answer to the SYN, by the server or by a filter in its place.
      const bool refused = entry.unreplied || is_handshake(before);
      return {CloseBy::Unknown, refused ? CloseWhy::Failed : CloseWhy::Reset, false, {}};
    }
    if (is_handshake(known.state)) return {CloseBy::Unknown, CloseWhy::Failed, false, {}};
    if (known.state != "ESTABLISHED") {
      if (known.state.empty()) return {CloseBy::Unknown, CloseWhy::Unknown, false, " (destroyed)"};
      return {CloseBy::Unknown, CloseWhy::Finished, false, {}};
    }
    if (destroyed && entry.by_program) {
      return {CloseBy::Admin, CloseWhy::Killed, false, " (removed by a program)"};
    }
    if (entry.state.empty()) return {CloseBy::Middlebox, CloseWhy::Unknown, false, " (forgotten)"};
    if (entry.left_seconds.value_or(0) > 0) {
      return {CloseBy::Middlebox, CloseWhy::Unknown, false, " (removed before its time)"};
    }
    return {CloseBy::Middlebox, CloseWhy::Unknown, true, " (ran out)"};
  }

  void end(const Entry& entry, const Known& known, const LineTime& time, std::string_view host,
           std::uint64_t line, std::string_view before) {
    const Meaning meaning = meaning_of(entry, known, before);
    const auto client = [&] { return endpoint(entry.original.source, entry.original.source_port); };
    if (!keeper_.wants(meaning.why == CloseWhy::Finished, client)) return;
    Pending& pending = pending_.emplace_back();
    Close& close = pending.raw.close;
    close.place = line;
    close.by = meaning.by;
    close.why = meaning.why;
    close.untold = meaning.by == CloseBy::Middlebox || meaning.by == CloseBy::Admin;
    if (const auto end = client()) close.client = *end;
    if (const auto end = endpoint(entry.original.target, entry.original.target_port)) {
      close.server = *end;
    }
    // Answers of a server behind a translated address come from its own.
    if (const auto end = endpoint(entry.reply.source, entry.reply.source_port);
        end && *end != close.server) {
      close.behind = *end;
    }
    close.bytes_out = entry.original.bytes;
    close.bytes_in = entry.reply.bytes;
    pending.raw.reason = fmt::format("{}{}", known.state, meaning.says);
    pending.raw.device = host;
    pending.ended = time;
    pending.opened = known.opened;
    pending.before = known.last;
    pending.timeout = known.timeout;
    pending.lived = entry.lived_seconds;
    pending.ran_out = meaning.ran_out;
  }

  std::optional<Instant> instant(const LineTime& time) {
    if (time.exact) return time.exact;
    return time.header ? times_.instant(*time.header) : std::nullopt;
  }

  void settle(Pending& pending) {
    Close& close = pending.raw.close;
    const auto ended = instant(pending.ended);
    if (!ended) return;
    close.time = *ended;
    if (const auto opened = instant(pending.opened)) {
      close.opened = *opened;
      // The kernel's own count ends when the entry ran out, DESTROY comes when that was noticed.
      if (pending.ran_out && pending.lived) {
        close.time = std::min(*ended, *opened + std::chrono::seconds(*pending.lived));
      }
    }
    if (pending.ran_out) set_expiry(pending);
    keeper_.keep(pending.raw);
  }

  void set_expiry(Pending& pending) {
    Close& close = pending.raw.close;
    const auto before = instant(pending.before);
    if (!before || !pending.timeout) {
      ++unknown_expiries_;
      return;
    }
    const auto timeout = static_cast<double>(*pending.timeout);
    const double since = seconds_between(*before, close.time);
    if (since + kRounding < timeout) {
      close.by = CloseBy::Unknown;
      close.why = CloseWhy::Silence;
      return;
    }
    close.why = CloseWhy::Idle;
    close.idle = ticks_from_seconds(timeout);
    ++idle_[*pending.timeout];
  }

  void finish() {
    Source& source = out_.source;
    auto& assumptions = out_.assumptions;
    if (others_ > source.records) {
      source.damage.clear();
      source.damage_count = 0;
      assumptions.push_back(
          fmt::format("{} are not of conntrack and passed over", count_of(others_, "line")));
    }
    std::string problem = times_.settle(content_);
    if (problem.empty() && timeless_ > 0 && timeless_ + listed_ + not_tcp_ == source.records) {
      problem = "its lines have no time: record again with conntrack -E -o timestamp,extended,id";
    }
    if (!problem.empty()) {
      source.state = SourceState::Unreadable;
      source.problem = problem;
      return;
    }
    for (Pending& pending : pending_) settle(pending);
    for (const std::string& said : times_.assumptions()) assumptions.push_back(said);
    source.local_time = times_.read_as_utc();
    say_what_is_open();
    keeper_.finish();
    source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  }

  void say_what_is_open() {
    auto& assumptions = out_.assumptions;
    for (const auto& [seconds, count] : idle_) {
      assumptions.push_back(fmt::format(
          "{} ran out after {} s without a FIN or RST and are taken as idle; an end that stopped "
          "answering late in its life looks the same",
          count_of(count, "entry", "entries"), seconds));
    }
    if (unknown_expiries_ > 0) {
      assumptions.push_back(fmt::format(
          "{} ran out without a FIN or RST; how long their time-out is stands in lines UPDATE, "
          "which this log does not have",
          count_of(unknown_expiries_, "entry", "entries")));
    }
    if (listed_ > 0) {
      assumptions.push_back(fmt::format("{} of a list tell which connections are open, not ends",
                                        count_of(listed_, "line")));
    }
    if (not_tcp_ > 0) {
      assumptions.push_back(
          fmt::format("{} of other protocols than TCP are not used", count_of(not_tcp_, "line")));
    }
  }

  const Content& content_;
  const ReadContext& context_;
  SourceIntake out_;
  LayoutTimes times_;
  CloseKeeper keeper_;
  std::unordered_map<std::string, Known> known_;
  std::vector<Pending> pending_;
  std::map<std::int64_t, std::uint64_t> idle_;  // Time-out in seconds, entries.
  std::uint64_t unknown_expiries_ = 0;
  std::uint64_t others_ = 0;
  std::uint64_t timeless_ = 0;
  std::uint64_t listed_ = 0;
  std::uint64_t not_tcp_ = 0;
};

}  // namespace

bool is_conntrack_log(const Head& head) {
  // Cheap first: words that each line has, in events and in lists.
  if (head.text.find("src=") == std::string::npos || head.text.find("dst=") == std::string::npos) {
    return false;
  }
  logwrap::LogLines lines(as_bytes(head.text));
  std::uint64_t events = 0;
  std::uint64_t listed = 0;
  std::uint64_t others = 0;
  syslog::Header header;
  for (text::Line line; lines.next(line);) {
    if (const auto entry = parse_line(line.text, header)) {
      ++(entry->kind == Kind::List ? listed : events);
    } else if (!trim(line.text).empty()) {
      ++others;
    }
  }
  // Events are in no other log, also where they are few among the lines of a system's log.
  return events > 0 || (listed > 0 && listed >= others);
}

SourceIntake read_conntrack_log(const Content& content, const ReadContext& context) {
  return Reader(content, context).read();
}

}  // namespace dropscope
