#include "evidence/intake/log_times.h"

#include <fmt/format.h>

namespace dropscope {

std::optional<Instant> LogTimes::from_local(const CivilTime& local) {
  zone_missing_ = true;
  if (zone_) return zone_->from_local(local);
  return from_civil_utc(local);
}

std::optional<Instant> LogTimes::from_stamp(const text::Stamp& stamp) {
  if (stamp.offset_seconds) return text::to_instant(stamp);
  if (stamp.order_open || stamp.local.year == 0) return std::nullopt;
  return from_local(stamp.local);
}

std::string LogTimes::assumption() const {
  if (!zone_missing_) return {};
  if (zone_) return fmt::format("times have no zone; taken as {}, as given", zone_->name());
  return "times have no zone; taken as UTC";
}

}  // namespace dropscope
