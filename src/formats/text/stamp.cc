#include "formats/text/stamp.h"

#include <utility>

#include "base/text.h"

namespace dropscope::text {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Reads from the text; every function leaves `at` behind what it read, or returns false.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  [[nodiscard]] bool has(std::size_t bytes) const { return text.size() - at >= bytes; }
  [[nodiscard]] char peek() const { return at < text.size() ? text[at] : '\0'; }

  bool number(int least_digits, int most_digits, int& out) {
    int digits = 0;
    int value = 0;
    while (digits < most_digits && at < text.size() && is_digit(text[at])) {
      value = value * 10 + (text[at] - '0');
      ++at;
      ++digits;
    }
    out = value;
    return digits >= least_digits;
  }
  bool literal(char c) {
    if (peek() != c || at >= text.size()) return false;
    ++at;
    return true;
  }
  bool word(std::string_view expected) {
    if (text.substr(at, expected.size()) != expected) return false;
    at += expected.size();
    return true;
  }
};

bool read_fraction(Cursor& in, int& ticks) {
  ticks = 0;
  const bool has = (in.peek() == '.' || in.peek() == ',') && in.at + 1 < in.text.size() &&
                   is_digit(in.text[in.at + 1]);
  if (!has) return true;
  ++in.at;
  int weight = 1'000'000;  // Of the first decimal, in ticks.
  while (in.at < in.text.size() && is_digit(in.text[in.at])) {
    ticks += (in.text[in.at] - '0') * weight;
    weight /= 10;
    ++in.at;
  }
  return true;
}

bool read_zone(Cursor& in, std::optional<int>& offset) {
  if (in.peek() == ' ') ++in.at;
  if (in.word("UTC") || in.word("GMT")) {
    offset = 0;
    return true;
  }
  if (in.peek() == 'Z' || in.peek() == 'z') {
    ++in.at;
    offset = 0;
    return true;
  }
  const char sign = in.peek();
  if (sign != '+' && sign != '-') return false;
  ++in.at;
  int hours = 0;
  int minutes = 0;
  if (!in.number(2, 2, hours)) return false;
  if (in.peek() == ':') ++in.at;
  if (!in.number(2, 2, minutes) || hours > 14 || minutes > 59) return false;
  offset = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
  return true;
}

/// Ten digits are seconds until the year 2286; three digits more are one unit smaller.
bool read_unix(Cursor& in, Stamp& out) {
  std::uint64_t number = 0;  // Nineteen nines are more than a signed one holds.
  int digits = 0;
  while (digits < 19 && is_digit(in.peek())) {
    number = number * 10 + static_cast<std::uint64_t>(in.peek() - '0');
    ++digits;
    ++in.at;
  }
  if (digits < 9 || is_digit(in.peek())) return false;
  std::int64_t ticks = 0;
  const auto value = static_cast<std::int64_t>(digits > 17 ? number / 100 : number);
  if (digits <= 11) {
    int fraction = 0;
    if (!read_fraction(in, fraction)) return false;
    ticks = value * 10'000'000 + fraction;
  } else if (digits <= 14) {
    ticks = value * 10'000;
  } else if (digits <= 17) {
    ticks = value * 10;
  } else {
    ticks = value;
  }
  out.local = to_civil_utc(instant_from_unix(0) + Ticks{ticks});
  out.offset_seconds = 0;
  return true;
}

bool is_weekday(std::string_view word) {
  for (const std::string_view name : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
    if (equals_nocase_ascii(word, name)) return true;
  }
  return false;
}

}  // namespace

bool Stamp::settle(bool day_first) {
  if (!order_open) return true;
  local.day = day_first ? first : second;
  local.month = day_first ? second : first;
  order_open = false;
  return local.month >= 1 && local.month <= 12;
}

int month_of(std::string_view text) {
  if (text.size() < 3) return 0;
  const auto lower = [](char c) {
    return static_cast<unsigned>(static_cast<unsigned char>(c | 0x20));
  };
  const unsigned key = lower(text[0]) << 16 | lower(text[1]) << 8 | lower(text[2]);
  constexpr auto name = [](const char* m) {
    return static_cast<unsigned>(m[0]) << 16 | static_cast<unsigned>(m[1]) << 8 |
           static_cast<unsigned>(m[2]);
  };
  switch (key) {
    case name("jan"):
      return 1;
    case name("feb"):
      return 2;
    case name("mar"):
      return 3;
    case name("apr"):
      return 4;
    case name("may"):
      return 5;
    case name("jun"):
      return 6;
    case name("jul"):
      return 7;
    case name("aug"):
      return 8;
    case name("sep"):
      return 9;
    case name("oct"):
      return 10;
    case name("nov"):
      return 11;
    case name("dec"):
      return 12;
    default:
      return 0;
  }
}

std::optional<Stamp> read_stamp(std::string_view text, std::string_view pattern,
                                std::size_t& used) {
  Cursor in{text};
  Stamp out;
  out.local.year = 0;
  int numbers = 0;
  bool afternoon = false;
  bool twelve = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 >= pattern.size()) {
      if (!in.literal(pattern[i])) return std::nullopt;
      continue;
    }
    int value = 0;
    bool good = true;
    switch (pattern[++i]) {
      case 'Y':
        good = in.number(4, 4, value);
        out.local.year = value;
        break;
      case 'y':
        good = in.number(2, 2, value);
        out.local.year = 2000 + value;
        break;
      case 'm':
        good = in.number(2, 2, out.local.month);
        break;
      case 'd':
        good = in.number(1, 2, out.local.day);
        break;
      case 'a':
        good = in.has(3) && is_weekday(in.text.substr(in.at, 3));
        in.at += good ? 3 : 0;
        break;
      case 'b':
        out.local.month = in.has(3) ? month_of(in.text.substr(in.at)) : 0;
        good = out.local.month != 0;
        in.at += good ? 3 : 0;
        break;
      case 'H':
        good = in.number(1, 2, out.local.hour);
        break;
      case 'M':
        good = in.number(2, 2, out.local.minute);
        break;
      case 'S':
        good = in.number(2, 2, out.local.second);
        break;
      case 'f':
        good = read_fraction(in, out.local.ticks);
        break;
      case 'x':
        good = numbers < 2 && in.number(1, 2, numbers == 0 ? out.first : out.second);
        ++numbers;
        out.order_open = true;
        break;
      case 'p':
        afternoon = in.peek() == 'P' || in.peek() == 'p';
        twelve = in.has(2) && (afternoon || in.peek() == 'A' || in.peek() == 'a') &&
                 (in.text[in.at + 1] | 0x20) == 'm';
        good = twelve;
        in.at += good ? 2 : 0;
        break;
      case 'z':
        good = read_zone(in, out.offset_seconds);
        break;
      case 'U':
        good = read_unix(in, out);
        break;
      case '_':
        good = in.peek() == ' ';
        while (in.peek() == ' ') ++in.at;
        break;
      case '%':
        good = in.literal('%');
        break;
      default:
        good = false;
    }
    if (!good) return std::nullopt;
  }
  if (twelve) {
    if (out.local.hour < 1 || out.local.hour > 12) return std::nullopt;
    out.local.hour = out.local.hour % 12 + (afternoon ? 12 : 0);
  }
  // A leap second is read as the second before it; no clock of ours knows it.
  if (out.local.second == 60) out.local.second = 59;
  const CivilTime& t = out.local;
  const bool time_fits = t.hour <= 23 && t.minute <= 59 && t.second <= 59;
  const bool date_fits = out.order_open
                             ? out.first >= 1 && out.first <= 31 && out.second >= 1 &&
                                   out.second <= 31 && (out.first <= 12 || out.second <= 12)
                             : t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31;
  if (!time_fits || !date_fits) return std::nullopt;
  used = in.at;
  return out;
}

std::optional<Instant> to_instant(const Stamp& stamp, int offset_otherwise) {
  if (stamp.order_open || stamp.local.year == 0) return std::nullopt;
  const std::optional<Instant> wall = from_civil_utc(stamp.local);
  if (!wall) return std::nullopt;
  return *wall - std::chrono::seconds(stamp.offset_seconds.value_or(offset_otherwise));
}

}  // namespace dropscope::text
