#include "formats/event_export/event_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "base/text.h"

namespace dropscope::event_export {
namespace {

/// "/Date(1603279692485)/", also with "+0200" behind the number, which repeats the zone of whoever
/// wrote it: the number is milliseconds since 1970 in UTC.
std::optional<Instant> json_date(std::string_view text) {
  constexpr std::string_view kBegin = "/Date(";
  if (!text.starts_with(kBegin) || !text.ends_with(")/")) return std::nullopt;
  text = text.substr(kBegin.size(), text.size() - kBegin.size() - 2);
  const std::size_t zone = text.find_first_of("+-", 1);
  const auto ms = parse_int(text.substr(0, zone));
  // Years 1601 to 9999.
  constexpr std::int64_t kMin = -kUnixEpochSeconds * 1000;
  constexpr std::int64_t kMax = 253'402'300'800'000;
  if (!ms || *ms < kMin || *ms >= kMax) return std::nullopt;
  return instant_from_unix(0) + std::chrono::milliseconds{*ms};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes up to `width` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t width) {
  std::size_t size = 0;
  int value = 0;
  while (size < text.size() && size < width && is_digit(text[size])) {
    value = value * 10 + (text[size++] - '0');
  }
  if (size == 0 || (size < text.size() && is_digit(text[size]))) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, std::string_view mark) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(mark.size());
  return true;
}

/// Spaces of every kind that Windows writes into dates, and its marks of direction.
void pass_space(std::string_view& text) {
  constexpr std::array<std::string_view, 6> kSpaces = {
      " ", "\t", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x8e", "\xe2\x80\x8f"};
  const auto one = [&] {
    return std::any_of(kSpaces.begin(), kSpaces.end(),
                       [&](std::string_view space) { return take(text, space); });
  };
  while (one()) {
  }
}

enum class Half : std::uint8_t { None, Am, Pm };

/// The marks of CLDR 42 for the languages of Windows that use a 12-hour clock.
Half take_half(std::string_view& text) {
  struct Mark {
    std::string_view text;
    Half half;
  };
  static constexpr std::array kMarks = {
      Mark{"a. m.", Half::Am}, Mark{"p. m.", Half::Pm},  // Spanish
      Mark{"a.m.", Half::Am},  Mark{"p.m.", Half::Pm},   // Spanish, English of Canada
      Mark{"AM", Half::Am},    Mark{"PM", Half::Pm},     // English, Hindi and more
      Mark{"am", Half::Am},    Mark{"pm", Half::Pm},
      Mark{"午前", Half::Am},  Mark{"午後", Half::Pm},  // Japanese
      Mark{"上午", Half::Am},  Mark{"下午", Half::Pm},  // Chinese
      Mark{"오전", Half::Am},  Mark{"오후", Half::Pm},  // Korean
      Mark{"πμ", Half::Am},    Mark{"μμ", Half::Pm},    // Greek
      Mark{"π.μ.", Half::Am},  Mark{"μ.μ.", Half::Pm},
      Mark{"SA", Half::Am},    Mark{"CH", Half::Pm},  // Vietnamese
  };
  for (const Mark& mark : kMarks) {
    // A no-break space may stand inside of the Spanish ones.
    if (take(text, mark.text)) return mark.half;
  }
  if (take(text, "a.\xc2\xa0m.")) return Half::Am;
  if (take(text, "p.\xc2\xa0m.")) return Half::Pm;
  return Half::None;
}

}  // namespace

std::optional<EventTime> parse_event_time(std::string_view text) {
  text = trim(text);
  if (const auto utc = parse_utc(text)) return EventTime{*utc, true};
  if (const auto date = json_date(text)) return EventTime{*date, true};
  if (text.size() < 19 || text.size() > 48) return std::nullopt;
  std::string copy(text);
  bool has_zone = true;
  if (copy.ends_with(" UTC")) {
    copy.replace(copy.size() - 4, 4, "Z");
  } else if (copy.ends_with(" Z")) {
    copy.erase(copy.size() - 2, 1);
  } else if (const std::size_t sign = copy.find_first_of("+-", 19);
             sign != std::string::npos && copy.size() - sign == 5) {
    copy.insert(sign + 3, 1, ':');
  } else {
    copy += 'Z';
    has_zone = false;
  }
  const auto instant = parse_utc(copy);
  if (!instant) return std::nullopt;
  return EventTime{*instant, has_zone};
}

DayMonth ShownTime::order() const {
  if (year_first) return DayMonth::MonthFirst;
  if (first > 12) return DayMonth::DayFirst;
  if (second > 12) return DayMonth::MonthFirst;
  return DayMonth::Unknown;
}

std::optional<CivilTime> ShownTime::civil(DayMonth order) const {
  CivilTime out = clock;
  out.year = year;
  const bool month_first = year_first || order == DayMonth::MonthFirst;
  out.month = month_first ? first : second;
  out.day = month_first ? second : first;
  if (!from_civil_utc(out)) return std::nullopt;
  return out;
}

std::optional<ShownTime> parse_shown_time(std::string_view text) {
  ShownTime out;
  pass_space(text);
  std::array<int, 3> numbers{};
  std::array<std::size_t, 3> widths{};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t before = text.size();
    const auto number = take_number(text, 4);
    if (!number) return std::nullopt;
    numbers[i] = *number;
    widths[i] = before - text.size();
    pass_space(text);
    if (i == 2) break;
    if (text.empty() || std::string_view("./-").find(text.front()) == std::string_view::npos) {
      return std::nullopt;
    }
    if (i == 0) {
      out.separator = text.front();
    } else if (text.front() != out.separator) {
      return std::nullopt;
    }
    text.remove_prefix(1);
    pass_space(text);  // "27. 10. 2021" in Czech, "2021. 10. 27." in Hungarian.
  }
  out.year_first = widths[0] == 4;
  if (out.year_first) {
    out.year = numbers[0];
    out.first = numbers[1];
    out.second = numbers[2];
  } else {
    out.first = numbers[0];
    out.second = numbers[1];
    out.year = numbers[2];
    // Two digits: no log of Windows is older than 1993.
    if (widths[2] == 2) out.year += out.year < 90 ? 2000 : 1900;
    if (widths[2] != 2 && widths[2] != 4) return std::nullopt;
    if (widths[0] > 2 || widths[1] > 2) return std::nullopt;
  }
  take(text, ".");
  take(text, ",");
  take(text, "T");
  pass_space(text);
  Half half = take_half(text);  // In front of the time in Korean and Chinese.
  pass_space(text);
  const auto hour = take_number(text, 2);
  // Finnish and Danish settings write 13.28.26.
  if (!hour || text.empty() || (text.front() != ':' && text.front() != '.')) return std::nullopt;
  const std::string_view colon = text.substr(0, 1);
  text.remove_prefix(1);
  const auto minute = take_number(text, 2);
  if (!minute) return std::nullopt;
  out.clock.hour = *hour;
  out.clock.minute = *minute;
  if (take(text, colon)) {
    const auto second = take_number(text, 2);
    if (!second) return std::nullopt;
    out.clock.second = *second;
    if (take(text, ".") || take(text, ",")) {
      int count = 0;
      while (!text.empty() && is_digit(text.front())) {
        if (count++ < 7) out.clock.ticks = out.clock.ticks * 10 + (text.front() - '0');
        text.remove_prefix(1);
      }
      for (; count < 7; ++count) out.clock.ticks *= 10;
    }
  }
  pass_space(text);
  if (half == Half::None) half = take_half(text);
  pass_space(text);
  if (!text.empty()) return std::nullopt;
  if (half != Half::None) {
    if (out.clock.hour < 1 || out.clock.hour > 12) {
      // "13:28 PM" is written by settings that mix both clocks.
      if (half == Half::Am || out.clock.hour > 23) return std::nullopt;
      return out;
    }
    out.clock.hour = out.clock.hour % 12 + (half == Half::Pm ? 12 : 0);
  }
  if (out.clock.hour > 23 || out.clock.minute > 59 || out.clock.second > 59) return std::nullopt;
  if (out.order() == DayMonth::Unknown) return out;
  if (!out.civil(out.order())) return std::nullopt;
  return out;
}

}  // namespace dropscope::event_export
