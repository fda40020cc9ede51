// A line that ends a connection becomes a close; one that begins a connection is remembered until
// its end comes, as it tells who opened it. Times are kept as they stand until the log is read
// (layout_times.h).

#include "evidence/intake/layout_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "evidence/intake/close_keeper.h"
#include "evidence/intake/layout_match.h"
#include "evidence/intake/layout_times.h"
#include "evidence/intake/log_lines.h"
#include "formats/haproxy/haproxy.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

using Role = LayoutRole;

/// Connections that began and have not ended: what a busy firewall holds.
constexpr std::size_t kMostOpen = 500'000;
/// In a page about logs, so many lines of one product are more than a coincidence.
constexpr std::uint64_t kLinesInPage = 3;
/// Ports from here on are given to clients (RFC 6335, section 6, with Linux' lower bound).
constexpr std::uint16_t kFirstClientPort = 1024;

/// Packets of one end come within this; analysis takes closes within a second for one occasion too.
constexpr double kRepeated_s = 1;

/// The text of a program that tests such logs, not a log.
bool is_program_source(std::string_view text) {
  int found = 0;
  text::LineReader lines(as_bytes(text));
  for (text::Line line; lines.next(line) && found < 2;) {
    for (const std::string_view start :
         {"import ", "from ", "def ", "require ", "describe", "using ", "#include", "class ",
          "namespace ", "package ", "func "}) {
      if (trim(line.text).starts_with(start)) {
        ++found;
        break;
      }
    }
  }
  return found >= 2;
}

struct Score {
  std::uint64_t matched = 0;
  std::uint64_t marked = 0;
  std::uint64_t other = 0;
};

Score score(const LogLayout& layout, std::string_view head) {
  Score out;
  LayoutMatcher matcher(layout);
  logwrap::LogLines lines(as_bytes(head));
  for (text::Line line; lines.next(line);) {
    if (trim(line.text).empty()) continue;
    switch (matcher.look(line.text, syslog::parse(line.text))) {
      case LineIs::Matched:
        ++out.matched;
        break;
      case LineIs::Marked:
        ++out.marked;
        break;
      case LineIs::Other:
        ++out.other;
    }
  }
  return out;
}

std::optional<IpEndpoint> endpoint_of(std::string_view address, std::string_view port) {
  if (address.empty()) return std::nullopt;
  auto out = IpEndpoint::parse(address);
  if (!out) out = haproxy::parse_endpoint(address);
  if (!out) return std::nullopt;
  if (const auto number = parse_int(port); number && *number >= 0 && *number <= 65535) {
    out->port = static_cast<std::uint16_t>(*number);
  }
  return out;
}

std::uint64_t count_from(std::string_view text) {
  const auto value = parse_int(text);
  return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
}

/// "0:01:30", "90", "90.5"; nothing for "-" and anything below 0.
std::optional<double> seconds_of(std::string_view text, double unit) {
  double whole = 0;
  double part = 0;
  double weight = 1;
  bool colons = false;
  bool decimals = false;
  if (text.empty()) return std::nullopt;
  for (const char c : text) {
    if (c == ':') {
      whole = (whole + part) * 60;
      part = 0;
      colons = true;
    } else if (c == '.' && !decimals) {
      decimals = true;
    } else if (c >= '0' && c <= '9') {
      if (decimals) weight /= 10;
      part = decimals ? part + (c - '0') * weight : part * 10 + (c - '0');
    } else {
      return std::nullopt;
    }
    if (whole > 1e9 || part > 1e12) return std::nullopt;
  }
  const double seconds = (whole + part) * (colons ? 1 : unit);
  return seconds < 1e9 ? std::optional<double>(seconds) : std::nullopt;
}

class Reader {
 public:
  Reader(const LogLayout& layout, const Content& content, const ReadContext& context)
      : layout_(layout),
        content_(content),
        context_(context),
        matcher_(layout),
        times_(context, layout.times_are_utc),
        keeper_(out_, context.known_clients, content.bytes.size()) {}

  SourceIntake read() {
    out_.source.kind = layout_.id;
    for_each_log_line(content_, [this](const text::Line& line) { add(line); });
    finish();
    return std::move(out_);
  }

 private:
  /// A close whose times are not settled yet.
  struct Pending {
    RawClose raw;
    std::optional<OpenTime> ended;
    std::optional<OpenTime> opened;
    std::optional<double> life;
  };
  struct Opening {
    OpenTime time;
    bool known = false;
    std::string direction;
    std::optional<IpEndpoint> client;
  };

  void add(const text::Line& line) {
    if (trim(line.text).empty()) return;
    const syslog::Header header = syslog::parse(line.text);
    switch (matcher_.look(line.text, header)) {
      case LineIs::Other:
        ++others_;
        add_damage(out_.source, line.number,
                   fmt::format("line {}: expected a line of a {}, found another", line.number,
                               layout_.title),
                   context_.damage_kept);
        return;
      case LineIs::Marked:
        ++silent_;
        return;
      case LineIs::Matched:
        break;
    }
    ++out_.source.records;
    if (matcher_.line().use == LayoutUse::None) {
      ++silent_;
    } else if (!is_tcp()) {
      ++not_tcp_;
    } else if (matcher_.line().use == LayoutUse::Begin) {
      remember(header);
    } else {
      add_end(line, header);
    }
  }

  [[nodiscard]] std::string_view value(Role role) const { return matcher_.value(role); }

  /// Outlook's connections are TCP; what a log does not tell may be.
  [[nodiscard]] bool is_tcp() const {
    const std::string protocol = to_lower_ascii(value(Role::Protocol));
    if (protocol.empty() || protocol == "tcp" || protocol == "6") return true;
    return protocol.starts_with("http") || protocol.starts_with("tls") || protocol == "h2" ||
           protocol == "ssl" || protocol.starts_with("ws") || protocol.starts_with("grpc");
  }

  std::optional<OpenTime> line_time(const syslog::Header& header) {
    if (auto unix = times_.read(value(Role::Unix), {"%U"})) return unix;
    std::string text(value(Role::Date));
    for (const Role role : {Role::Time, Role::Zone}) {
      if (!text.empty() && !value(role).empty()) text += ' ';
      text += value(role);
    }
    if (!text.empty()) return times_.read(text, layout_.times);
    if (header.has_stamp) return times_.keep(header.stamp);
    return std::nullopt;
  }

  /// Lines of one connection have its number, or else its two ends.
  [[nodiscard]] std::string key() const {
    if (!value(Role::Id).empty()) return std::string(value(Role::Id));
    return fmt::format("{} {} {} {}", value(Role::Client), value(Role::ClientPort),
                       value(Role::Server), value(Role::ServerPort));
  }

  void remember(const syslog::Header& header) {
    if (open_.size() >= kMostOpen) return;
    Opening opening;
    if (const auto time = line_time(header)) {
      opening.time = *time;
      opening.known = true;
    }
    opening.direction = to_lower_ascii(value(Role::Direction));
    opening.client = client_end();
    open_.insert_or_assign(key(), std::move(opening));
  }

  [[nodiscard]] std::optional<IpEndpoint> client_end() const {
    return endpoint_of(value(Role::Client), value(Role::ClientPort));
  }

  void add_end(const text::Line& line, const syslog::Header& header) {
    const LayoutReason* reason = reason_of(value(Role::Reason));
    const CloseWhy why = reason ? reason->why : CloseWhy::Unknown;
    const auto opening = open_.find(key());
    if (!keeper_.wants(why == CloseWhy::Finished, [&] { return client_end(); })) {
      if (opening != open_.end()) open_.erase(opening);
      return;
    }
    Pending& pending = pending_.emplace_back();
    Close& close = pending.raw.close;
    close.place = line.number;
    close.why = why;
    std::string direction = to_lower_ascii(value(Role::Direction));
    std::optional<IpEndpoint> opened_by;
    if (opening != open_.end()) {
      if (opening->second.known) pending.opened = opening->second.time;
      if (direction.empty()) direction = opening->second.direction;
      opened_by = opening->second.client;
      open_.erase(opening);
    }
    const bool outbound = set_ends(close, direction);
    // Some lines of an end name the client without its port.
    if (opened_by && opened_by->address == close.client.address && close.client.port == 0) {
      close.client.port = opened_by->port;
    }
    set_by(close, reason, outbound);
    const auto ended = times_.read(value(Role::Ended), layout_.times);
    if (ended && header.has_stamp) times_.compare(*ended, header.stamp);
    pending.ended = ended ? ended : line_time(header);
    if (const auto opened = times_.read(value(Role::Opened), layout_.times))
      pending.opened = opened;
    pending.life = seconds_of(value(Role::Duration), layout_.duration_unit_s);
    close.bytes_out = count_from(value(Role::BytesOut));
    close.bytes_in = count_from(value(Role::BytesIn));
    pending.raw.reason = value(Role::Reason);
    pending.raw.user = value(Role::User);
    pending.raw.server_name = value(Role::ServerName);
    const std::string_view device = value(Role::Device);
    pending.raw.device = device.empty() ? header.host : device;
  }

  /// Whether the connection goes from the inside to the outside.
  bool set_ends(Close& close, std::string_view direction) {
    if (const auto client = client_end()) {
      close.client = *client;
    }
    if (const auto server = endpoint_of(value(Role::Server), value(Role::ServerPort))) {
      close.server = *server;
    }
    if (const auto behind = endpoint_of(value(Role::Behind), value(Role::BehindPort))) {
      close.behind = *behind;
    }
    const auto first = endpoint_of(value(Role::First), value(Role::FirstPort));
    const auto second = endpoint_of(value(Role::Second), value(Role::SecondPort));
    bool outbound = direction == "outbound";
    if (!first || !second) return outbound;
    if (direction.empty()) {
      // Servers listen on low ports; if both are high, on the lower one.
      const bool first_serves = first->port < kFirstClientPort || first->port < second->port;
      outbound = first_serves;
      ++by_port_;
    }
    close.client = outbound ? *second : *first;
    close.server = outbound ? *first : *second;
    return outbound;
  }

  static void set_by(Close& close, const LayoutReason* reason, bool outbound) {
    switch (reason ? reason->by : LayoutSide::Unknown) {
      case LayoutSide::Unknown:
        return;
      case LayoutSide::Client:
        close.by = CloseBy::Client;
        return;
      case LayoutSide::Server:
        close.by = CloseBy::Server;
        return;
      case LayoutSide::Middlebox:
        close.by = CloseBy::Middlebox;
        return;
      case LayoutSide::Admin:
        close.by = CloseBy::Admin;
        return;
      case LayoutSide::Nobody:
        close.by = CloseBy::Nobody;
        return;
      case LayoutSide::Inside:
        close.by = outbound ? CloseBy::Client : CloseBy::Server;
        return;
      case LayoutSide::Outside:
        close.by = outbound ? CloseBy::Server : CloseBy::Client;
    }
  }

  [[nodiscard]] const LayoutReason* reason_of(std::string_view text) const {
    text = trim(text);
    const LayoutReason* best = nullptr;
    bool best_exact = false;
    for (const LayoutReason& reason : layout_.reasons) {
      const std::string_view word = reason.prefix ? text.substr(0, reason.text.size()) : text;
      if (!equals_nocase_ascii(word, reason.text)) continue;
      const bool exact = word == reason.text;
      // The longest counts, so that the order in the file does not; HAProxy's cD and CD are two.
      const bool better = best == nullptr || reason.text.size() > best->text.size() ||
                          (reason.text.size() == best->text.size() && exact && !best_exact);
      if (!better) continue;
      best = &reason;
      best_exact = exact;
    }
    return best;
  }

  void finish() {
    Source& source = out_.source;
    if (others_ > source.records + silent_) {
      source.damage.clear();
      source.damage_count = 0;
      out_.assumptions.push_back(
          fmt::format("{} are not of this log and passed over", count_of(others_, "line")));
    }
    const std::string problem = times_.settle(content_);
    if (!problem.empty()) {
      source.state = SourceState::Unreadable;
      source.problem = problem;
      return;
    }
    if (!pending_.empty() && std::none_of(pending_.begin(), pending_.end(),
                                          [](const Pending& p) { return p.ended.has_value(); })) {
      source.state = SourceState::Unreadable;
      source.problem =
          "its lines have no dates: save it with them (the kernel's log: journalctl -k -o "
          "short-iso, or dmesg -T)";
      return;
    }
    for (Pending& pending : pending_) settle(pending);
    set_idle();
    for (const std::string& said : times_.assumptions()) out_.assumptions.push_back(said);
    out_.source.local_time = times_.read_as_utc();
    keeper_.finish();
    if (by_port_ > 0) {
      out_.assumptions.push_back(
          fmt::format("which end was the client is not in {}; taken from the ports",
                      count_of(by_port_, "line")));
    }
    if (not_tcp_ > 0) {
      out_.assumptions.push_back(
          fmt::format("{} of other protocols than TCP are not used", count_of(not_tcp_, "line")));
    }
    source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  }

  void settle(Pending& pending) {
    Close& close = pending.raw.close;
    const auto ended = pending.ended ? times_.instant(*pending.ended) : std::nullopt;
    if (!ended) {
      add_damage(out_.source, close.place,
                 fmt::format("line {}: expected a time, found none that can be used", close.place),
                 context_.damage_kept);
      return;
    }
    close.time = *ended;
    const auto opened = pending.opened ? times_.instant(*pending.opened) : std::nullopt;
    if (opened) {
      close.opened = *opened;
    } else if (pending.life) {
      close.opened = close.time - ticks_from_seconds(*pending.life);
    }
    if (layout_.of_packets && is_repeated(pending.raw)) return;
    lives_.push_back(pending.life ? *pending.life : opened ? seconds_between(*opened, *ended) : -1);
    keeper_.keep(pending.raw);
  }

  /// A packet that several rules wrote down, or one in answer to each that was under way.
  bool is_repeated(const RawClose& raw) {
    const Close& close = raw.close;
    const std::string key =
        fmt::format("{} {} {}", close.client.to_string(), close.server.to_string(), raw.reason);
    const auto [last, is_new] = last_packet_.try_emplace(key, close.time);
    const bool repeated =
        !is_new && std::abs(seconds_between(last->second, close.time)) <= kRepeated_s;
    last->second = close.time;
    return repeated;
  }

  /// Time-outs differ by what the connection is for, so the port counts.
  void set_idle() {
    std::map<std::pair<std::string, std::uint16_t>, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < out_.closes.size(); ++i) {
      const Close& close = out_.closes.kept(i);
      const bool candidate =
          close.why == CloseWhy::Idle || (layout_.quiet_lives && close.why == CloseWhy::Finished);
      if (candidate && lives_[i] > 0) {
        groups[{out_.closes.text(close.reason), close.server.port}].push_back(i);
      }
    }
    for (const auto& [key, members] : groups) {
      std::vector<double> lives;
      for (const std::size_t i : members) lives.push_back(lives_[i]);
      const bool quiet = out_.closes.kept(members.front()).why != CloseWhy::Idle;
      const auto estimate = quiet ? estimate_exact_timer(lives) : estimate_idle_timer(lives);
      if (!estimate) continue;
      for (const std::size_t i : members) {
        Close& close = out_.closes.kept(i);
        const bool at_timer = std::abs(lives_[i] - estimate->seconds) <= kExactSpread;
        if (quiet && !at_timer) continue;
        if (quiet) {
          close.by = CloseBy::Middlebox;
          close.why = CloseWhy::Idle;
        }
        close.idle = ticks_from_seconds(std::min(lives_[i], estimate->seconds));
      }
      out_.assumptions.push_back(fmt::format(
          "time-out behind \"{}\" taken as {:.1f} s: {} of {} connections lasted just so long",
          printable(key.first), estimate->seconds, estimate->together, estimate->sessions));
    }
  }

  const LogLayout& layout_;
  const Content& content_;
  const ReadContext& context_;
  SourceIntake out_;
  LayoutMatcher matcher_;
  LayoutTimes times_;
  CloseKeeper keeper_;
  std::vector<Pending> pending_;
  std::vector<double> lives_;  // Of out_.closes; -1 unknown.
  std::unordered_map<std::string, Opening> open_;
  std::unordered_map<std::string, Instant> last_packet_;  // Of each end that was kept.
  std::uint64_t others_ = 0;
  std::uint64_t silent_ = 0;
  std::uint64_t not_tcp_ = 0;
  std::uint64_t by_port_ = 0;
};

}  // namespace

const LogLayout* find_layout(const Head& head, const Catalogue& catalogue) {
  if (catalogue.layouts.empty() || head.text.find('\0') != std::string::npos) return nullptr;
  if (is_program_source(head.text)) return nullptr;
  const LogLayout* best = nullptr;
  Score best_score;
  for (const LogLayout& layout : catalogue.layouts) {
    const Score now = score(layout, head.text);
    const std::uint64_t known = now.matched + now.marked;
    const bool enough = known > 0 && (known >= now.other || now.matched >= kLinesInPage);
    if (!enough) continue;
    const bool better = best == nullptr || std::pair(now.matched, now.marked) >
                                               std::pair(best_score.matched, best_score.marked);
    if (!better) continue;
    best = &layout;
    best_score = now;
  }
  return best;
}

bool is_layout_log(const Head& head) {
  return head.catalogue != nullptr && find_layout(head, *head.catalogue) != nullptr;
}

SourceIntake read_layout_log(const Content& content, const ReadContext& context) {
  const Bytes begin = content.bytes.first(std::min(content.bytes.size(), kHeadBytes));
  const Head head{begin, text::head_as_utf8(begin, kHeadBytes), content.name, &context.catalogue};
  const LogLayout* layout = find_layout(head, context.catalogue);
  if (layout == nullptr) {
    SourceIntake out;
    out.source.state = SourceState::Ignored;
    return out;
  }
  return Reader(*layout, content, context).read();
}

}  // namespace dropscope
