#include "formats/syslog/syslog.h"

#include <array>

namespace dropscope::syslog {
namespace {

constexpr int kMostPriority = 191;  // RFC 5424, section 6.2.1: facility 23, severity 7.

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void skip_spaces(std::string_view& rest) {
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
}

std::string_view take_token(std::string_view& rest) {
  const std::size_t end = rest.find(' ');
  const std::string_view token = rest.substr(0, end);
  rest.remove_prefix(token.size());
  skip_spaces(rest);
  return token;
}

bool take_priority(std::string_view& rest, Header& out) {
  if (rest.empty() || rest.front() != '<') return false;
  int value = 0;
  std::size_t i = 1;
  for (; i < rest.size() && i < 4 && is_digit(rest[i]); ++i) value = value * 10 + (rest[i] - '0');
  if (i == 1 || i >= rest.size() || rest[i] != '>' || value > kMostPriority) return false;
  out.priority = value;
  rest.remove_prefix(i + 1);
  return true;
}

struct Shape {
  std::string_view pattern;
  bool more;  ///< Only if a space, a colon or the end follows.
};

/// Longer shapes first: the shorter ones are their beginnings.
constexpr std::array kStamps = {
    Shape{"%Y-%m-%dT%H:%M:%S%f%z", true},  // RFC 5424, rsyslog's own
    Shape{"%Y-%m-%dT%H:%M:%S%f", true},    // the same without its zone
    Shape{"%Y-%m-%d %H:%M:%S%f%z", true},  // with a space
    Shape{"%Y-%m-%d %H:%M:%S%f", true},
    Shape{"%b%_%d %Y %H:%M:%S%f%z", true},  // Cisco: "Jan 31 2020 17:24:03 UTC"
    Shape{"%b%_%d %Y %H:%M:%S%f", true},
    Shape{"%b%_%d %H:%M:%S%f UTC", true},  // Cisco: "Apr 15 00:21:14.123 UTC"
    Shape{"%b%_%d %H:%M:%S%f %Y", true},   // some firewalls put the year behind
    Shape{"%b%_%d %H:%M:%S%f", true},      // RFC 3164
};

bool take_stamp(std::string_view& rest, Header& out) {
  if (rest.size() < 15) return false;
  const bool digit = is_digit(rest.front());
  for (const Shape& shape : kStamps) {
    if ((shape.pattern[1] == 'Y') != digit) continue;
    std::size_t used = 0;
    const auto stamp = text::read_stamp(rest, shape.pattern, used);
    if (!stamp) continue;
    const char next = used < rest.size() ? rest[used] : ' ';
    if (shape.more && next != ' ' && next != ':' && next != '\t') continue;
    out.stamp = *stamp;
    if (shape.pattern.ends_with("UTC")) out.stamp.offset_seconds = 0;
    out.has_stamp = true;
    rest.remove_prefix(used);
    return true;
  }
  return false;
}

bool is_name(std::string_view token) {
  if (token.empty()) return false;
  for (const char c : token) {
    const bool fits = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                      c == '_' || c == '.' || c == ':' || c == '/' || c == '@' || c == '(' ||
                      c == ')';
    if (!fits) return false;
  }
  return true;
}

/// "haproxy[123]:", "haproxy:", "haproxy[123]".
bool is_tag(std::string_view token, Header& out) {
  const bool colon = token.ends_with(':');
  if (colon) token.remove_suffix(1);
  const std::size_t open = token.find('[');
  if (open != std::string_view::npos && token.ends_with(']')) {
    const std::string_view name = token.substr(0, open);
    if (!is_name(name)) return false;
    out.program = name;
    out.process = token.substr(open + 1, token.size() - open - 2);
    return true;
  }
  if (!colon || !is_name(token)) return false;
  out.program = token;
  return true;
}

/// Behind the version of RFC 5424: stamp, host, program, process, id, structured data, message.
bool take_rfc5424(std::string_view rest, Header& out) {
  Header found = out;
  if (rest.starts_with("- ")) {
    rest.remove_prefix(2);
  } else if (!take_stamp(rest, found) || rest.empty() || rest.front() != ' ') {
    return false;
  }
  skip_spaces(rest);
  const auto value = [&] {
    const std::string_view token = take_token(rest);
    return token == "-" ? std::string_view() : token;
  };
  found.host = value();
  found.program = value();
  found.process = value();
  value();  // The message's id.
  if (rest.starts_with("- ")) {
    rest.remove_prefix(2);
  } else if (rest == "-") {
    rest = {};
  }
  // Structured data stays with the message: Check Point writes all of its record there.
  skip_spaces(rest);
  found.message = rest;
  out = found;
  return true;
}

}  // namespace

Header parse(std::string_view line) {
  Header out;
  std::string_view rest = line;
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  skip_spaces(rest);
  if (take_priority(rest, out) && rest.starts_with("1 ")) {
    if (take_rfc5424(rest.substr(2), out)) return out;
  }
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':')) rest.remove_prefix(1);
  if (!take_stamp(rest, out)) {
    out.message = rest;
    // Only what follows a priority or a stamp is a header: "backend:" may be the message's own.
    if (out.priority < 0) return out;
  }
  bool colon = !rest.empty() && rest.front() == ':';
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':')) rest.remove_prefix(1);
  out.message = rest;
  if (colon) return out;
  // RFC 3164: host, then tag. Either may be missing; of one token with a colon it is the tag.
  std::string_view ahead = rest;
  const std::string_view first = take_token(ahead);
  Header with_tag = out;
  if (is_tag(first, with_tag) && !first.starts_with('%')) {
    // "fw1: %ASA-6-302014: …" names the device where programs have their tag.
    if (first.ends_with(':') && ahead.starts_with('%')) {
      out.host = with_tag.program;
    } else {
      out.program = with_tag.program;
      out.process = with_tag.process;
    }
    out.message = ahead;
    return out;
  }
  if (!out.has_stamp || !is_name(first)) return out;
  out.host = first;
  out.message = ahead;
  if (ahead.starts_with(": ")) {  // "host : %ASA-…"
    out.message = ahead.substr(2);
    return out;
  }
  std::string_view behind = ahead;
  const std::string_view second = take_token(behind);
  if (!second.starts_with('%') && is_tag(second, out)) out.message = behind;
  return out;
}

int YearCounter::add(int month) {
  if (month_ == 0) {
    month_ = month;
    return year_;
  }
  // Half a year is the line between going on and going back; only lines of December are late.
  if (month + 6 < month_) {
    ++year_;
    month_ = month;
  } else if (month_ == 1 && month == 12) {
    return year_ - 1;
  } else {
    month_ = month;
  }
  return year_;
}

}  // namespace dropscope::syslog
