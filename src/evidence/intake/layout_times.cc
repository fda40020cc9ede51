#include "evidence/intake/layout_times.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/files.h"

namespace dropscope {
namespace {

/// A year such as 2025 in the file's own name; 0 when there is none.
int year_in_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const auto digit = [&](std::size_t i) {
    return i < name.size() && name[i] >= '0' && name[i] <= '9';
  };
  for (std::size_t i = 0; i + 4 <= name.size(); ++i) {
    const bool four = digit(i) && digit(i + 1) && digit(i + 2) && digit(i + 3);
    if (!four || (i > 0 && digit(i - 1))) continue;
    const int year = (name[i] - '0') * 1000 + (name[i + 1] - '0') * 100 + (name[i + 2] - '0') * 10 +
                     (name[i + 3] - '0');
    if (year >= 1990 && year < 2100) return year;
  }
  return 0;
}

/// When the file was last written; nothing for a member of an archive.
std::optional<Instant> written(const Content& content) {
  if (content.map == nullptr) return std::nullopt;
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path_from_utf8(content.name), error);
  if (error) return std::nullopt;
  const auto system = std::chrono::file_clock::to_sys(time);
  return instant_from_unix(
      std::chrono::duration_cast<std::chrono::seconds>(system.time_since_epoch()).count());
}

}  // namespace

std::optional<OpenTime> LayoutTimes::read(std::string_view text,
                                          const std::vector<std::string>& shapes) {
  for (const std::string& shape : shapes) {
    std::size_t used = 0;
    const auto stamp = text::read_stamp(text, shape, used);
    if (stamp && used == text.size()) return keep(*stamp);
  }
  return std::nullopt;
}

OpenTime LayoutTimes::keep(const text::Stamp& stamp) {
  OpenTime out{stamp, 0};
  if (stamp.order_open) {
    order_open_ = true;
    day_first_seen_ |= stamp.proves_day_first();
    month_first_seen_ |= stamp.proves_month_first();
  } else if (stamp.local.year == 0) {
    out.year = years_.add(stamp.local.month);
    year_missing_ = true;
    last_without_year_ = stamp;
    last_year_ = out.year;
  }
  return out;
}

void LayoutTimes::compare(const OpenTime& time, const text::Stamp& header) {
  const text::Stamp& stamp = time.stamp;
  if (!stamp.order_open || header.order_open || stamp.first == stamp.second) return;
  const int month = static_cast<int>(header.local.month);
  const int day = static_cast<int>(header.local.day);
  day_first_seen_ |= stamp.first == day && stamp.second == month;
  month_first_seen_ |= stamp.first == month && stamp.second == day;
}

std::string LayoutTimes::settle(const Content& content) {
  if (order_open_) {
    const bool proved = day_first_seen_ != month_first_seen_;
    if (proved) {
      day_first_ = day_first_seen_;
    } else if (context_.date_order && *context_.date_order != DateOrder::YearFirst) {
      day_first_ = *context_.date_order == DateOrder::DayFirst;
      said_.push_back(
          fmt::format("dates are read {} first, as given", day_first_ ? "day" : "month"));
    } else if (day_first_seen_) {
      // Both orders in one log: each date that proves its own is read so, the others are not.
      said_.push_back(
          "dates with the day first and with the month first are mixed; those that "
          "could be either are not used (--date-order tells)");
    } else {
      return "its dates can be read with the day or the month first, and none of them tells which: "
             "give --date-order";
    }
  }
  return year_missing_ ? settle_year(content) : std::string();
}

std::string LayoutTimes::settle_year(const Content& content) {
  if (const int year = year_in_name(content.name); year != 0) {
    first_year_ = year;
    said_.push_back(
        fmt::format("lines have no year; the first is taken as {}, from the file's name", year));
    return {};
  }
  const auto time = written(content);
  if (!time) {
    return "its lines have no year and nothing else tells it: put the year of its first line into "
           "the file's name, as in log-2025.txt";
  }
  // The last line is not from after the file was written; a day is left for the zone.
  const Instant latest = *time + std::chrono::hours(24);
  text::Stamp last = last_without_year_;
  last.local.year = to_civil_utc(latest).year;
  const auto as_this_year = from_civil_utc(last.local);
  if (!as_this_year || *as_this_year > latest) --last.local.year;
  first_year_ = static_cast<int>(last.local.year) - last_year_;
  said_.push_back(
      fmt::format("lines have no year; the last is taken as {}, from when the file was written",
                  last.local.year));
  return {};
}

std::optional<Instant> LayoutTimes::instant(OpenTime time) {
  text::Stamp& stamp = time.stamp;
  if (stamp.order_open) {
    const bool mixed = day_first_seen_ && month_first_seen_ && !context_.date_order;
    const bool proved = stamp.proves_day_first() || stamp.proves_month_first();
    if (mixed && !proved) return std::nullopt;
    if (!stamp.settle(proved ? stamp.proves_day_first() : day_first_)) return std::nullopt;
  }
  if (stamp.local.year == 0) stamp.local.year = first_year_ + time.year;
  if (utc_ && !stamp.offset_seconds) stamp.offset_seconds = 0;
  return times_.from_stamp(stamp);
}

std::vector<std::string> LayoutTimes::assumptions() const {
  std::vector<std::string> out = said_;
  if (const std::string zone = times_.assumption(); !zone.empty()) out.push_back(zone);
  return out;
}

}  // namespace dropscope
