#pragma once

// Dates and times as programs of Windows print them for people: "3/30/2021, 6:13:59 AM",
// "30.03.2021 06:13:59", "Thursday, June 22, 2023 10:39:04 AM". They have no zone, and their order
// of day and month is the system's.

#include <optional>
#include <string_view>

#include "base/time.h"
#include "evidence/intake/intake.h"

namespace dropscope {

struct LocalStamp {
  CivilTime time;
  bool ambiguous = false;  ///< Day and month could be the other way round; `time` is no answer.
};

/// `order` settles what the text leaves open. English names of months are known.
[[nodiscard]] std::optional<LocalStamp> parse_local_stamp(std::string_view text,
                                                          std::optional<DateOrder> order);

}  // namespace dropscope
