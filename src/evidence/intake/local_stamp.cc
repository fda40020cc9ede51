#include "evidence/intake/local_stamp.h"

#include <array>
#include <utility>
#include <vector>

#include "base/text.h"

namespace dropscope {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

int month_of(std::string_view word) {
  const std::string lower = to_lower_ascii(word);
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (lower.size() >= 3 && lower.starts_with(kMonths[i])) return static_cast<int>(i) + 1;
  }
  return 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct Number {
  int value = 0;
  std::size_t digits = 0;
  char after = 0;  ///< The character behind it.
};

struct Parts {
  std::vector<Number> numbers;
  int month = 0;
  bool pm = false;
  bool am = false;
};

std::optional<Parts> take_apart(std::string_view text) {
  // "a.m." of Spanish systems is "am".
  Parts parts;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t begin = i;
    if (is_digit(text[i])) {
      while (i < text.size() && is_digit(text[i])) ++i;
      if (i - begin > 4) return std::nullopt;
      parts.numbers.push_back({static_cast<int>(*parse_int(text.substr(begin, i - begin))),
                               i - begin, i < text.size() ? text[i] : '\0'});
    } else if (is_letter(text[i])) {
      while (i < text.size() && is_letter(text[i])) ++i;
      const std::string word = to_lower_ascii(text.substr(begin, i - begin));
      parts.pm = parts.pm || word == "pm" || word == "p";
      parts.am = parts.am || word == "am" || word == "a";
      if (parts.month == 0) parts.month = month_of(word);
    } else {
      ++i;
    }
  }
  return parts;
}

}  // namespace

std::optional<LocalStamp> parse_local_stamp(std::string_view text, std::optional<DateOrder> order) {
  const auto parts = take_apart(text);
  if (!parts) return std::nullopt;
  std::vector<Number> date;
  std::vector<int> clock;
  for (const Number& number : parts->numbers) {
    const bool clock_begins = clock.empty() && number.after == ':';
    if (clock_begins || !clock.empty()) {
      clock.push_back(number.value);
    } else {
      date.push_back(number);
    }
  }
  LocalStamp out;
  CivilTime& time = out.time;
  if (parts->month != 0) {
    if (date.size() != 2) return std::nullopt;
    const bool year_first = date[0].digits == 4;
    time.month = parts->month;
    time.day = date[year_first ? 1 : 0].value;
    time.year = date[year_first ? 0 : 1].value;
  } else {
    if (date.size() != 3) return std::nullopt;
    if (date[0].digits == 4) {
      time.year = date[0].value;
      time.month = date[1].value;
      time.day = date[2].value;
    } else {
      int first = date[0].value;
      int second = date[1].value;
      time.year = date[2].value;
      // A dot is only used where the day comes first (CLDR: de, ru, pl, cs, fi, nb, tr).
      bool day_first = date[0].after == '.';
      if (first > 12 || second > 12) {
        day_first = first > 12;
      } else if (order == DateOrder::DayFirst || order == DateOrder::MonthFirst) {
        day_first = order == DateOrder::DayFirst;
      } else if (!day_first && first != second) {
        out.ambiguous = true;
      }
      if (!day_first) std::swap(first, second);
      time.day = first;
      time.month = second;
    }
  }
  if (time.year < 1601 || clock.size() < 2) return std::nullopt;
  time.hour = clock[0];
  if (parts->pm && time.hour < 12) time.hour += 12;
  if (parts->am && time.hour == 12) time.hour = 0;
  time.minute = clock[1];
  time.second = clock.size() > 2 ? clock[2] : 0;
  if (!from_civil_utc(time)) return std::nullopt;
  return out;
}

}  // namespace dropscope
