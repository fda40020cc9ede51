// A measured life begins where the connection was made: with a restore, or when the application
// started or the computer woke up. What ended other lives than those that are looked at is told by
// that begin, so nothing that lies between two losses is taken for one long life.

#include "analysis/rhythm/episode_rhythm.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "analysis/rhythm/arc.h"
#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/fleet_daily.h"
#include "analysis/rhythm/fleet_pool.h"

namespace dropscope {
namespace {

/// Two seconds for each hour, and the few that a log and a client need: the uptimes of simulated
/// timers lie within that (docs/methods/rhythm.md).
constexpr double kSlackShare = 0.02;
constexpr double kLeastSlack_s = 5;
/// A loss so soon after the computer woke up ends a connection that was dead by then, as in the
/// search for neighbours (analysis/coincidence).
constexpr double kSettled_s = 120;
/// Nothing that was measured is certain: the model's own error is not in the numbers.
constexpr double kMostCertain = 0.98;
/// Lengths that are nearer to each other are one interval that was measured twice.
constexpr double kSameLength = 0.03;

double unix_seconds(Instant t) {
  return seconds_between(instant_from_unix(0), t);
}

/// Whether a connection is made at such an edge: it lives from there on.
bool connects(Edge edge) {
  return edge == Edge::Restored || edge == Edge::AppStart || edge == Edge::Resume ||
         edge == Edge::Boot;
}

rhythm::Client client_of(const ComputerEpisodes& episodes, const TimeZone& zone) {
  rhythm::Client out;
  out.zone = zone;
  std::map<std::uint32_t, Instant> made;  // By the event of the loss that ended the life.
  for (const Uptime& uptime : episodes.uptimes) {
    const bool settled = uptime.begin_edge == Edge::Restored || uptime.seconds() >= kSettled_s;
    if (uptime.end_edge == Edge::Lost && connects(uptime.begin_edge) && settled) {
      made.emplace(uptime.end_event, uptime.begin);
    }
  }
  for (const Outage& outage : episodes.outages) {
    rhythm::Loss loss;
    loss.lost = unix_seconds(outage.lost);
    loss.has_restored = outage.complete();
    if (loss.has_restored) loss.restored = unix_seconds(outage.end);
    const auto begin = made.find(outage.lost_event);
    loss.has_made = begin != made.end();
    if (loss.has_made) loss.made = unix_seconds(begin->second);
    out.losses.push_back(loss);
  }
  return out;
}

Rhythm rhythm_of(rhythm::Class one) {
  return static_cast<Rhythm>(static_cast<int>(one) + 1);
}
static_assert(static_cast<int>(Rhythm::Idle) == static_cast<int>(rhythm::Class::Idle) + 1);
static_assert(static_cast<int>(Rhythm::Mixed) == static_cast<int>(rhythm::Class::Mixed) + 1);

void count_lives(const std::vector<const ComputerEpisodes*>& computers, IntervalEstimate& out) {
  const double slack = interval_slack(out.seconds);
  for (const ComputerEpisodes* episodes : computers) {
    for (const Uptime& uptime : episodes->uptimes) {
      if (!uptime.complete()) continue;
      ++out.considered;
      const double life = uptime.seconds();
      if (out.seconds > 0 && life >= out.low - slack && life <= out.high + slack) ++out.at_interval;
    }
  }
}

void count_on_clock(const std::vector<const ComputerEpisodes*>& computers,
                    std::span<const TimeZone> zones, IntervalEstimate& out) {
  std::vector<Instant> times;
  std::vector<TimeZone> own;
  for (const ComputerEpisodes* episodes : computers) {
    for (const Outage& outage : episodes->outages) {
      times.push_back(outage.lost);
      own.push_back(zones[episodes->computer]);
    }
  }
  out.considered = static_cast<std::uint32_t>(times.size());
  for (const double distance : clock_distances(times, own, out)) {
    if (distance <= reach_of_clock(out)) ++out.at_interval;
  }
}

void count_gaps(const std::vector<const ComputerEpisodes*>& computers, IntervalEstimate& out) {
  const double slack = interval_slack(out.seconds);
  for (const ComputerEpisodes* episodes : computers) {
    for (std::size_t i = 1; i < episodes->outages.size(); ++i) {
      const double gap = seconds_between(episodes->outages[i - 1].lost, episodes->outages[i].lost);
      const double times = std::max(1.0, std::round(gap / out.seconds));
      ++out.considered;
      // A loss that was slept through leaves a gap of a multiple.
      if (std::abs(gap - times * out.seconds) <= slack) ++out.at_interval;
    }
  }
}

/// A limit on age lets nothing live longer; so many connections that did, and ended with the
/// computer going to sleep or the application, are no slips of a clock.
constexpr std::size_t kFewestSurvivors = 3;
constexpr double kSurvivorShare = 0.05;
/// What the survivors leave for the limit on age.
constexpr double kDespiteSurvivors = 0.1;

/// Whether connections that ended otherwise had lived longer. Only where sleep is known: else the
/// computer may have been off for most of that time.
bool outlived(const std::vector<const ComputerEpisodes*>& computers, const IntervalEstimate& e) {
  std::size_t survivors = 0;
  std::size_t lives = 0;
  for (const ComputerEpisodes* episodes : computers) {
    if (!episodes->power_known) continue;
    for (const Uptime& uptime : episodes->uptimes) {
      if (uptime.begin_edge != Edge::Restored) continue;
      if (uptime.end_edge == Edge::Lost) {
        ++lives;
      } else if (uptime.end_edge != Edge::ClockStep &&
                 uptime.seconds() > e.high + interval_slack(e.seconds)) {
        ++survivors;
      }
    }
  }
  return survivors >= kFewestSurvivors &&
         static_cast<double>(survivors) >= kSurvivorShare * static_cast<double>(lives);
}

void take_for_idle(IntervalEstimate& e) {
  std::erase_if(e.alternatives,
                [](const RhythmAlternative& other) { return other.rhythm == Rhythm::Idle; });
  e.alternatives.push_back({Rhythm::FixedAge, e.seconds, kDespiteSurvivors});
  e.rhythm = Rhythm::Idle;
  e.probability = std::min(e.probability, 1 - kDespiteSurvivors);
}

/// The phase that has most others within the span in which a clock is noticed; of equals the
/// earliest. `phases` are not empty.
double busiest_phase(std::vector<double> phases, double cycle) {
  return rhythm::densest_arc(std::move(phases), cycle, 2 * kOnTheClock_s).middle;
}

/// Days that the losses seen needed, by which more of them are foreseen.
double days_for(std::size_t missing, const std::vector<const ComputerEpisodes*>& computers) {
  std::size_t losses = 0;
  double days = 0;
  for (const ComputerEpisodes* episodes : computers) {
    losses += episodes->outages.size();
    if (!episodes->watches.empty()) {
      days = std::max(
          days,
          seconds_between(episodes->watches.front().begin, episodes->watches.back().end) / 86400);
    }
  }
  return losses > 0 ? static_cast<double>(missing) * days / static_cast<double>(losses) : 0;
}

/// Of a class with an interval of about this length, among the alternatives.
double probability_of(const rhythm::Answer& answer, rhythm::Class kind, double seconds) {
  double most = 0;
  for (const rhythm::Reading& other : answer.alternatives) {
    if (other.kind != kind || !other.has_interval) continue;
    if (same_length(other.interval.seconds, seconds)) most = std::max(most, other.probability);
  }
  return most;
}

/// The class of the timer that a mixture's interval is: where only one timer shows, of that one;
/// else the likeliest of those with this length, as an idle timer and an age may have the same.
std::optional<rhythm::Class> class_in_mixture(const rhythm::Answer& answer) {
  if (answer.timers == 1) return answer.alternatives.front().kind;
  std::optional<rhythm::Class> out;
  double most = -1;
  for (const rhythm::Reading& one : answer.alternatives) {
    if (one.kind == rhythm::Class::Mixed || !one.has_interval || one.probability <= most) continue;
    if (!same_length(one.interval.seconds, answer.best.interval.seconds)) continue;
    most = one.probability;
    out = one.kind;
  }
  return out;
}

/// Of two timers at once the one that shows more is what a cause is looked for. So an interval is
/// that of its own class, whether or not there is another timer beside it, and what speaks for one
/// timer and for two with this one among them counts together.
rhythm::Answer classify_one(const rhythm::Client& client, std::span<const double> usual) {
  rhythm::Answer answer = rhythm::classify(client, usual);
  rhythm::Reading& best = answer.best;
  if (!best.has_interval) return answer;
  if (best.kind == rhythm::Class::Mixed) {
    const std::optional<rhythm::Class> kind = class_in_mixture(answer);
    if (!kind) return answer;
    best.kind = *kind;
    answer.timers = 0;
    best.probability = std::min(
        kMostCertain, best.probability + probability_of(answer, *kind, best.interval.seconds));
    std::erase_if(answer.alternatives,
                  [&](const rhythm::Reading& other) { return other.kind == *kind; });
    return answer;
  }
  const auto mixture = std::find_if(
      answer.alternatives.begin(), answer.alternatives.end(), [&](const rhythm::Reading& other) {
        return other.kind == rhythm::Class::Mixed && other.has_interval &&
               same_length(other.interval.seconds, best.interval.seconds);
      });
  if (mixture != answer.alternatives.end()) {
    best.probability = std::min(kMostCertain, best.probability + mixture->probability);
    answer.alternatives.erase(mixture);
  }
  return answer;
}

/// A client with so many losses has a rhythm of its own to tell; with fewer, only the pool does.
constexpr std::size_t kOwnLosses = 6;
/// So many clients settle a class; more would only take time.
constexpr std::size_t kMostAsked = 100;
/// Of the losses of those that were asked so many must agree.
constexpr double kAgreement = 0.6;
/// Clients err alike, so their evidence is not counted in full.
constexpr double kTemper = 0.5;
/// What an answer leaves for a class that it does not name.
constexpr double kUnnamed = 0.02;

double share_of(const rhythm::Answer& answer, rhythm::Class kind) {
  if (answer.best.kind == kind) return std::max(kUnnamed, answer.best.probability);
  for (const rhythm::Reading& other : answer.alternatives) {
    if (other.kind == kind) return std::max(kUnnamed, other.probability);
  }
  return kUnnamed;
}

/// Interval of a class in an answer; null when it has none.
const rhythm::Interval* interval_in(const rhythm::Answer& answer, rhythm::Class kind) {
  if (answer.best.kind == kind && answer.best.has_interval) return &answer.best.interval;
  for (const rhythm::Reading& other : answer.alternatives) {
    if (other.kind == kind && other.has_interval) return &other.interval;
  }
  return nullptr;
}

/// The mean of intervals, each weighted by how well it is known.
rhythm::Interval mean_of(const std::vector<rhythm::Interval>& all) {
  double weights = 0;
  double sum = 0;
  for (const rhythm::Interval& each : all) {
    const double half = std::max(0.5, (each.high - each.low) / 2);
    weights += 1 / (half * half);
    sum += each.seconds / (half * half);
  }
  const double mean = sum / weights;
  const double half = std::max(0.5, std::sqrt(1 / weights));
  return {mean, mean - half, mean + half};
}

/// The times of a clock that at least half of the clients tell, each as the mean of what they say.
std::vector<double> common_times(const std::vector<rhythm::Answer>& answers, double cycle) {
  std::vector<double> told;
  std::size_t clients = 0;
  for (const rhythm::Answer& answer : answers) {
    const rhythm::Reading& best = answer.best;
    if (best.kind != rhythm::Class::Clock || best.times.empty()) continue;
    if (!same_length(best.interval.seconds, cycle)) continue;
    clients += 1;
    told.insert(told.end(), best.times.begin(), best.times.end());
  }
  std::vector<double> out;
  while (!told.empty()) {
    const double middle = busiest_phase(told, cycle);
    double sum = 0;
    std::size_t near = 0;
    std::erase_if(told, [&](double time) {
      const double off = rhythm::distance(time, middle, cycle);
      if (std::abs(off) > kOnTheClock_s) return false;
      sum += off;
      near += 1;
      return true;
    });
    if (2 * near < clients) break;
    out.push_back(rhythm::cyclic(middle + sum / static_cast<double>(near), cycle));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// What the clients that have a regular interval of their own agree on; nothing if they do not, or
/// if most have none.
std::optional<rhythm::Answer> agreed(const std::vector<rhythm::Client>& clients,
                                     std::span<const double> usual) {
  std::vector<const rhythm::Client*> asked;
  for (const rhythm::Client& client : clients) {
    if (client.losses.size() >= kOwnLosses) asked.push_back(&client);
  }
  std::stable_sort(asked.begin(), asked.end(), [](const auto* a, const auto* b) {
    return a->losses.size() > b->losses.size();
  });
  if (asked.size() > kMostAsked) asked.resize(kMostAsked);
  if (asked.size() < 2) return std::nullopt;
  std::vector<rhythm::Answer> answers;
  double all = 0;
  for (const rhythm::Client* client : asked) {
    answers.push_back(classify_one(*client, usual));
    all += static_cast<double>(client->losses.size());
  }
  // The length that most losses agree on; of equals the one found first.
  double seconds = 0;
  double most = 0;
  for (const rhythm::Answer& one : answers) {
    if (!one.enough || !one.best.has_interval) continue;
    double losses = 0;
    for (const rhythm::Answer& other : answers) {
      if (other.enough && other.best.has_interval &&
          same_length(other.best.interval.seconds, one.best.interval.seconds)) {
        losses += static_cast<double>(other.losses);
      }
    }
    if (losses > most) {
      most = losses;
      seconds = one.best.interval.seconds;
    }
  }
  if (most < kAgreement * all) return std::nullopt;
  std::vector<std::pair<double, rhythm::Class>> weights;
  for (const auto kind : {rhythm::Class::Idle, rhythm::Class::Age, rhythm::Class::Clock,
                          rhythm::Class::Period, rhythm::Class::Mixed}) {
    double log_weight = 0;
    for (const rhythm::Answer& one : answers) {
      if (one.enough && one.best.has_interval && same_length(one.best.interval.seconds, seconds)) {
        log_weight += std::log(share_of(one, kind));
      }
    }
    weights.emplace_back(kTemper * log_weight, kind);
  }
  std::stable_sort(weights.begin(), weights.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  double sum = 0;
  for (const auto& [weight, kind] : weights) sum += std::exp(weight - weights.front().first);
  rhythm::Answer out;
  out.enough = true;
  for (const rhythm::Client& client : clients) out.losses += client.losses.size();
  out.regular_probability = kMostCertain;
  for (const auto& [weight, kind] : weights) {
    rhythm::Reading reading;
    reading.kind = kind;
    reading.probability = std::min(kMostCertain, std::exp(weight - weights.front().first) / sum);
    std::vector<rhythm::Interval> intervals;
    for (const rhythm::Answer& one : answers) {
      const rhythm::Interval* own = interval_in(one, kind);
      if (own != nullptr && same_length(own->seconds, seconds)) intervals.push_back(*own);
    }
    reading.has_interval = !intervals.empty();
    if (reading.has_interval) reading.interval = mean_of(intervals);
    if (kind == rhythm::Class::Clock && reading.has_interval) {
      reading.times = common_times(answers, reading.interval.seconds);
    }
    if (kind == weights.front().second) {
      out.best = reading;
    } else if (reading.probability >= kUnnamed) {
      out.alternatives.push_back(reading);
    }
  }
  if (!out.best.has_interval) return std::nullopt;
  return out;
}

rhythm::Answer pooled(const std::vector<rhythm::Client>& clients, std::span<const double> usual) {
  const std::optional<rhythm::Answer> answer = agreed(clients, usual);
  // A cycle of a day is each client's own unless all lose at one hour of it.
  const bool own = answer && (answer->best.kind == rhythm::Class::Clock ||
                              !same_length(answer->best.interval.seconds, rhythm::kDay) ||
                              !rhythm::keeps_to_one_hour(rhythm::pool_of(clients)));
  return own ? *answer : rhythm::classify_fleet(clients, usual);
}

}  // namespace

double interval_slack(double seconds) {
  return std::max(kLeastSlack_s, kSlackShare * seconds);
}

double reach_of_clock(const IntervalEstimate& clock) {
  return std::max(kOnTheClock_s, clock.spread);
}

std::vector<double> clock_distances(std::span<const Instant> moments,
                                    std::span<const TimeZone> zones,
                                    const IntervalEstimate& clock) {
  const double cycle = clock.seconds;
  std::vector<double> phases;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const double local = unix_seconds(moments[i]) + zones[i].offset_seconds(moments[i]);
    phases.push_back(rhythm::cyclic(local, cycle));
  }
  std::vector<double> times = clock.times;
  if (times.empty() && !phases.empty()) times.push_back(busiest_phase(phases, cycle));
  std::vector<double> out;
  for (const double phase : phases) {
    double nearest = cycle;
    for (const double time : times) {
      nearest = std::min(nearest, std::abs(rhythm::distance(phase, time, cycle)));
    }
    out.push_back(nearest);
  }
  return out;
}

IntervalEstimate measure_rhythm(const std::vector<const ComputerEpisodes*>& computers,
                                std::span<const TimeZone> zones, std::span<const double> usual) {
  std::vector<rhythm::Client> clients;
  for (const ComputerEpisodes* episodes : computers) {
    if (episodes->outages.empty()) continue;
    clients.push_back(client_of(*episodes, zones[episodes->computer]));
  }
  const rhythm::Answer answer =
      clients.size() == 1 ? classify_one(clients.front(), usual) : pooled(clients, usual);
  IntervalEstimate out;
  out.losses_missing = static_cast<std::uint32_t>(answer.missing);
  out.days_missing =
      answer.missing_days > 0 ? answer.missing_days : days_for(answer.missing, computers);
  // A handful of losses may agree by chance, and without a rhythm they are no proof that there is
  // none.
  const bool told = answer.enough && answer.losses >= kOwnLosses &&
                    (rhythm::is_regular(answer.best.kind) || answer.missing == 0);
  if (told) {
    out.losses_missing = 0;
    out.days_missing = 0;
    out.rhythm = rhythm_of(answer.best.kind);
    out.probability = answer.best.probability;
    out.regular_probability = answer.regular_probability;
    if (answer.best.has_interval) {
      out.seconds = answer.best.interval.seconds;
      out.low = answer.best.interval.low;
      out.high = answer.best.interval.high;
    }
    if (answer.best.kind == rhythm::Class::Clock) {
      out.times = answer.best.times;
      out.spread = answer.best.spread;
    }
    out.timers = answer.timers;
    for (const rhythm::Reading& other : answer.alternatives) {
      out.alternatives.push_back({rhythm_of(other.kind),
                                  other.has_interval ? other.interval.seconds : 0,
                                  other.probability});
    }
  }
  if (out.rhythm == Rhythm::FixedAge && outlived(computers, out)) take_for_idle(out);
  if (out.rhythm == Rhythm::Clock) {
    count_on_clock(computers, zones, out);
  } else if (out.rhythm == Rhythm::Period) {
    count_gaps(computers, out);
  } else {
    count_lives(computers, out);
  }
  return out;
}

bool same_length(double a, double b) {
  return std::abs(a - b) <= kSameLength * std::max(a, b);
}

bool is_regular(Rhythm rhythm) {
  return rhythm != Rhythm::NotEnough &&
         rhythm::is_regular(static_cast<rhythm::Class>(static_cast<int>(rhythm) - 1));
}

std::string_view to_string(Rhythm rhythm) {
  if (rhythm == Rhythm::NotEnough) return "not-enough";
  return rhythm::to_string(static_cast<rhythm::Class>(static_cast<int>(rhythm) - 1));
}

}  // namespace dropscope
