#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>

namespace dropscope {
namespace {

/// Any instant of the years that from_civil_utc takes.
rc::Gen<Instant> instants() {
  constexpr std::int64_t kLast = 2'650'467'743'999'999'999;  // 9999-12-31T23:59:59.9999999Z
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, kLast),
                      [](std::int64_t ticks) { return Instant{Ticks{ticks}}; });
}

RC_GTEST_PROP(Time, TheCalendarGoesThereAndBack, ()) {
  const Instant t = *instants();
  RC_ASSERT(from_civil_utc(to_civil_utc(t)) == t);
}

RC_GTEST_PROP(Time, NextDayIsNextWeekday, ()) {
  const auto days = *rc::gen::inRange<int>(-9'000'000, 9'000'000);
  const auto today = to_civil_utc(Instant{std::chrono::days{days}});
  const auto tomorrow = to_civil_utc(Instant{std::chrono::days{days + 1}});
  RC_ASSERT((today.weekday + 1) % 7 == tomorrow.weekday);
  RC_ASSERT(tomorrow.day == today.day + 1 || tomorrow.day == 1);
}

RC_GTEST_PROP(Time, WhatIsFormattedIsRead, ()) {
  const Instant t = *instants();
  RC_ASSERT(parse_utc(format_utc(t, 7)) == t);
  // Fewer digits cut; they never round into the next second.
  RC_ASSERT(parse_utc(format_utc(t, 0)) == std::chrono::floor<std::chrono::seconds>(t));
}

}  // namespace
}  // namespace dropscope
