#include "base/timezone.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <cstdint>

namespace dropscope {
namespace {

RC_GTEST_PROP(TimeZone, AWallClockLeadsBackToItsInstantOrToTheEarlierOfTwo, ()) {
  static const auto names = time_zone_names();
  const auto name = names[*rc::gen::inRange<std::size_t>(0, names.size())];
  const TimeZone z = *TimeZone::find(name);
  const Instant t = instant_from_unix(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000));
  const auto back = z.from_local(z.to_local(t));
  RC_ASSERT(back.has_value());
  if (*back != t) {
    RC_ASSERT(*back < t);
    RC_ASSERT(z.format(*back) == z.format(t));
  }
}

}  // namespace
}  // namespace dropscope
