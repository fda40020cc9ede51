#include "analysis/frequency/frequency.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "analysis/frequency/poisson.h"
#include "analysis/frequency/quantile.h"

namespace dropscope {

Distribution describe(std::vector<double> seconds) {
  Distribution d;
  d.n = seconds.size();
  if (seconds.empty()) return d;
  std::sort(seconds.begin(), seconds.end());
  d.min = seconds.front();
  d.p10 = quantile(seconds, 0.10);
  d.p25 = quantile(seconds, 0.25);
  d.median = quantile(seconds, 0.50);
  d.p75 = quantile(seconds, 0.75);
  d.p90 = quantile(seconds, 0.90);
  d.max = seconds.back();
  return d;
}

Frequency measure_frequency(const std::vector<const ComputerEpisodes*>& computers,
                            const TimeZone& zone) {
  Frequency f;
  std::vector<double> uptimes;
  std::vector<double> outages;
  std::map<std::tuple<std::int64_t, int, int>, std::uint32_t> days;
  for (const ComputerEpisodes* computer : computers) {
    f.watched_hours += watched_seconds(*computer) / 3600.0;
    for (const Uptime& uptime : computer->uptimes) {
      if (uptime.complete()) uptimes.push_back(uptime.seconds());
    }
    Instant previous{};
    for (const Outage& outage : computer->outages) {
      // An outage that a clock step or the end of a log cut in two is still one loss.
      if (outage.lost_event == kNoEvent) continue;
      if (f.losses > 0 && outage.lost == previous) continue;
      previous = outage.lost;
      ++f.losses;
      const CivilTime local = zone.to_local(outage.lost);
      ++f.hour_of_week[static_cast<std::size_t>(local.weekday) * 24 +
                       static_cast<std::size_t>(local.hour)];
      ++days[{local.year, local.month, local.day}];
      if (outage.complete()) {
        outages.push_back(outage.seconds());
      } else {
        ++f.open_outages;
      }
    }
  }
  for (const auto& [day, losses] : days) {
    f.days.push_back({std::get<0>(day), std::get<1>(day), std::get<2>(day), losses});
  }
  if (f.watched_hours > 0) {
    const double days_watched = f.watched_hours / 24.0;
    const PoissonInterval interval = poisson_interval(f.losses, 0.95);
    f.per_day = static_cast<double>(f.losses) / days_watched;
    f.per_day_low = interval.low / days_watched;
    f.per_day_high = interval.high / days_watched;
  }
  f.uptimes = describe(std::move(uptimes));
  f.outages = describe(std::move(outages));
  return f;
}

}  // namespace dropscope
