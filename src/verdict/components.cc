#include "verdict/components.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "analysis/scope/few_clients.h"
#include "verdict/loss_view.h"
#include "verdict/whom.h"

namespace dropscope {
namespace {

/// Common moments are told apart from common habits from so many times the expected number on.
constexpr double kTimesChance = 2.5;
/// More timers at once than three are not looked for in one fleet.
constexpr std::size_t kMostTimers = 3;
/// Where a System log shows less than this of the losses of one interval with nothing near them,
/// what is near the others is near those too that no System log covers.
constexpr double kUnexplained = 0.2;
/// Losses of one computer of which its own rhythm is asked.
constexpr std::size_t kOwnRhythm = 5;

/// A computer too few of whose losses are known to show a timer is behind one that others show when
/// its lives are so many times likelier with it than without.
constexpr double kSharesTimer = 10;
/// Lives that a timer rules out are seen all the same where a loss or restore was not logged.
constexpr double kRuledOut = 0.02;
/// Without the timer a life is as likely shorter as longer than it.
constexpr double kEitherSide = 0.5;
/// How many lives traffic stretches beyond an idle timer differs from user to user.
constexpr double kStretched = 0.5;

/// The episodes with only the losses that are `kept`; lives that others ended are censored, so that
/// the rhythm of these is measured as if the others had not been.
IntervalEstimate interval_of(const Diagnosis& diagnosis, const std::vector<LossView>& losses,
                             const std::vector<std::size_t>& kept) {
  std::map<std::size_t, std::set<std::uint32_t>> events;
  for (const std::size_t i : kept) events[losses[i].at].insert(losses[i].event);
  std::vector<ComputerEpisodes> copies;
  for (const auto& [at, own] : events) {
    ComputerEpisodes copy = diagnosis.episodes[at];
    std::erase_if(copy.outages, [&](const Outage& o) { return own.count(o.lost_event) == 0; });
    for (Uptime& uptime : copy.uptimes) {
      if (uptime.end_edge == Edge::Lost && own.count(uptime.end_event) == 0) {
        uptime.end_edge = Edge::LogEnd;
      }
    }
    copies.push_back(std::move(copy));
  }
  std::vector<const ComputerEpisodes*> pointers;
  for (const ComputerEpisodes& copy : copies) pointers.push_back(&copy);
  return measure_rhythm(pointers, diagnosis.zones, diagnosis.usual_s);
}

class Divider {
 public:
  Divider(const Evidence& evidence, const Diagnosis& diagnosis, const std::vector<LossView>& losses,
          const Clients* clients)
      : evidence_(evidence), diagnosis_(diagnosis), losses_(losses), clients_(clients) {
    for (std::size_t i = 0; i < losses.size(); ++i) rest_.push_back(i);
  }

  std::vector<Part> run() {
    by_close();
    by_near();
    together();
    rhythm();
    join_by_interval();
    join_by_clock();
    for (Part& part : parts_) {
      if (part.interval.considered == 0) {
        part.interval = interval_of(diagnosis_, losses_, one_for_each_moment(part));
      }
    }
    return std::move(parts_);
  }

 private:
  /// Losses at one moment are one observation of what ends them all: counted as many, the time
  /// between two such moments would look like an interval that every computer confirms.
  std::vector<std::size_t> one_for_each_moment(const Part& part) const {
    if (part.by != Part::By::Together && part.by != Part::By::Close) return part.losses;
    std::vector<std::size_t> order = part.losses;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(losses_[a].time, losses_[a].computer) <
             std::tie(losses_[b].time, losses_[b].computer);
    });
    std::vector<std::size_t> out;
    Instant last{};
    for (const std::size_t i : order) {
      if (out.empty() || losses_[i].time > last + kTogether) out.push_back(i);
      last = losses_[i].time;
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  template <typename Predicate>
  std::vector<std::size_t> those(const Predicate& holds) const {
    std::vector<std::size_t> out;
    std::copy_if(rest_.begin(), rest_.end(), std::back_inserter(out), holds);
    return out;
  }

  void take(Part part) {
    std::erase_if(rest_, [&](std::size_t i) {
      return std::binary_search(part.losses.begin(), part.losses.end(), i);
    });
    parts_.push_back(std::move(part));
  }

  /// What a device says it did on purpose outranks everything else.
  void by_close() {
    for (const std::string_view name : {"admin", "server-down"}) {
      const std::size_t state = state_index(Aspect::Closed, name);
      const auto ended = [&](std::size_t i) { return losses_[i].close == state; };
      const std::vector<std::size_t> found = those(ended);
      if (found.size() >= kLeastPart) take({Part::By::Close, state, found, 0, {}});
    }
  }

  void by_near() {
    const std::vector<Marks> marks = marks_by_computer(evidence_);
    for (const std::string_view name : kClaims) {
      const std::size_t state = state_index(Aspect::Near, name);
      const std::vector<std::size_t> found =
          those([&](std::size_t i) { return losses_[i].near == state; });
      double expected = 0;
      std::size_t tried = 0;
      std::map<std::size_t, double> shares;  // By index of the episodes.
      for (const std::size_t i : rest_) {
        const Marks& own = marks[losses_[i].computer];
        const auto times = own.find(state);
        if (times == own.end()) continue;
        ++tried;
        auto [share, is_new] = shares.try_emplace(losses_[i].at, 0.0);
        if (is_new) {
          share->second =
              covered_share(times->second, watched_seconds(diagnosis_.episodes[losses_[i].at]));
        }
        expected += share->second;
      }
      if (beyond_chance(found.size(), expected, tried)) {
        take({Part::By::Near, state, found, expected, {}});
      }
    }
  }

  void together() {
    const std::vector<std::size_t> found =
        those([&](std::size_t i) { return losses_[i].together; });
    double expected = 0;
    for (const std::size_t i : rest_) expected += losses_[i].together_chance;
    // Clients of one device share their habits, so a mere excess makes no common moment.
    const bool many = static_cast<double>(found.size()) >= kTimesChance * expected;
    if (many && beyond_chance(found.size(), expected, rest_.size())) {
      take({Part::By::Together, 0, found, expected, {}});
    }
  }

  void rhythm() {
    for (std::size_t round = 0; round < kMostTimers && !rest_.empty(); ++round) {
      const std::vector<std::size_t> own = of_own_rhythm();
      if (!take_timer(own, others_than(own)) && !take_timer(rest_) && !take_timer(in_one_place())) {
        break;
      }
    }
    if (rest_.empty()) return;
    Part part{Part::By::Rest, 0, rest_, 0, {}};
    part.interval = interval_of(diagnosis_, losses_, rest_);
    take(std::move(part));
  }

  /// Computers with a System log tell of what others without one show the end only: losses at the
  /// interval of a rhythm, all of which have one kind of event near them where that could be seen,
  /// are of one part with those where it could not.
  void join_by_interval() {
    for (Part& near : parts_) {
      if (near.by != Part::By::Near) continue;
      const auto same = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) {
        return part.by == Part::By::Rhythm && shares_interval(near, part);
      });
      if (same == parts_.end()) continue;
      near.losses.insert(near.losses.end(), same->losses.begin(), same->losses.end());
      std::sort(near.losses.begin(), near.losses.end());
      near.interval = same->interval;
      same->losses.clear();
    }
    std::erase_if(parts_, [](const Part& part) { return part.losses.empty(); });
  }

  /// What a clock does has, on some days, something near it or hits several at once. Those losses
  /// were taken out before the clock was seen, and belong to it.
  void join_by_clock() {
    const auto clock = std::find_if(parts_.begin(), parts_.end(), [](const Part& part) {
      return part.by == Part::By::Rhythm && part.interval.rhythm == Rhythm::Clock;
    });
    if (clock == parts_.end()) return;
    const double share =
        std::min(1.0, 2 * reach_of_clock(clock->interval) / clock->interval.seconds);
    std::vector<std::size_t> joined;
    for (Part& part : parts_) {
      if (part.by != Part::By::Near && part.by != Part::By::Together) continue;
      std::vector<std::size_t> both = clock->losses;
      both.insert(both.end(), part.losses.begin(), part.losses.end());
      std::sort(both.begin(), both.end());
      const std::vector<std::size_t> on = on_clock(both, clock->interval);
      const auto is_on = [&](std::size_t i) { return std::binary_search(on.begin(), on.end(), i); };
      const std::size_t n = part.losses.size();
      const auto found =
          static_cast<std::size_t>(std::count_if(part.losses.begin(), part.losses.end(), is_on));
      if (2 * found < n || !beyond_chance(found, share * static_cast<double>(n), n)) continue;
      std::copy_if(part.losses.begin(), part.losses.end(), std::back_inserter(joined), is_on);
      std::erase_if(part.losses, is_on);
    }
    clock->losses.insert(clock->losses.end(), joined.begin(), joined.end());
    std::sort(clock->losses.begin(), clock->losses.end());
    std::erase_if(parts_, [](const Part& part) { return part.losses.empty(); });
  }

  bool shares_interval(const Part& near, const Part& rhythm) {
    const IntervalEstimate& e = rhythm.interval;
    if (rhythm.losses.empty() || (e.rhythm != Rhythm::Idle && e.rhythm != Rhythm::FixedAge)) {
      return false;
    }
    const double slack = interval_slack(e.seconds);
    std::size_t lived = 0;
    std::size_t at_interval = 0;
    for (const std::size_t i : near.losses) {
      const std::optional<double> life = life_of(i);
      if (!life) continue;
      ++lived;
      at_interval += *life >= e.low - slack && *life <= e.high + slack ? 1U : 0U;
    }
    // No connection that ends at random is likelier to end within the window than this.
    const double window = std::min(1.0, (e.high - e.low + 2 * slack) / e.seconds);
    if (!beyond_chance(at_interval, window * static_cast<double>(lived), lived)) return false;
    const auto unexplained =
        static_cast<double>(std::count_if(rhythm.losses.begin(), rhythm.losses.end(),
                                          [&](std::size_t i) { return losses_[i].system_log; }));
    return unexplained < kUnexplained * (unexplained + static_cast<double>(at_interval));
  }

  /// How long the connection had lived that this loss ended, in seconds, where that is known.
  std::optional<double> life_of(std::size_t loss) {
    const auto life = std::lower_bound(lives().begin(), lives().end(),
                                       std::pair<std::uint32_t, double>{losses_[loss].event, 0.0});
    if (life == lives().end() || life->first != losses_[loss].event) return std::nullopt;
    return life->second;
  }

  /// Of the rest, the losses of computers that none of these is of; by computer.
  using ByComputer = std::map<std::uint32_t, std::vector<std::size_t>>;
  ByComputer others_than(const std::vector<std::size_t>& losses) const {
    std::set<std::uint32_t> computers;
    for (const std::size_t i : losses) computers.insert(losses_[i].computer);
    ByComputer out;
    for (const std::size_t i : rest_) {
      if (computers.count(losses_[i].computer) == 0) out[losses_[i].computer].push_back(i);
    }
    return out;
  }

  /// How many times likelier these losses of one computer are if the timer is behind them.
  double likelier_with(const std::vector<std::size_t>& losses, const IntervalEstimate& timer) {
    const double slack = interval_slack(timer.seconds);
    const double by_chance =
        std::min(kEitherSide, (timer.high - timer.low + 2 * slack) / timer.seconds);
    // Traffic stretches the life of an idle connection; an age it cannot stretch.
    const double beyond = timer.rhythm == Rhythm::Idle ? kStretched : kRuledOut;
    double out = 1;
    for (const std::size_t i : losses) {
      const std::optional<double> life = life_of(i);
      if (!life) continue;
      if (*life < timer.low - slack) {
        out *= kRuledOut / kEitherSide;
      } else if (*life <= timer.high + slack) {
        out *= (1 - beyond) / by_chance;
      } else {
        out *= beyond / kEitherSide;
      }
    }
    return out;
  }

  /// Adds to what a timer explains the losses of computers that lose too seldom to show it by
  /// themselves, and left apart would be taken for another cause in another place.
  void add_sharing(std::vector<std::size_t>& found, const ByComputer& others,
                   const IntervalEstimate& timer) {
    if (timer.rhythm != Rhythm::Idle && timer.rhythm != Rhythm::FixedAge) return;
    for (const auto& [computer, losses] : others) {
      if (likelier_with(losses, timer) < kSharesTimer) continue;
      const std::vector<std::size_t> on = on_life(losses, timer);
      found.insert(found.end(), on.begin(), on.end());
    }
    std::sort(found.begin(), found.end());
  }

  /// Takes those of the losses that lie on an interval which these losses show, and those of other
  /// computers that share it.
  bool take_timer(const std::vector<std::size_t>& among, const ByComputer& others = {}) {
    if (among.size() < kLeastPart) return false;
    const IntervalEstimate estimate = interval_of(diagnosis_, losses_, among);
    std::vector<std::size_t> found;
    switch (estimate.rhythm) {
      case Rhythm::Idle:
      case Rhythm::FixedAge:
      case Rhythm::Mixed:
        found = on_life(among, estimate);
        break;
      case Rhythm::Clock:
        found = on_clock(among, estimate);
        break;
      case Rhythm::Period:
        found = on_period(among, estimate);
        break;
      default:
        return false;
    }
    if (found.size() < kLeastPart) return false;
    add_sharing(found, others, estimate);
    const auto same = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) {
      return part.by == Part::By::Rhythm && part.interval.rhythm == estimate.rhythm &&
             same_length(part.interval.seconds, estimate.seconds);
    });
    if (same == parts_.end()) {
      take({Part::By::Rhythm, 0, std::move(found), 0, estimate});
      return true;
    }
    // The same timer, on computers that show it only together.
    Part whole = std::move(*same);
    parts_.erase(same);
    whole.losses.insert(whole.losses.end(), found.begin(), found.end());
    std::sort(whole.losses.begin(), whole.losses.end());
    whole.interval = interval_of(diagnosis_, losses_, whole.losses);
    take(std::move(whole));
    return true;
  }

  /// Losses of the computers that show the same interval each by itself; of several such groups the
  /// one with most losses. Pooled with computers that have another interval, an age would look like
  /// an idle timer, because its lives end above it too.
  std::vector<std::size_t> of_own_rhythm() const {
    std::map<std::uint32_t, std::vector<std::size_t>> by_computer;
    for (const std::size_t i : rest_) by_computer[losses_[i].computer].push_back(i);
    if (by_computer.size() < 2 || by_computer.size() > kFewClients) return {};
    struct Own {
      IntervalEstimate estimate;
      const std::vector<std::size_t>* losses;
    };
    std::vector<Own> own;
    for (const auto& [computer, losses] : by_computer) {
      if (losses.size() < kOwnRhythm) continue;
      const IntervalEstimate estimate = interval_of(diagnosis_, losses_, losses);
      if (is_regular(estimate.rhythm)) own.push_back({estimate, &losses});
    }
    std::vector<std::size_t> best;
    for (const Own& one : own) {
      std::vector<std::size_t> group;
      for (const Own& other : own) {
        if (!same_length(one.estimate.seconds, other.estimate.seconds)) continue;
        group.insert(group.end(), other.losses->begin(), other.losses->end());
      }
      if (group.size() > best.size()) best = std::move(group);
    }
    std::sort(best.begin(), best.end());
    return best;
  }

  /// Losses of the place that they are most likely of, where there is one.
  std::vector<std::size_t> in_one_place() const {
    if (clients_ == nullptr) return {};
    std::vector<std::uint32_t> computers;
    for (const std::size_t i : rest_) computers.push_back(losses_[i].computer);
    const Whom whom = find_whom(*clients_, computers);
    if (whom.scope.kind != ScopeKind::Localised) return {};
    const ScopeTerms& terms = whom.scope.causes.front().terms;
    return those([&](std::size_t i) {
      const auto row = clients_->row_of(losses_[i].computer);
      return row && matches(clients_->table.attributes, terms, *row);
    });
  }

  std::vector<std::size_t> on_life(const std::vector<std::size_t>& among,
                                   const IntervalEstimate& estimate) {
    std::vector<std::size_t> out;
    const double slack = interval_slack(estimate.seconds);
    for (const std::size_t i : among) {
      const std::optional<double> life = life_of(i);
      if (!life || *life < estimate.low - slack) continue;
      // Traffic stretches the life of an idle connection; an age it cannot stretch.
      if (estimate.rhythm != Rhythm::Idle && *life > estimate.high + slack) continue;
      out.push_back(i);
    }
    return out;
  }

  std::vector<std::size_t> on_clock(const std::vector<std::size_t>& among,
                                    const IntervalEstimate& estimate) const {
    std::vector<Instant> times;
    std::vector<TimeZone> zones;
    for (const std::size_t i : among) {
      times.push_back(losses_[i].time);
      zones.push_back(diagnosis_.zones[losses_[i].computer]);
    }
    const std::vector<double> distances = clock_distances(times, zones, estimate);
    std::vector<std::size_t> out;
    for (std::size_t k = 0; k < among.size(); ++k) {
      if (distances[k] <= reach_of_clock(estimate)) out.push_back(among[k]);
    }
    return out;
  }

  std::vector<std::size_t> on_period(const std::vector<std::size_t>& among,
                                     const IntervalEstimate& estimate) const {
    const double slack = interval_slack(estimate.seconds);
    const auto in_step = [&](std::size_t a, std::size_t b) {
      if (losses_[a].computer != losses_[b].computer) return false;
      const double gap = seconds_between(losses_[a].time, losses_[b].time);
      const double times = std::round(gap / estimate.seconds);
      return times >= 1 && std::abs(gap - times * estimate.seconds) <= slack;
    };
    std::vector<std::size_t> out;
    for (std::size_t k = 0; k < among.size(); ++k) {
      const bool before = k > 0 && in_step(among[k - 1], among[k]);
      const bool after = k + 1 < among.size() && in_step(among[k], among[k + 1]);
      if (before || after) out.push_back(among[k]);
    }
    return out;
  }

  /// Lives by the event of the loss that ended them, ascending.
  const std::vector<std::pair<std::uint32_t, double>>& lives() {
    if (!lives_.empty()) return lives_;
    for (const ComputerEpisodes& episodes : diagnosis_.episodes) {
      for (const Uptime& uptime : episodes.uptimes) {
        // A computer that woke up connected again, and the connection lives from then on.
        const bool made = uptime.complete() || uptime.begin_edge == Edge::Resume ||
                          uptime.begin_edge == Edge::AppStart;
        if (made && uptime.end_edge == Edge::Lost) {
          lives_.emplace_back(uptime.end_event, uptime.seconds());
        }
      }
    }
    std::sort(lives_.begin(), lives_.end());
    return lives_;
  }

  const Evidence& evidence_;
  const Diagnosis& diagnosis_;
  const std::vector<LossView>& losses_;
  const Clients* clients_;  // May be null.
  std::vector<std::pair<std::uint32_t, double>> lives_;
  std::vector<std::size_t> rest_;  // Ascending.
  std::vector<Part> parts_;
};

}  // namespace

std::vector<Part> divide(const Evidence& evidence, const Diagnosis& diagnosis,
                         const std::vector<LossView>& losses, const Clients* clients) {
  return Divider(evidence, diagnosis, losses, clients).run();
}

}  // namespace dropscope
