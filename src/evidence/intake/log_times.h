#pragma once

// What logs of devices leave out of their times, and where it is taken from. Shared by the readers
// of such logs.

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/timezone.h"
#include "evidence/intake/source_reader.h"
#include "formats/text/stamp.h"

namespace dropscope {

/// Turns wall clocks into instants, and says at the end what was assumed.
class LogTimes {
 public:
  explicit LogTimes(const ReadContext& context) : zone_(context.local_zone) {}

  /// For a wall clock without a zone: the user's zone, else UTC. Nothing for a date that does not
  /// exist.
  [[nodiscard]] std::optional<Instant> from_local(const CivilTime& local);
  /// The same where the text may tell its offset.
  [[nodiscard]] std::optional<Instant> from_stamp(const text::Stamp& stamp);

  /// The sentence for SourceIntake::assumptions; empty when nothing had to be assumed.
  [[nodiscard]] std::string assumption() const;
  /// Whether times were read as UTC that may be of any zone (Source::local_time).
  [[nodiscard]] bool read_as_utc() const { return zone_missing_ && !zone_; }

 private:
  std::optional<TimeZone> zone_;
  bool zone_missing_ = false;
};

}  // namespace dropscope
