#include "formats/haproxy/haproxy.h"

#include <cstring>

#include "base/text.h"
#include "formats/text/stamp.h"

namespace dropscope::haproxy {
namespace {

/// "[06/Feb/2009:12:12:51.443]": all positions are fixed.
constexpr std::size_t kStampBytes = 26;

/// HAProxy counts in an int of milliseconds, 24.8 days, and a line is no place for 31 years.
constexpr std::int64_t kMostMilliseconds = 1'000'000'000'000;

bool is_digit(char c) {
  return static_cast<unsigned char>(c - '0') <= 9;
}

int two(const char* p) {
  return (p[0] - '0') * 10 + (p[1] - '0');
}

bool digits(const char* p, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(p[i])) return false;
  }
  return true;
}

/// `p` is at "[" and kStampBytes can be read.
bool read_stamp(const char* p, CivilTime& out) {
  const bool shaped = p[3] == '/' && p[7] == '/' && p[12] == ':' && p[15] == ':' && p[18] == ':' &&
                      p[21] == '.' && p[25] == ']' && digits(p + 1, 2) && digits(p + 8, 4) &&
                      digits(p + 13, 2) && digits(p + 16, 2) && digits(p + 19, 2) &&
                      digits(p + 22, 3);
  if (!shaped) return false;
  out.day = two(p + 1);
  out.month = text::month_of({p + 4, 3});
  out.year = two(p + 8) * 100 + two(p + 10);
  out.hour = two(p + 13);
  out.minute = two(p + 16);
  out.second = two(p + 19);
  out.ticks = (two(p + 22) * 10 + (p[24] - '0')) * 10'000;
  return out.month != 0 && out.day >= 1 && out.day <= 31 && out.hour <= 23 && out.minute <= 59 &&
         out.second <= 60;
}

/// The next word behind one space; empty at the end.
std::string_view next_word(const char*& p, const char* end) {
  if (p < end && *p == ' ') ++p;
  const char* const begin = p;
  while (p < end && *p != ' ') ++p;
  return {begin, static_cast<std::size_t>(p - begin)};
}

/// A whole number, "-1", or "+123" when it still grows.
bool read_number(const char*& p, const char* end, std::int64_t& out, bool& growing) {
  const bool negative = p < end && *p == '-';
  if (p < end && *p == '+') growing = true;
  if (p < end && (*p == '-' || *p == '+')) ++p;
  const char* const begin = p;
  std::int64_t value = 0;
  while (p < end && is_digit(*p) && p - begin < 18) value = value * 10 + (*p++ - '0');
  if (p == begin || (p < end && is_digit(*p))) return false;
  out = negative ? -1 : value;
  return true;
}

bool whole_number(std::string_view word, std::int64_t& out, bool& growing) {
  const char* p = word.data();
  const char* const end = p + word.size();
  return read_number(p, end, out, growing) && p == end;
}

/// "0/0/5007" or "0/51536/1/48082/+99627": three timers for TCP, five for HTTP.
bool read_timers(std::string_view word, Session& out) {
  const char* p = word.data();
  const char* const end = p + word.size();
  std::int64_t timers[5];
  int count = 0;
  for (;;) {
    if (count == 5 || !read_number(p, end, timers[count], out.unfinished)) return false;
    if (timers[count] > kMostMilliseconds) return false;
    ++count;
    if (p == end) break;
    if (*p++ != '/') return false;
  }
  if (count != 3 && count != 5) return false;
  out.form = count == 3 ? Form::Tcp : Form::Http;
  out.queued = timers[count == 3 ? 0 : 1];
  out.connect = timers[count == 3 ? 1 : 2];
  out.total = timers[count - 1];
  return true;
}

bool is_state(std::string_view word, std::size_t size) {
  if (word.size() != size) return false;
  // The letters of HAProxy's manual, section 8.5. "L" is local processing, "I" an internal error.
  constexpr std::string_view kFirst = "CSPLRIDUKcs-";
  constexpr std::string_view kSecond = "RQCHDLT-";
  return kFirst.find(word[0]) != std::string_view::npos &&
         kSecond.find(word[1]) != std::string_view::npos;
}

/// Behind the frontend.
bool read_session(const char* p, const char* end, Session& out) {
  const std::string_view target = next_word(p, end);
  const std::size_t slash = target.find('/');
  if (slash == std::string_view::npos) return false;
  out.backend = target.substr(0, slash);
  out.server = target.substr(slash + 1);
  if (!read_timers(next_word(p, end), out)) return false;
  bool ignored = false;
  std::int64_t value = 0;
  if (out.form == Form::Http) {
    if (!whole_number(next_word(p, end), value, ignored) || value > 999) return false;
    out.status = static_cast<int>(value);
  }
  if (!whole_number(next_word(p, end), value, out.unfinished) || value < 0) return false;
  out.bytes = static_cast<std::uint64_t>(value);
  if (out.form == Form::Http) {
    next_word(p, end);  // Cookies of the request …
    next_word(p, end);  // … and of the response.
  }
  out.state = next_word(p, end);
  if (!is_state(out.state, out.form == Form::Http ? 4 : 2)) return false;
  out.rest = {p, static_cast<std::size_t>(end - p)};
  // Counts of connections come next; without them it is another program's line.
  const std::string_view counts = next_word(p, end);
  return !counts.empty() && is_digit(counts[0]) && counts.find('/') != std::string_view::npos;
}

/// "frontend/bind: SSL handshake failure"; `p` is behind the time's bracket.
bool read_failure(const char* p, const char* end, Session& out) {
  const std::string_view place = next_word(p, end);
  const std::size_t slash = place.find('/');
  if (slash == std::string_view::npos || !place.ends_with(':')) return false;
  out.form = Form::Failure;
  out.frontend = place.substr(0, slash);
  out.server = place.substr(slash + 1, place.size() - slash - 2);
  out.message = trim({p, static_cast<std::size_t>(end - p)});
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
  const char* client = at - 1;
  while (client > begin && client[-1] != ' ') --client;
  out.client = {client, static_cast<std::size_t>(at - 1 - client)};
  if (out.client.find(':') == std::string_view::npos) return false;
  out.prefix = {begin, static_cast<std::size_t>(client - begin)};
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
