#pragma once

// Times of a log as they stand, until the whole log has been seen: only then it is known whether
// 03/04 is in March or April, and which year lines without one are in.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/intake/log_times.h"
#include "formats/syslog/syslog.h"
#include "formats/text/stamp.h"

namespace dropscope {

/// A stamp, and in which year after the log's first it is if it has none.
struct OpenTime {
  text::Stamp stamp;
  int year = 0;
};

class LayoutTimes {
 public:
  LayoutTimes(const ReadContext& context, bool utc)
      : context_(context), times_(context), utc_(utc) {}

  /// Of the first shape that fits the whole text.
  [[nodiscard]] std::optional<OpenTime> read(std::string_view text,
                                             const std::vector<std::string>& shapes);
  [[nodiscard]] OpenTime keep(const text::Stamp& stamp);
  /// `header` is the time of the same line in a form whose order is plain, such as "Sep  1": where
  /// it is of one date with `time` in one order only, that order is proved.
  void compare(const OpenTime& time, const text::Stamp& header);

  /// To be called once when all lines are read. An answer is a problem that only the user can
  /// solve: the order of dates, or the year.
  [[nodiscard]] std::string settle(const Content& content);
  /// After settle().
  [[nodiscard]] std::optional<Instant> instant(OpenTime time);
  /// What was assumed.
  [[nodiscard]] std::vector<std::string> assumptions() const;
  /// As LogTimes::read_as_utc().
  [[nodiscard]] bool read_as_utc() const { return times_.read_as_utc(); }

 private:
  std::string settle_year(const Content& content);

  const ReadContext& context_;
  LogTimes times_;
  bool utc_;
  syslog::YearCounter years_;
  bool year_missing_ = false;
  text::Stamp last_without_year_;
  int last_year_ = 0;
  int first_year_ = 0;
  bool order_open_ = false;
  bool day_first_seen_ = false;
  bool month_first_seen_ = false;
  bool day_first_ = true;
  std::vector<std::string> said_;
};

}  // namespace dropscope
