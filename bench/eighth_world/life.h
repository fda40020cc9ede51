#pragma once

// The life of a client: connections are made, end by whatever comes first, and come back.

#include <algorithm>
#include <vector>

#include "habits.h"
#include "timers.h"

namespace dropscope::eighth_world {

inline constexpr int kStray = -1;  ///< Cause of an ending that is none of the plan's.
inline constexpr int kHabit = -2;

struct Ending {
  double made = 0;
  double lost = 0;
  double restored = 0;
  int cause = kStray;  ///< Number of the timer, or one of the above.
  bool woke = false;   ///< The connection was made as the computer woke.
  bool recorded = true;
};

[[nodiscard]] inline double mean_life(const Plan& plan) {
  double shortest = plan.timers.empty() ? mean_of_habit(plan) : kNever;
  for (const Timer& timer : plan.timers) shortest = std::min(shortest, mean_life(timer));
  return shortest;
}

[[nodiscard]] inline double draw_downtime(const Downtime& down, Random& random) {
  // Outlook tries for five minutes, then every fifteen.
  if (random.chance(down.hangs)) {
    const double tries = 5 * kMinute + 15 * kMinute * static_cast<double>(random.below(4));
    return std::min(down.longest, tries + random.between(0, 20));
  }
  return std::min(down.longest, down.typical * std::exp(down.spread * random.normal()));
}

class Life {
 public:
  Life(const Plan& plan, const Subject& subject, Random& random)
      : plan_(plan), subject_(subject), random_(random), made_(subject.start) {
    const double share = std::min(0.6, plan.dirt.stray);
    if (share > 0) stray_mean_ = -mean_life(plan) / std::log(1 - share);
    draw_stray();
  }

  /// Endings until `wanted` of them are recorded, or nothing more comes.
  [[nodiscard]] std::vector<Ending> endings(std::size_t wanted) {
    for (std::size_t tries = 0; recorded_ < wanted && tries < 20 * wanted + 200; ++tries) {
      if (!one_connection()) break;
    }
    std::stable_sort(endings_.begin(), endings_.end(),
                     [](const Ending& a, const Ending& b) { return a.lost < b.lost; });
    return std::move(endings_);
  }

 private:
  void draw_stray() {
    next_stray_ = stray_mean_ > 0 ? made_ + random_.exponential(stray_mean_) : kNever;
  }

  /// The first of all causes for the connection made last.
  [[nodiscard]] Ending first_end() {
    Ending first{made_, kNever, 0, kHabit, woke_, true};
    for (std::size_t i = 0; i < plan_.timers.size(); ++i) {
      const double end = timer_end(plan_, i, subject_, made_, random_);
      if (end < first.lost) {
        first.lost = end;
        first.cause = static_cast<int>(i);
      }
    }
    if (plan_.timers.empty()) first.lost = habit_end(plan_, subject_, made_, clusters_, random_);
    return first;
  }

  void tell(Ending ending) {
    ending.restored = ending.lost + std::max(1.0, draw_downtime(plan_.downtime, random_));
    ending.recorded = !random_.chance(plan_.dirt.missing);
    if (ending.recorded) ++recorded_;
    endings_.push_back(ending);
  }

  void come_back(const Ending& ending) {
    tell(ending);
    made_ = endings_.back().restored;
    woke_ = false;
    if (!random_.chance(plan_.dirt.retry)) return;
    tell({made_, made_ + random_.between(3, 60), 0, kStray, false, true});
    made_ = endings_.back().restored;
  }

  void wake() {
    const double woken = subject_.person.next_wake(made_);
    if (random_.chance(plan_.loss_on_wake)) {
      const double noticed = woken + random_.between(2, 20);
      come_back({made_, noticed, 0, kStray, false, true});
      return;
    }
    made_ = woken + random_.between(2, 20);
    woke_ = true;
  }

  [[nodiscard]] bool one_connection() {
    const double sleep = plan_.sleeps ? subject_.person.next_sleep(made_) : kNever;
    const Ending first = first_end();
    if (first.lost == kNever) return false;
    if (next_stray_ <= made_) draw_stray();
    while (next_stray_ < std::min(first.lost, sleep)) {
      const Ending stray{made_, next_stray_, 0, kStray, woke_, true};
      next_stray_ += 1 + random_.exponential(stray_mean_);
      if (plan_.dirt.strays_end_it) {
        come_back(stray);
        return true;
      }
      tell(stray);
    }
    if (sleep < first.lost) {
      made_ = sleep;
      wake();
      return true;
    }
    come_back(first);
    return true;
  }

  const Plan& plan_;
  const Subject& subject_;
  Random& random_;
  double made_;
  bool woke_ = false;
  double stray_mean_ = 0;
  double next_stray_ = kNever;
  std::size_t recorded_ = 0;
  Clusters clusters_;
  std::vector<Ending> endings_;
};

}  // namespace dropscope::eighth_world
