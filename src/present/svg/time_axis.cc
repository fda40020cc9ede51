#include "present/svg/time_axis.h"

#include <algorithm>

namespace dropscope {

namespace {

constexpr double kDaySeconds = 86400;

}  // namespace

Instant midnight(const TimeZone& zone, Instant t, int days_later) {
  CivilTime local = zone.to_local(t);
  local.hour = local.minute = local.second = local.ticks = 0;
  if (days_later != 0) {
    // Noon plus whole days never slips over a date line by a daylight-saving hour.
    local.hour = 12;
    const std::optional<Instant> noon = from_civil_utc(local);
    local = to_civil_utc(noon.value_or(t) + std::chrono::hours(24 * days_later));
    local.hour = 0;
  }
  return zone.from_local(local).value_or(t);
}

// Bands that touch are one, or a bad morning of a large fleet would be painted over; the number is
// that of its largest moment. Numbers that would stand on each other are left to the hover text.
void draw_bands(Markup& out, const TimeFrame& frame, const std::function<double(Instant)>& x_of,
                double top, double bottom, const Speech& speech) {
  double free = 0;
  for (std::size_t i = 0; i < frame.shared.size();) {
    const double from = x_of(frame.shared[i].first);
    double to = from;
    const SharedMinute* largest = &frame.shared[i];
    do {
      const SharedMinute& m = frame.shared[i];
      to = std::max({to, x_of(m.last), x_of(m.first) + kLeastStroke});
      if (m.computers > largest->computers) largest = &m;
      ++i;
    } while (i < frame.shared.size() && x_of(frame.shared[i].first) <= to);
    out.open("g").element(
        "title",
        speech.say("{}: {} computers lost the connection within a minute",
                   {speech.time(frame.zone, largest->first), speech.grouped(largest->computers)}));
    rectangle(out, "shared", from, top, to - from, bottom - top);
    const std::string number = speech.grouped(largest->computers);
    const double middle = (from + to) / 2;
    const double half = label_width(number) / 2;
    if (middle - half >= free) {
      label(out, "shared-name", middle, top - 4, "middle", number);
      free = middle + half + 4;
    }
    out.close();
  }
}

// Days on the axis: every n-th midnight, so that at most about eight (three) labels stand there.
void draw_day_axis(Markup& out, ChartSize size, const TimeFrame& frame,
                   const std::function<double(Instant)>& x_of, double left, double right,
                   double top, double bottom, const Speech& speech) {
  const double length = std::max(seconds_between(frame.observed.begin, frame.observed.end), 1.0);
  const double days = length / kDaySeconds;
  const double apart = size == ChartSize::Wide ? 76 : 62;
  int step = 1;
  while ((right - left) * step / std::max(days, 1.0) < apart && step < 100'000) {
    step = step == 4 ? 7 : step * 2;
  }
  Instant day = midnight(frame.zone, frame.observed.begin);
  for (int guard = 0; day <= frame.observed.end && guard < 64; ++guard) {
    if (day >= frame.observed.begin || days < 1) {
      const double x = x_of(day);
      line(out, "over-grid", x, top - 4, x, bottom);
      label(out, "tick", x, bottom + 14, "middle", speech.day_of_month(frame.zone.to_local(day)));
    }
    day = midnight(frame.zone, day, step);
  }
}

}  // namespace dropscope
