#include "simulate/calendar.h"

#include <algorithm>

#include "simulate/prng.h"

namespace dropscope::simulation {

namespace {

constexpr double kDay = 86'400;

void subtract(std::vector<Span>& spans, const Span& hole) {
  std::vector<Span> rest;
  for (const Span& s : spans) {
    if (hole.to <= s.from || s.to <= hole.from) {
      rest.push_back(s);
      continue;
    }
    if (s.from < hole.from) rest.push_back({s.from, hole.from});
    if (hole.to < s.to) rest.push_back({hole.to, s.to});
  }
  spans = std::move(rest);
}

// Follows the computer through the days and writes down what it does.
class Planner {
 public:
  Planner(const Scenario& scenario, const Client& client)
      : scenario_(scenario),
        habits_(scenario.client),
        zone_(client.zone),
        random_(scenario.seed, Stream::Calendar, client.index) {}

  Calendar run() {
    for (int day = 0; day < scenario_.days; ++day) plan_day(date_after(scenario_.start_date, day));
    finish(scenario_.midnight(zone_, scenario_.days));
    return std::move(calendar_);
  }

 private:
  // All numbers of a day are drawn at its start in a fixed order: whether a user takes lunch today
  // does not change tomorrow.
  struct Draws {
    double absent, weekend, start_shift, end_shift, lunch_taken, lunch_shift, lunch_length, night,
        sleep, outlook_delay, shutdown_delay;
  };

  void plan_day(const CivilTime& date) {
    Draws d{};
    for (double* x :
         {&d.absent, &d.weekend, &d.start_shift, &d.end_shift, &d.lunch_taken, &d.lunch_shift,
          &d.lunch_length, &d.night, &d.sleep, &d.outlook_delay, &d.shutdown_delay}) {
      *x = random_.uniform();
    }
    double start_skew = random_.triangular();
    double end_skew = random_.triangular();
    std::uint64_t meeting_seed = random_.bits();

    bool weekend = date.weekday >= 5;
    bool works = weekend ? d.weekend < habits_.works_weekends : d.absent >= habits_.absent;
    if (!works) return;

    double jitter = habits_.work_jitter_min * 60;
    double start = std::max(0.0, habits_.work_start_s + jitter * start_skew);
    double end = std::clamp(habits_.work_end_s + jitter * end_skew, start + 1800, kDay - 900);
    Span work{at_local(zone_, date, start), at_local(zone_, date, end)};
    std::vector<Span> desk{work};
    if (d.lunch_taken < habits_.lunch_share) {
      double lunch = habits_.lunch_s + 900 * (d.lunch_shift - 0.5);
      double length = 60 * (habits_.lunch_min.low +
                            (habits_.lunch_min.high - habits_.lunch_min.low) * d.lunch_length);
      subtract(desk, {at_local(zone_, date, lunch),
                      at_local(zone_, date, std::min(lunch + length, kDay - 1))});
    }
    plan_meetings(date, start, end, meeting_seed, desk);

    arrive(work.from, d.outlook_delay);
    if (habits_.sleeps_after_min > 0) nap(desk);
    calendar_.workdays.push_back(work);
    calendar_.desk.insert(calendar_.desk.end(), desk.begin(), desk.end());

    bool before_weekend = date_after(date, 1).weekday >= 5;
    bool stays_on = d.night < (before_weekend ? habits_.on_at_weekend : habits_.on_at_night);
    if (!stays_on) leave(work.to, d.sleep < habits_.sleep_share, d.shutdown_delay);
  }

  void plan_meetings(const CivilTime& date, double start, double end, std::uint64_t seed,
                     std::vector<Span>& desk) {
    Random random(seed, Stream::Calendar, 0);
    // A Poisson number of meetings, each at a full or half hour, as calendars offer them.
    double budget = random.exponential();
    while (budget < habits_.meetings_per_day) {
      budget += random.exponential();
      double at = start + random.uniform() * (end - start);
      double length = 60 * habits_.meeting_min[random.below(habits_.meeting_min.size())];
      double begin = 1800 * static_cast<double>(static_cast<int>(at / 1800));
      // People walk to the meeting and talk on the way back.
      double leaves = begin - 60 * random.uniform(0, 6);
      double returns = begin + length + 60 * random.uniform(-5, 10);
      if (leaves < start || returns > end || returns <= leaves) continue;
      subtract(desk, {at_local(zone_, date, leaves), at_local(zone_, date, returns)});
    }
  }

  void arrive(Instant at, double outlook_delay) {
    if (!on_) power_on(at, asleep_ ? Wake::Resume : Wake::Boot);
    if (!outlook_on_ && habits_.outlook) {
      const Range& after = habits_.outlook_after_min;
      outlook_start_ =
          at + ticks_from_seconds(45 + 60 * (after.low + (after.high - after.low) * outlook_delay));
      outlook_on_ = true;
    }
  }

  void leave(Instant at, bool sleeps, double delay) {
    if (sleeps) {
      // Windows suspends some minutes after the lid or the last key; 30 s to 10 min covers both.
      power_off(at + ticks_from_seconds(30 + 570 * delay), Rest::Sleep);
      return;
    }
    stop_outlook(at + ticks_from_seconds(20 * delay));
    power_off(at + ticks_from_seconds(30 + 60 * delay), Rest::Shutdown);
  }

  // By day the computer sleeps while nobody is at the desk for long.
  void nap(const std::vector<Span>& desk) {
    Ticks after = ticks_from_seconds(60 * habits_.sleeps_after_min);
    for (std::size_t i = 1; i < desk.size(); ++i) {
      if (desk[i].from - desk[i - 1].to <= after + std::chrono::minutes(1)) continue;
      power_off(desk[i - 1].to + after, Rest::Sleep);
      power_on(desk[i].from, Wake::Resume);
    }
  }

  void power_on(Instant at, Wake wake) {
    on_ = true;
    asleep_ = false;
    calendar_.powered.push_back({{at, at}, wake, Rest::WorldEnds});
  }

  void power_off(Instant at, Rest rest) {
    if (!on_) return;
    PoweredSpan& span = calendar_.powered.back();
    span.span.to = std::max(at, span.span.from + std::chrono::minutes(1));
    span.rest = rest;
    on_ = false;
    asleep_ = rest == Rest::Sleep;
  }

  void stop_outlook(Instant at) {
    if (!outlook_on_) return;
    outlook_on_ = false;
    if (at > outlook_start_) calendar_.outlook.push_back({{outlook_start_, at}});
  }

  void finish(Instant end) {
    if (on_) {
      calendar_.powered.back().span.to = std::max(end, calendar_.powered.back().span.from);
      calendar_.powered.back().rest = Rest::WorldEnds;
    }
    stop_outlook(end);
  }

  const Scenario& scenario_;
  const ClientHabits& habits_;
  TimeZone zone_;
  Random random_;
  Calendar calendar_;
  bool on_ = false;
  bool asleep_ = false;
  bool outlook_on_ = false;
  Instant outlook_start_{};
};

}  // namespace

Instant at_local(const TimeZone& zone, const CivilTime& date, double seconds) {
  auto whole = static_cast<int>(std::clamp(seconds, 0.0, kDay - 1));
  CivilTime local = date;
  local.hour = whole / 3600;
  local.minute = whole / 60 % 60;
  local.second = whole % 60;
  local.ticks = 0;
  std::optional<Instant> t = zone.from_local(local);
  check(t.has_value(), "a scenario's dates exist");
  double fraction = std::clamp(seconds - whole, 0.0, 1.0);
  return *t + ticks_from_seconds(fraction);
}

Calendar make_calendar(const Scenario& scenario, const Client& client) {
  return Planner(scenario, client).run();
}

}  // namespace dropscope::simulation
