// Prints the table of docs/methods/rhythm.md: how often the rhythm of simulated clients is told
// right, beside three simple rules on the same cases. `rhythm_quality [CASES [SEED [WORLD]]]`, with
// a name of rhythm_worlds.cc (first, second, …) for WORLD; all of them if none is named.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "rhythm_cases.h"
#include "rhythm_rules.h"
#include "rhythm_seeds.h"
#include "rhythm_worlds.h"

namespace {

using namespace dropscope;
using namespace dropscope::rhythm;
using rhythm_cases::Null;
using rhythm_cases::World;

struct Outcome {
  rhythm_cases::Case truth;
  Answer answer;
  std::array<bool, rhythm_cases::kRules> rules{};
  bool thinned = false;     ///< Looked at again without a fifth of the losses.
  bool same_class = false;  ///< What it was called then.
  std::size_t on_time = 0;  ///< Lives that agree with an idle timer's T.
};

/// An answer counts as confident from here on.
constexpr double kConfident = 0.9;

/// Most lives about `seconds` that agree with each other to 0.4 %, or to 2 s: what an idle timer
/// shows of itself where nobody works. One of them tells nothing.
std::size_t lives_on_time(const rhythm::Client& client, double seconds) {
  std::vector<double> lives = prepare(client).uptimes;
  std::erase_if(lives, [&](double life) { return life < 0.97 * seconds || life > 1.08 * seconds; });
  std::sort(lives.begin(), lives.end());
  std::size_t most = 0;
  for (std::size_t first = 0, end = 0; first < lives.size(); ++first) {
    while (end < lives.size() && lives[end] <= 1.004 * lives[first] + 2) ++end;
    most = std::max(most, end - first);
  }
  return most;
}

/// Every fifth loss left out, from a place that differs from case to case.
rhythm::Client without_a_fifth(const rhythm::Client& client, std::size_t from) {
  rhythm::Client out = client;
  out.losses.clear();
  for (std::size_t i = 0; i < client.losses.size(); ++i) {
    if ((i + from) % 5 != 0) out.losses.push_back(client.losses[i]);
  }
  return out;
}

double share(double part, double whole) {
  return whole > 0 ? 100 * part / whole : 0;
}

/// Upper end of the one-sided 95 % interval of a rate (Wilson).
double upper_bound(double hits, double n) {
  if (n <= 0) return 100;
  const double z = 1.645;
  const double p = hits / n;
  const double centre = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return 100 * (centre + half) / (1 + z * z / n);
}

/// Within 1 % of one of the true intervals.
bool is_near(const Reading& reading, const std::vector<double>& truths) {
  return reading.has_interval && std::any_of(truths.begin(), truths.end(), [&](double truth) {
           return std::abs(reading.interval.seconds / truth - 1) <= 0.01;
         });
}

/// How mixtures were told that were recognised as such.
struct Mixtures {
  double all = 0, two = 0, both = 0;

  void add(const Answer& answer, Class truth, const std::vector<double>& intervals) {
    if (truth != Class::Mixed || !answer.enough || answer.best.kind != Class::Mixed) return;
    const auto end = answer.alternatives.begin() + static_cast<std::ptrdiff_t>(answer.timers);
    ++all;
    two += answer.timers == 2 ? 1 : 0;
    both += std::all_of(intervals.begin(), intervals.end(), [&](double truth_s) {
      return std::any_of(answer.alternatives.begin(), end, [&](const Reading& one) {
        return std::abs(one.interval.seconds / truth_s - 1) <= 0.02;
      });
    });
  }
  void print() const {
    std::printf(
        "%.0f mixtures told as such: two timers named in %.1f %%, both within 2 %% in %.1f %%\n",
        all, share(two, all), share(both, all));
  }
};

/// Random, modulated or burst: what must not be called regular.
bool is_null(const Outcome& one) {
  return !is_regular(one.truth.truth) && one.truth.truth != Class::Outage;
}

struct Tally {
  double regular = 0, detected = 0, near = 0, covered = 0, bounded = 0;
  double nulls = 0, alarms = 0;
};

Tally tally(const std::vector<const Outcome*>& some) {
  Tally t;
  for (const Outcome* one : some) {
    const Reading& best = one->answer.best;
    const bool called = one->answer.enough && is_regular(best.kind);
    if (is_null(*one)) {
      t.nulls += 1;
      t.alarms += called ? 1 : 0;
    }
    if (!is_regular(one->truth.truth)) continue;
    t.regular += 1;
    t.detected += called ? 1 : 0;
    if (!called || !best.has_interval) continue;
    bool covered = false;
    for (const double truth : one->truth.intervals) {
      covered |= truth >= best.interval.low - 1e-9 && truth <= best.interval.high + 1e-9;
    }
    t.near += is_near(best, one->truth.intervals) ? 1 : 0;
    t.bounded += 1;
    t.covered += covered ? 1 : 0;
  }
  return t;
}

void print_row(const std::string& name, const std::vector<const Outcome*>& some) {
  const Tally t = tally(some);
  std::printf("| %-24s | %6zu | %5.1f | %5.1f | %5.1f | %5.2f |\n", name.c_str(), some.size(),
              share(t.detected, t.regular), share(t.near, t.regular), share(t.covered, t.bounded),
              share(t.alarms, t.nulls));
}

template <typename Choose>
std::vector<const Outcome*> choose(const std::vector<Outcome>& all, Choose wanted) {
  std::vector<const Outcome*> out;
  for (const Outcome& one : all) {
    if (wanted(one)) out.push_back(&one);
  }
  return out;
}

double macro_f1(const std::vector<Outcome>& all, bool lenient) {
  std::array<double, kClasses> right{};
  std::array<double, kClasses> called{};
  std::array<double, kClasses> true_ones{};
  for (const Outcome& one : all) {
    auto truth = static_cast<std::size_t>(one.truth.truth);
    const auto best = static_cast<std::size_t>(one.answer.best.kind);
    const auto& also = one.truth.also;
    if (lenient && one.answer.enough &&
        std::find(also.begin(), also.end(), one.answer.best.kind) != also.end()) {
      truth = best;
    }
    true_ones[truth] += 1;
    called[best] += one.answer.enough ? 1 : 0;
    right[best] += one.answer.enough && best == truth ? 1 : 0;
  }
  double sum = 0;
  for (std::size_t c = 0; c < kClasses; ++c) {
    sum += 2 * right[c] / std::max(1.0, called[c] + true_ones[c]) / kClasses;
  }
  return sum;
}

void print_confusion(const std::vector<Outcome>& all) {
  std::array<std::array<int, kClasses>, kClasses> table{};
  for (const Outcome& one : all) {
    if (!one.answer.enough) continue;
    ++table[static_cast<std::size_t>(one.truth.truth)]
           [static_cast<std::size_t>(one.answer.best.kind)];
  }
  std::printf("\ntruth (rows) against answer\n%-10s", "");
  for (std::size_t c = 0; c < kClasses; ++c) {
    std::printf(" %9s", std::string(to_string(static_cast<Class>(c))).c_str());
  }
  for (std::size_t r = 0; r < kClasses; ++r) {
    std::printf("\n%-10s", std::string(to_string(static_cast<Class>(r))).c_str());
    for (const int count : table[r]) std::printf(" %9d", count);
  }
  std::printf("\n");
}

double calibration_error(const std::vector<Outcome>& all, bool lenient) {
  constexpr std::size_t kBins = 10;
  std::array<double, kBins> sure{};
  std::array<double, kBins> right{};
  std::array<double, kBins> count{};
  double n = 0;
  for (const Outcome& one : all) {
    if (!one.answer.enough) continue;
    const double p = one.answer.best.probability;
    const auto bin = std::min<std::size_t>(kBins - 1, static_cast<std::size_t>(p * kBins));
    const auto& also = one.truth.also;
    const bool ok =
        one.answer.best.kind == one.truth.truth ||
        (lenient && std::find(also.begin(), also.end(), one.answer.best.kind) != also.end());
    sure[bin] += p;
    right[bin] += ok ? 1 : 0;
    count[bin] += 1;
    n += 1;
  }
  double error = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    if (count[bin] > 0) error += std::abs(sure[bin] - right[bin]) / n;
  }
  return error;
}

/// How many answers were right, and how many should be by their own confidence.
struct Confidence {
  int answers = 0;
  int right = 0;
  double told = 0;

  void add(const Answer& answer, Class truth) {
    if (!answer.enough) return;
    ++answers;
    right += answer.best.kind == truth ? 1 : 0;
    told += answer.best.probability;
  }
};

void print_fleets(const std::vector<double>& usual, World world, std::uint64_t seed) {
  constexpr std::size_t kFleets = 432;
  constexpr std::array<std::size_t, 3> kFirst = {5, 10, 20};
  std::array<Confidence, kFirst.size() + 1> confidence;
  Mixtures mixtures;
  int regular = 0, right = 0, near = 0, nulls = 0, alarms = 0, others = 0, others_right = 0;
  std::vector<std::string> wrong;
  for (std::size_t i = 0; i < kFleets; ++i) {
    const rhythm_cases::Fleet fleet = rhythm_cases::fleet_of(world, seed, i);
    const Answer answer = classify_fleet(fleet.clients, usual);
    for (std::size_t k = 0; k < kFirst.size(); ++k) {
      const auto end = fleet.clients.begin() + static_cast<std::ptrdiff_t>(kFirst[k]);
      confidence[k].add(classify_fleet({fleet.clients.begin(), end}, usual), fleet.truth);
    }
    confidence.back().add(answer, fleet.truth);
    mixtures.add(answer, fleet.truth, fleet.intervals);
    const bool same = answer.enough && answer.best.kind == fleet.truth;
    if (!same) {
      wrong.push_back(std::string(to_string(fleet.truth)) + " " +
                      std::to_string(fleet.intervals.empty() ? 0.0 : fleet.intervals.front()) +
                      " -> " + std::string(to_string(answer.best.kind)) + " " +
                      std::to_string(answer.best.interval.seconds));
    }
    if (is_regular(fleet.truth)) {
      ++regular;
      right += same ? 1 : 0;
      near += is_near(answer.best, fleet.intervals) ? 1 : 0;
      continue;
    }
    ++others;
    others_right += same ? 1 : 0;
    if (fleet.truth == Class::Outage) continue;
    ++nulls;
    alarms += is_regular(answer.best.kind) ? 1 : 0;
  }
  std::printf(
      "\nfleets: class right %d of %d with a timer, %d of %d others; interval within 1 %% in "
      "%.1f %%; null fleets called regular %d of %d (aim 57 of 60 of all, 97 %%, 1 %%)\n",
      right, regular, others_right, others, share(near, regular), alarms, nulls);
  for (std::size_t k = 0; k < confidence.size(); ++k) {
    const Confidence& one = confidence[k];
    std::printf("  %s: class right in %.1f %% of %d, by their confidence %.1f %%\n",
                k < kFirst.size() ? ("the first " + std::to_string(kFirst[k]) + " clients").c_str()
                                  : "all clients",
                share(one.right, one.answers), one.answers, 100 * one.told / one.answers);
  }
  std::printf("  ");
  mixtures.print();
  for (const std::string& one : wrong) std::printf("  %s\n", one.c_str());
}

/// Processor time of one client in milliseconds, the mean over sizes, with one thread.
double milliseconds_each(std::uint64_t seed, const std::vector<double>& usual) {
  constexpr std::size_t kTimed = 900;
  std::vector<rhythm_cases::Case> cases;
  for (std::size_t i = 0; i < kTimed; ++i) cases.push_back(rhythm_cases::make_case(seed, i));
  double regular = 0;
  const std::clock_t begin = std::clock();
  for (const auto& one : cases) regular += classify(one.client, usual).regular_probability;
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  check(regular > 0, "no client was called regular");
  return 1e3 * seconds / kTimed;
}

constexpr std::size_t kFewLosses = 6;

/// Adds clients with few losses and without a timer from further cases: among as many as other rows
/// are about there are too few to bound a rate that is promised to be small.
void add_few(Tally& few, World world, std::size_t from, std::size_t end, std::uint64_t seed,
             const std::vector<double>& usual) {
  std::array<Tally, 2> parts;
  const auto work = [&](std::size_t part) {
    for (std::size_t i = from + part; i < end; i += parts.size()) {
      Outcome one;
      one.truth = rhythm_cases::case_of(world, seed, i);
      if (!is_null(one) || one.truth.events > kFewLosses) continue;
      one.answer = classify(one.truth.client, usual);
      const Tally t = tally({&one});
      parts[part].nulls += t.nulls;
      parts[part].alarms += t.alarms;
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  for (const Tally& part : parts) {
    few.nulls += part.nulls;
    few.alarms += part.alarms;
  }
}

void print_world(World world, std::size_t count, std::uint64_t seed,
                 const std::vector<double>& usual) {
  std::vector<Outcome> all(count);
  const auto work = [&](std::size_t first) {
    for (std::size_t i = first; i < count; i += 2) {
      Outcome& one = all[i];
      one.truth = rhythm_cases::case_of(world, seed, i);
      one.answer = classify(one.truth.client, usual);
      one.rules = rhythm_cases::simple_rules(one.truth.client);
      one.thinned = one.answer.enough && one.answer.best.probability >= kConfident;
      if (one.thinned) {
        const Answer again = classify(without_a_fifth(one.truth.client, i / 36), usual);
        one.same_class = again.enough && again.best.kind == one.answer.best.kind;
      }
      if (one.truth.truth == Class::Idle) {
        one.on_time = lives_on_time(one.truth.client, one.truth.intervals.front());
      }
      one.truth.client = {};
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();

  const Tally whole = tally(choose(all, [](const Outcome&) { return true; }));
  std::printf("\n%s world: %zu clients, seed %llu\n", std::string(world_name(world)).c_str(), count,
              static_cast<unsigned long long>(seed));
  std::printf("macro-F1: indistinguishable accepted %.3f, strict %.3f (aim 0.89, 0.82)\n",
              macro_f1(all, true), macro_f1(all, false));
  std::printf("false regular: %.2f %% (upper %.2f; aim 0.5)\n", share(whole.alarms, whole.nulls),
              upper_bound(whole.alarms, whole.nulls));
  Tally few = tally(choose(all, [](const Outcome& o) { return o.truth.events <= kFewLosses; }));
  constexpr std::size_t kTimesForFew = 4;
  add_few(few, world, count, kTimesForFew * count, seed, usual);
  std::printf("  4-6 events %.2f %% of %.0f (upper %.2f; aim of it 1)\n",
              share(few.alarms, few.nulls), few.nulls, upper_bound(few.alarms, few.nulls));
  const Tally resume =
      tally(choose(all, [](const Outcome& o) { return o.truth.null == Null::Resume; }));
  std::printf("  resume-at-eight %.2f %% (upper %.2f; aim 2)\n", share(resume.alarms, resume.nulls),
              upper_bound(resume.alarms, resume.nulls));
  std::printf(
      "regular detected %.1f %%, interval within 1 %% %.1f %%, covered %.1f %% (aim 90, 85, "
      "93-97)\n",
      share(whole.detected, whole.regular), share(whole.near, whole.regular),
      share(whole.covered, whole.bounded));
  std::printf("calibration error: strict %.4f, indistinguishable accepted %.4f (aim 0.02)\n",
              calibration_error(all, false), calibration_error(all, true));

  const auto thinned = choose(all, [](const Outcome& o) { return o.thinned; });
  const auto same = choose(all, [](const Outcome& o) { return o.thinned && o.same_class; });
  std::printf(
      "%zu confident answers (90 %%): same class without a fifth of the losses in %.1f %%\n",
      thinned.size(), share(static_cast<double>(same.size()), static_cast<double>(thinned.size())));
  Mixtures mixtures;
  for (const Outcome& one : all) mixtures.add(one.answer, one.truth.truth, one.truth.intervals);
  mixtures.print();

  std::printf("\n| %-24s | %6s | %5s | %5s | %5s | %5s |\n|---|---|---|---|---|---|\n", "", "cases",
              "found", "1 %", "cover", "false");
  constexpr std::array<std::size_t, 8> kSizes = {4, 7, 10, 15, 30, 80, 200, 501};
  for (std::size_t s = 0; s + 1 < kSizes.size(); ++s) {
    print_row(std::to_string(kSizes[s]) + "-" + std::to_string(kSizes[s + 1] - 1) + " events",
              choose(all, [&](const Outcome& o) {
                return o.truth.events >= kSizes[s] && o.truth.events < kSizes[s + 1];
              }));
  }
  for (unsigned grade = 0; grade < rhythm_cases::kGrades; ++grade) {
    print_row("grade " + std::to_string(grade),
              choose(all, [&](const Outcome& o) { return o.truth.grade == grade; }));
  }
  for (std::size_t c = 0; c < kClasses; ++c) {
    const auto kind = static_cast<Class>(c);
    print_row(std::string(to_string(kind)),
              choose(all, [&](const Outcome& o) { return o.truth.truth == kind; }));
  }
  constexpr std::array<std::string_view, 4> kOnTime = {
      "idle, no life on T", "idle, one life on T", "idle, two lives on T", "idle, three and more"};
  for (std::size_t lives = 0; lives < kOnTime.size(); ++lives) {
    print_row(std::string(kOnTime[lives]), choose(all, [&](const Outcome& o) {
                return o.truth.truth == Class::Idle && std::min<std::size_t>(3, o.on_time) == lives;
              }));
  }
  for (std::size_t rule = 0; rule < rhythm_cases::kRules; ++rule) {
    double detected = 0;
    double alarms = 0;
    for (const Outcome& one : all) {
      detected += is_regular(one.truth.truth) && one.rules[rule] ? 1 : 0;
      alarms += is_null(one) && one.rules[rule] ? 1 : 0;
    }
    std::printf("simple rule %s: found %.1f %%, false %.2f %%\n", rhythm_cases::rule_name(rule),
                share(detected, whole.regular), share(alarms, whole.nulls));
  }
  print_confusion(all);
  print_fleets(usual, world, seed);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? static_cast<std::size_t>(std::atol(argv[1])) : 18'000;
  const std::uint64_t seed =
      argc > 2 ? static_cast<std::uint64_t>(std::atol(argv[2])) : rhythm_cases::kMeasureSeed;
  const std::string_view only = argc > 3 ? argv[3] : "";
  if (!only.empty() && !rhythm_cases::world_of(only)) {
    std::fprintf(stderr, "rhythm_quality: no world %s\n", argv[3]);
    return 2;
  }
  const std::vector<double> usual = rhythm_cases::usual();
  for (const World world : rhythm_cases::kWorlds) {
    if (!only.empty() && only != world_name(world)) continue;
    std::fprintf(stderr, "rhythm_quality: %s world, about a minute …\n",
                 std::string(world_name(world)).c_str());
    print_world(world, count, seed, usual);
    std::fflush(stdout);
  }
  std::printf("\nmean %.3f ms of processor time a client, one thread (aim 0.5)\n",
              milliseconds_each(seed, usual));
}
