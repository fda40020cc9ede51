#include "formats/haproxy/haproxy.h"

#include <array>
#include <cstring>

#include "base/text.h"
#include "formats/text/scan.h"
#include "formats/text/stamp.h"

namespace dropscope::haproxy {
namespace {

/// "[06/Feb/2009:12:12:51.443]": all positions are fixed.
constexpr std::size_t kStampBytes = 26;

/// HAProxy counts in an int of milliseconds, 24.8 days, and a line is no place for 31 years.
constexpr std::int64_t kMostMilliseconds = 1'000'000'000'000;

/// The value of the two digits at `p`; sets `bad` where one is none.
unsigned two(const char* p, bool& bad) {
  const auto tens = static_cast<unsigned>(static_cast<unsigned char>(p[0])) - '0';
  const auto ones = static_cast<unsigned>(static_cast<unsigned char>(p[1])) - '0';
  bad |= tens > 9 || ones > 9;
  return tens * 10 + ones;
}

/// `p` is at "[" and kStampBytes can be read.
bool read_stamp(const char* p, CivilTime& out) {
  bool bad = p[3] != '/' || p[7] != '/' || p[12] != ':' || p[15] != ':' || p[18] != ':' ||
             p[21] != '.' || p[25] != ']';
  const char last[2] = {'0', p[24]};
  const unsigned day = two(p + 1, bad);
  const unsigned century = two(p + 8, bad);
  const unsigned year = two(p + 10, bad);
  const unsigned hour = two(p + 13, bad);
  const unsigned minute = two(p + 16, bad);
  const unsigned second = two(p + 19, bad);
  const unsigned hundredths = two(p + 22, bad);
  const unsigned thousandths = hundredths * 10 + two(last, bad);
  if (bad) return false;
  out.day = static_cast<int>(day);
  out.month = text::month_of({p + 4, 3});
  out.year = static_cast<int>(century * 100 + year);
  out.hour = static_cast<int>(hour);
  out.minute = static_cast<int>(minute);
  out.second = static_cast<int>(second);
  out.ticks = static_cast<int>(thousandths * 10'000);
  return out.month != 0 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60;
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

bool contains(std::string_view text, char wanted) {
  const char* const end = text.data() + text.size();
  return text::find_char(text.data(), end, wanted) != end;
}

/// The next word behind one space; empty at the end.
std::string_view next_word(const char*& p, const char* end) {
  if (p < end && *p == ' ') ++p;
  const char* const begin = p;
  p = text::find_char(p, end, ' ');
  return between(begin, p);
}

/// A whole number, "-1", or "+123" when it still grows.
bool read_number(const char*& p, const char* end, std::int64_t& out, bool& growing) {
  const bool negative = p < end && *p == '-';
  if (p < end && *p == '+') growing = true;
  if (p < end && (*p == '-' || *p == '+')) ++p;
  std::uint64_t value = 0;
  if (!text::read_digits(p, end, value)) return false;
  out = negative ? -1 : static_cast<std::int64_t>(value);
  return true;
}

/// The next word, which has to be a number.
bool next_number(const char*& p, const char* end, std::int64_t& out, bool& growing) {
  if (p < end && *p == ' ') ++p;
  return read_number(p, end, out, growing) && (p == end || *p == ' ');
}

/// "0/0/5007" or "0/51536/1/48082/+99627": three timers for TCP, five for HTTP.
bool next_timers(const char*& p, const char* end, Session& out) {
  if (p < end && *p == ' ') ++p;
  std::int64_t timers[5];
  int count = 0;
  for (;;) {
    if (count == 5 || !read_number(p, end, timers[count], out.unfinished)) return false;
    if (timers[count] > kMostMilliseconds) return false;
    ++count;
    if (p == end || *p == ' ') break;
    if (*p++ != '/') return false;
  }
  if (count != 3 && count != 5) return false;
  out.form = count == 3 ? Form::Tcp : Form::Http;
  out.queued = timers[count == 3 ? 0 : 1];
  out.connect = timers[count == 3 ? 1 : 2];
  out.total = timers[count - 1];
  return true;
}

constexpr std::array<bool, 256> members(std::string_view letters) {
  std::array<bool, 256> out{};
  for (const char c : letters) out[static_cast<unsigned char>(c)] = true;
  return out;
}

bool is_state(std::string_view word, std::size_t size) {
  if (word.size() != size) return false;
  // The letters of HAProxy's manual, section 8.5. "L" is local processing, "I" an internal error.
  static constexpr std::array<bool, 256> kFirst = members("CSPLRIDUKcs-");
  static constexpr std::array<bool, 256> kSecond = members("RQCHDLT-");
  return kFirst[static_cast<unsigned char>(word[0])] &&
         kSecond[static_cast<unsigned char>(word[1])];
}

/// Behind the frontend.
bool read_session(const char* p, const char* end, Session& out) {
  const std::string_view target = next_word(p, end);
  const char* const slash = text::find_char(target.data(), p, '/');
  if (slash == p) return false;
  out.backend = between(target.data(), slash);
  out.server = between(slash + 1, p);
  if (!next_timers(p, end, out)) return false;
  bool ignored = false;
  std::int64_t value = 0;
  if (out.form == Form::Http) {
    if (!next_number(p, end, value, ignored) || value > 999) return false;
    out.status = static_cast<int>(value);
  }
  if (!next_number(p, end, value, out.unfinished) || value < 0) return false;
  out.bytes = static_cast<std::uint64_t>(value);
  if (out.form == Form::Http) {
    next_word(p, end);  // Cookies of the request …
    next_word(p, end);  // … and of the response.
  }
  out.state = next_word(p, end);
  if (!is_state(out.state, out.form == Form::Http ? 4 : 2)) return false;
  out.rest = between(p, end);
  // Counts of connections come next; without them it is another program's line.
  const std::string_view counts = next_word(p, end);
  return !counts.empty() && counts[0] >= '0' && counts[0] <= '9' && contains(counts, '/');
}

/// "frontend/bind: SSL handshake failure"; `p` is behind the time's bracket.
bool read_failure(const char* p, const char* end, Session& out) {
  const std::string_view place = next_word(p, end);
  const std::size_t slash = place.find('/');
  if (slash == std::string_view::npos || !place.ends_with(':')) return false;
  out.form = Form::Failure;
  out.frontend = place.substr(0, slash);
  out.server = place.substr(slash + 1, place.size() - slash - 2);
  out.message = trim(between(p, end));
  return !out.message.empty();
}

}  // namespace

bool parse(std::string_view line, Session& out) {
  const char* const begin = line.data();
  const char* const end = begin + line.size();
  const char* at = begin;
  for (;;) {
    at = at == end
             ? nullptr
             : static_cast<const char*>(std::memchr(at, '[', static_cast<std::size_t>(end - at)));
    if (at == nullptr || static_cast<std::size_t>(end - at) <= kStampBytes) return false;
    if (at[3] == '/' && at[25] == ']') break;
    ++at;
  }
  // A quotation mark in front means a program's source, not a log.
  const char* first = begin;
  while (*first == ' ' || *first == '\t') ++first;
  if (at - first < 4 || at[-1] != ' ' || *first == '"' || *first == '\'') return false;
  out = Session{};
  if (!read_stamp(at, out.accepted)) return false;
  const char* const client = text::behind_last(begin, at - 1, ' ');
  out.client = between(client, at - 1);
  if (!contains(out.client, ':')) return false;
  out.prefix = between(begin, client);
  const char* p = at + kStampBytes;
  if (p >= end || *p != ' ') return false;
  const char* after = p;
  out.frontend = next_word(after, end);
  if (out.frontend.ends_with(':')) return read_failure(p, end, out);
  return read_session(after, end, out);
}

std::optional<IpEndpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, colon));
  if (!address) return std::nullopt;
  return IpEndpoint{*address, static_cast<std::uint16_t>(*port)};
}

std::optional<Notice> parse_notice(std::string_view message) {
  // The words of HAProxy's src/check.c and src/server.c, by its manual, section 8.1 and the lines
  // of published logs.
  Notice out;
  const bool server = message.starts_with("Server ") || message.starts_with("Backup Server ");
  if (server) {
    message.remove_prefix(message.find("Server ") + 7);
    const std::string_view name = message.substr(0, message.find(' '));
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    out.backend = name.substr(0, slash);
    out.server = name.substr(slash + 1);
    message.remove_prefix(name.size());
    if (message.starts_with(" is DOWN")) out.kind = Notice::Kind::ServerDown;
    if (message.starts_with(" is UP")) out.kind = Notice::Kind::ServerUp;
    constexpr std::string_view kReason = "reason: ";
    if (const std::size_t at = message.find(kReason); at != std::string_view::npos) {
      out.reason = message.substr(at + kReason.size());
      // Up to the next part of the list: "Layer7 wrong status, code: 503, check duration: …".
      std::size_t stop = out.reason.find(", check duration");
      if (stop == std::string_view::npos) stop = out.reason.find(". ");
      out.reason = out.reason.substr(0, stop);
    }
    return out;
  }
  if (message.starts_with("backend ") &&
      message.find("has no server available") != std::string_view::npos) {
    out.kind = Notice::Kind::BackendEmpty;
    message.remove_prefix(8);
    out.backend = message.substr(0, message.find(' '));
    return out;
  }
  for (const std::string_view start : {"Proxy ", "Stopping ", "Health check for ", "Pausing ",
                                       "Starting ", "New worker ", "Loading ", "Current worker "}) {
    if (message.starts_with(start)) return out;
  }
  return std::nullopt;
}

}  // namespace dropscope::haproxy
