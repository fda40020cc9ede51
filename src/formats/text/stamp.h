#pragma once

// Dates and times as logs write them, read by a pattern, and what is missing in them.
//
// A stamp may lack its zone, its year, or the order of its day and month. What is missing stays
// missing here; the caller knows what else the log tells.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace dropscope::text {

struct Stamp {
  CivilTime local;                    ///< Wall clock; `year` is 0 where the text has none.
  std::optional<int> offset_seconds;  ///< Local time minus UTC, where the text tells it.
  /// The two numbers of a date such as 03/04/2026 are in `first` and `second`, and `local` has
  /// neither month nor day until settle() is called.
  bool order_open = false;
  int first = 0;
  int second = 0;

  /// Whether the numbers themselves tell which is the day.
  [[nodiscard]] bool proves_day_first() const { return order_open && first > 12; }
  [[nodiscard]] bool proves_month_first() const { return order_open && second > 12; }
  /// Fills month and day. False when there is no such month.
  bool settle(bool day_first);
};

/// Reads one stamp at the beginning of `text` and tells in `used` how long it is. Nothing when the
/// text does not begin with one. In the pattern, every other character stands for itself:
///   %Y year of four digits   %y year of two (2000 to 2099)    %m %d two digits, %d also one
///   %a Mon to Sun, any case, not compared with the date
///   %b Jan to Dec, any case  %H %M %S time, %H also one digit  %f decimals with , or . or nothing
///   %x a number of the date whose order is open (twice in a pattern)
///   %p AM or PM              %z Z, UTC, GMT, +hh:mm, +hhmm, before it a space; must be there
///   %_ any number of spaces, at least one                      %% a per cent sign
///   %U seconds since 1970, with decimals or not; also in ms, µs or ns by the number of digits
[[nodiscard]] std::optional<Stamp> read_stamp(std::string_view text, std::string_view pattern,
                                              std::size_t& used);

/// 1 to 12 for "Jan" to "Dec", any case; 0 for anything else. At least three bytes are read.
[[nodiscard]] int month_of(std::string_view text);

/// The instant; the zone of a stamp without one is `offset_otherwise`. Nothing for a date that does
/// not exist, or a stamp without its year or with its order open.
[[nodiscard]] std::optional<Instant> to_instant(const Stamp& stamp, int offset_otherwise = 0);

}  // namespace dropscope::text
