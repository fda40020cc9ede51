// The line tells when the session was accepted and how long it took; its end is the sum of both.
// The syslog header in front has the end too, in whole seconds and often in another clock's zone:
// it is used to learn in which zone HAProxy wrote, where the header tells its own.
//
// An idle time-out and a session that was merely short look alike: state cD says that the client
// was silent for as long as "timeout client", not how long that is. The shortest lives of many such
// sessions show it (estimate_idle_timer); only then closes get their idle time.

#include "evidence/intake/haproxy_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/intake/close_keeper.h"
#include "evidence/intake/log_lines.h"
#include "evidence/intake/log_times.h"
#include "formats/haproxy/haproxy.h"
#include "formats/syslog/syslog.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

using haproxy::Form;
using haproxy::Session;

/// Zones differ from UTC by whole quarters of an hour, up to 14 hours.
constexpr std::int64_t kQuarter = 15 * 60;
constexpr std::int64_t kMostOffset = 14 * 3600;
/// A line is written at once at the session's end; what is more is another clock's error.
constexpr std::int64_t kMostHeaderDelay = 120;

bool has_stamp_shape(std::string_view line) {
  for (std::size_t at = line.find('['); at != std::string_view::npos; at = line.find('[', at + 1)) {
    if (at + 12 < line.size() && line[at + 3] == '/' && line[at + 7] == '/' && line[at + 12] == ':')
      return true;
  }
  return false;
}

/// Outlook's ways through HTTP, by the path of the request: "POST /mapi/emsmdb/?…".
std::string_view protocol_of(const Session& session) {
  if (session.form != Form::Http) return {};
  const std::size_t quote = session.rest.find('"');
  if (quote == std::string_view::npos) return "HTTP";
  const std::string request = to_lower_ascii(session.rest.substr(quote + 1, 256));
  if (request.starts_with("rpc_") || request.find(" /rpc/") != std::string::npos) return "RPC/HTTP";
  if (request.find(" /mapi/") != std::string::npos) return "MAPI/HTTP";
  return "HTTP";
}

class Reader {
 public:
  Reader(const Content& content, const ReadContext& context)
      : content_(content),
        context_(context),
        times_(context),
        keeper_(out_, context.known_clients, content.bytes.size()) {}

  SourceIntake read() {
    for_each_log_line(content_, [this](const text::Line& line) {
      if (haproxy::parse(line.text, session_)) {
        add_session(line);
      } else {
        add_other(line);
      }
    });
    finish();
    return std::move(out_);
  }

 private:
  void add_session(const text::Line& line) {
    ++out_.source.records;
    HaproxyEnd end = session_.form == Form::Failure ? HaproxyEnd{CloseBy::Unknown, CloseWhy::Failed}
                                                    : haproxy_end(session_.state);
    const bool orderly = end.why == CloseWhy::Finished;
    const auto client = [&] { return haproxy::parse_endpoint(session_.client); };
    if (!keeper_.wants(orderly, client)) return;

    const syslog::Header header = syslog::parse(session_.prefix);
    const std::int64_t total = session_.total_ms().value_or(0);
    const auto opened = accepted_at(header, total);
    if (!opened) {
      damage(line.number, "the accept date does not exist");
      return;
    }
    RawClose raw;
    raw.close.opened = *opened;
    raw.close.time = *opened + std::chrono::milliseconds(total);
    raw.close.by = end.by;
    raw.close.why = end.why;
    raw.close.place = line.number;
    raw.close.bytes_in = session_.bytes;
    if (const auto from = client()) raw.close.client = *from;
    raw.device = header.host;
    if (session_.form == Form::Failure) {
      raw.reason = session_.message;
      raw.server_name = session_.frontend;
    } else {
      raw.reason = session_.state;
      const bool chosen = !session_.server.empty() && session_.server.front() != '<';
      raw.server_name = chosen ? session_.server : session_.backend;
      raw.protocol = protocol_of(session_);
      if (end.why == CloseWhy::Idle) {
        const bool client_side = session_.state[0] == 'c';
        idle_.push_back({static_cast<std::uint32_t>(out_.closes.size()),
                         std::string(session_.state.substr(0, 2)),
                         std::string(client_side ? session_.frontend : session_.backend)});
      }
    }
    if (session_.unfinished) ++unfinished_;
    keeper_.keep(raw);
  }

  /// A header with its zone, beside a wall clock without: their difference is HAProxy's zone.
  std::optional<Instant> accepted_at(const syslog::Header& header, std::int64_t total) {
    const auto wall = from_civil_utc(session_.accepted);
    if (!wall) return std::nullopt;
    if (header.has_stamp && header.stamp.offset_seconds && !session_.unfinished) {
      if (const auto written = text::to_instant(header.stamp)) {
        const std::int64_t ahead =
            to_unix(*wall + std::chrono::milliseconds(total)) - to_unix(*written);
        const std::int64_t rounded =
            (ahead + (ahead < 0 ? -kQuarter / 2 : kQuarter / 2)) / kQuarter * kQuarter;
        if (std::abs(ahead - rounded) <= kMostHeaderDelay && std::abs(rounded) <= kMostOffset) {
          offset_ = rounded;
          ++offsets_[rounded];
        }
      }
    }
    if (offset_) return *wall - std::chrono::seconds(*offset_);
    return times_.from_local(session_.accepted);
  }

  void add_other(const text::Line& line) {
    if (trim(line.text).empty()) return;
    const syslog::Header header = syslog::parse(line.text);
    if (has_stamp_shape(line.text) && line.text.find("haproxy") != std::string_view::npos) {
      damage(line.number,
             "expected a session with its timers, state and counts, found a line that "
             "begins like one");
    } else if (header.program == "haproxy" || haproxy::parse_notice(header.message)) {
      ++notices_;
    } else {
      ++others_;
      if (others_ == 1) first_other_ = line.number;
      if (header.program.empty()) damage(line.number, "expected a line of HAProxy, found another");
    }
  }

  void damage(std::uint64_t line, std::string_view what) {
    add_damage(out_.source, line, fmt::format("line {}: {}", line, what), context_.damage_kept);
  }

  /// Time-outs belong to a frontend ("timeout client") or a backend ("timeout server"), and waiting
  /// for a request (cR) has another than waiting for data (cD).
  void set_idle() {
    using Key = std::pair<std::string, std::string>;
    std::map<Key, std::vector<double>> lives;
    const auto life = [&](const Idle& idle) {
      const Close& close = out_.closes.kept(idle.close);
      return seconds_between(close.opened, close.time);
    };
    for (const Idle& idle : idle_) lives[{idle.state, idle.where}].push_back(life(idle));
    std::map<Key, IdleEstimate> found;
    for (auto& [key, seconds] : lives) {
      if (const auto estimate = estimate_idle_timer(seconds)) {
        found[key] = *estimate;
        out_.assumptions.push_back(fmt::format(
            "time-out behind {} at \"{}\" taken as {:.1f} s: {} of {} sessions that it ended "
            "lasted just so long, none less",
            key.first, printable(key.second), estimate->seconds, estimate->together,
            estimate->sessions));
      }
    }
    for (const Idle& idle : idle_) {
      const auto timer = found.find({idle.state, idle.where});
      if (timer == found.end()) continue;
      // A session of the group had no traffic at all, so its idle time is its life.
      const double seconds = std::min(life(idle), timer->second.seconds);
      out_.closes.kept(idle.close).idle = ticks_from_seconds(seconds);
    }
  }

  void finish() {
    set_idle();
    keeper_.finish();
    auto& assumptions = out_.assumptions;
    if (!offsets_.empty()) {
      std::string list;
      for (const auto& [offset, count] : offsets_) {
        list +=
            fmt::format("{}UTC{}{:02}:{:02}", list.empty() ? "" : " and ", offset < 0 ? '-' : '+',
                        std::abs(offset) / 3600, std::abs(offset) / 60 % 60);
      }
      assumptions.push_back("accept times have no zone; taken as " + list +
                            " from the syslog headers, which have one");
    }
    if (const std::string zone = times_.assumption(); !zone.empty()) assumptions.push_back(zone);
    out_.source.local_time = times_.read_as_utc();
    if (unfinished_ > 0) {
      assumptions.push_back(count_of(unfinished_, "session was", "sessions were") +
                            " logged before the end (option logasap); the end is later than taken");
    }
    Source& source = out_.source;
    // A page about HAProxy, not a log with faults.
    if (others_ > source.records + notices_) {
      source.damage.clear();
      source.damage_count = 0;
      assumptions.push_back(
          fmt::format("{} are not of HAProxy and passed over", count_of(others_, "line")));
    }
    source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  }

  /// A session that a time-out ended, until the time-outs are known.
  struct Idle {
    std::uint32_t close = 0;
    std::string state;
    std::string where;  ///< Frontend or backend.
  };

  const Content& content_;
  const ReadContext& context_;
  SourceIntake out_;
  LogTimes times_;
  CloseKeeper keeper_;
  Session session_;
  std::vector<Idle> idle_;
  std::optional<std::int64_t> offset_;
  std::map<std::int64_t, std::uint64_t> offsets_;
  std::uint64_t notices_ = 0;
  std::uint64_t others_ = 0;
  std::uint64_t first_other_ = 0;
  std::uint64_t unfinished_ = 0;
};

}  // namespace

bool haproxy_server_down(std::string_view state) {
  return !state.empty() && (state[0] == 'D' || state[0] == 'U');
}

HaproxyEnd haproxy_end(std::string_view state) {
  // HAProxy's manual, section 8.5, "Session state at disconnection".
  const char cause = state.empty() ? '-' : state[0];
  const char phase = state.size() < 2 ? '-' : state[1];
  // Nothing had been established yet.
  const bool early = phase == 'Q' || phase == 'C';
  switch (cause) {
    case 'C':
      return {CloseBy::Client, early ? CloseWhy::Failed : CloseWhy::Reset};
    case 'S':
      return {CloseBy::Server, early ? CloseWhy::Failed : CloseWhy::Reset};
    case 'c':
      return {CloseBy::Middlebox, CloseWhy::Idle};
    case 's':
      if (phase == 'Q') return {CloseBy::Middlebox, CloseWhy::Limit};
      if (phase == 'C') return {CloseBy::Middlebox, CloseWhy::Failed};
      return {CloseBy::Middlebox, CloseWhy::Idle};
    case 'P':
      return {CloseBy::Middlebox, early ? CloseWhy::Limit : CloseWhy::Refused};
    case 'R':
      return {CloseBy::Middlebox, CloseWhy::Limit};
    case 'I':
      return {CloseBy::Middlebox, CloseWhy::Failed};
    case 'L':
      return {CloseBy::Middlebox, CloseWhy::Finished};
    case 'D':
    case 'U':
    case 'K':
      return {CloseBy::Admin, CloseWhy::Killed};
    case '-':
      return {CloseBy::Unknown, CloseWhy::Finished};
    default:
      return {};
  }
}

bool is_haproxy_log(const Head& head) {
  Session session;
  logwrap::LogLines lines(as_bytes(head.text));
  std::uint64_t notices = 0;
  for (text::Line line; lines.next(line);) {
    if (haproxy::parse(line.text, session)) return true;
    const syslog::Header header = syslog::parse(line.text);
    if (header.program == "haproxy" && haproxy::parse_notice(header.message)) ++notices;
  }
  return notices > 0;
}

SourceIntake read_haproxy_log(const Content& content, const ReadContext& context) {
  return Reader(content, context).read();
}

}  // namespace dropscope
