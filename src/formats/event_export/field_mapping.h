#pragma once

// From an object's values with their names to the event that it describes.

#include <cstdint>
#include <string>
#include <vector>

#include "formats/event_export/record.h"

namespace dropscope::event_export {

struct FlatField {
  std::string path;   ///< "winlog.event_data.param1"; elements of a list have the list's path.
  std::string value;  ///< Text as it is, numbers and truth values as they are written; no nulls.
};

/// Whose clock the time of an event is.
enum class TimeKind : std::uint8_t {
  Own,        ///< The event's, with its zone or in UTC by the format's rules.
  OwnNoZone,  ///< The event's, without a zone: as if the clock on the wall showed UTC.
  Receipt,    ///< When a collector got it; the event's own has no zone.
};

/// False: the fields describe no event. `record.place` is left to the caller.
[[nodiscard]] bool event_of_fields(const std::vector<FlatField>& fields, Record& record,
                                   TimeKind& time_kind);

}  // namespace dropscope::event_export
