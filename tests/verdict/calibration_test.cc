// Whether the probabilities mean what they say, on cases of a generator that does not read the
// catalogue: it has its own idea of each cause, in numbers written down here, and of what evidence
// people give. docs/methods/verdict.md holds the figures that this test prints.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <random>

#include "evidence/catalogue/catalogue.h"
#include "verdict/weigh.h"

namespace dropscope {
namespace {

constexpr int kCases = 2000;

using Choice = std::vector<std::pair<const char*, int>>;

/// How the generator's world behaves when this is the cause.
struct Mechanism {
  const char* cause;
  Choice rhythm, near, together, whom, closed, outage, rate;
  const char* interval = nullptr;
  const char* look_alike = nullptr;  ///< What may be said for it where it cannot be told.
  Aspect needs = Aspect::Rhythm;     ///< Cannot be told without.
  double wifi = 0.35, vpn = 0.15, proxy = 0.15;
  bool setting = false;
  bool busy = false;
};

const std::vector<Mechanism>& mechanisms() {
  static const std::vector<Mechanism> all = {
      {"idle-timeout",
       {{"idle", 1}},
       {{"none", 1}},
       {{"alone", 9}, {"partly", 1}},
       {{"everyone", 3}, {"office", 3}, {"protocol", 2}, {"nothing", 1}},
       {{"idle-timer", 3}, {"unseen", 2}, {"client", 2}, {"server", 1}},
       {{"seconds", 2}, {"short", 2}, {"minutes", 1}},
       {{"very-often", 2}, {"often", 2}, {"ordinary", 1}},
       "hour",
       nullptr,
       Aspect::Rhythm},
      {"fixed-age",
       {{"age", 1}},
       {{"none", 1}},
       {{"alone", 8}, {"partly", 2}},
       {{"everyone", 4}, {"office", 1}, {"server", 1}, {"nothing", 1}},
       {{"unseen", 2}, {"server", 2}, {"client", 2}, {"age-limit", 2}},
       {{"seconds", 2}, {"short", 2}},
       {{"often", 2}, {"very-often", 1}, {"ordinary", 1}},
       "hours",
       nullptr,
       Aspect::Rhythm},
      {"clock-schedule",
       {{"clock", 1}},
       {{"none", 1}},
       {{"shared", 4}, {"partly", 1}},
       {{"everyone", 3}, {"office", 3}, {"nothing", 1}},
       {{"client", 2}, {"unseen", 1}, {"server", 1}, {"silence", 1}},
       {{"short", 3}, {"seconds", 1}, {"minutes", 1}},
       {{"often", 1}, {"ordinary", 1}, {"very-often", 1}},
       "hour",
       nullptr,
       Aspect::Rhythm},
      {"lease",
       {{"age", 3}, {"period", 1}},
       {{"address", 1}},
       {{"alone", 3}, {"partly", 1}},
       {{"everyone", 2}, {"segment", 1}, {"office", 1}},
       {{"client", 1}, {"unseen", 1}, {"silence", 1}},
       {{"seconds", 1}, {"short", 1}},
       {{"often", 2}, {"very-often", 1}},
       "hour",
       "fixed-age",
       Aspect::Near},
      {"vpn-session",
       {{"age", 3}, {"random", 1}},
       {{"vpn", 1}, {"none", 1}},
       {{"alone", 1}},
       {{"vpn", 3}, {"nothing", 1}, {"model", 1}},
       {{"client", 1}, {"unseen", 1}},
       {{"short", 1}, {"minutes", 1}},
       {{"ordinary", 3}, {"often", 1}},
       "hours",
       "fixed-age",
       Aspect::OnVpn,
       0.5,
       1.0},
      {"wifi",
       {{"random", 1}, {"age", 1}, {"burst", 1}},
       {{"wifi", 1}},
       {{"alone", 4}, {"partly", 1}},
       {{"segment", 3}, {"office", 1}, {"model", 1}, {"nothing", 1}},
       {{"client", 1}, {"unseen", 1}},
       {{"seconds", 1}, {"short", 2}},
       {{"often", 2}, {"ordinary", 2}, {"very-often", 1}},
       "hour",
       "fixed-age",
       Aspect::Near,
       1.0},
      {"link",
       {{"random", 2}, {"burst", 1}},
       {{"link", 1}},
       {{"alone", 4}, {"shared", 1}},
       {{"computer", 3}, {"segment", 1}, {"nothing", 1}},
       {{"silence", 1}, {"client", 1}},
       {{"seconds", 2}, {"short", 1}},
       {{"often", 2}, {"ordinary", 1}, {"very-often", 1}},
       nullptr,
       nullptr,
       Aspect::Near,
       0.02},
      {"sleep",
       {{"random", 1}},
       {{"sleep", 1}},
       {{"alone", 1}},
       {{"model", 1}, {"computer", 1}, {"nothing", 1}},
       {{"client", 1}, {"unseen", 1}},
       {{"seconds", 1}, {"short", 1}},
       {{"often", 2}, {"very-often", 1}},
       nullptr,
       nullptr,
       Aspect::Near,
       0.6},
      {"no-internet-status",
       {{"random", 3}, {"burst", 1}},
       {{"no-internet", 1}},
       {{"alone", 3}, {"partly", 1}},
       {{"computer", 2}, {"office", 1}, {"nothing", 1}},
       {{"client", 1}, {"unseen", 1}},
       {{"short", 1}, {"minutes", 1}},
       {{"ordinary", 1}, {"often", 1}},
       nullptr,
       nullptr,
       Aspect::Near},
      {"proxy",
       {{"age", 2}, {"random", 1}, {"clock", 1}},
       {{"none", 1}},
       {{"alone", 1}, {"shared", 1}},
       {{"proxy", 3}, {"everyone", 1}, {"office", 1}},
       {{"client", 2}, {"unseen", 1}},
       {{"seconds", 1}, {"short", 1}},
       {{"often", 1}, {"ordinary", 1}},
       "hours",
       "fixed-age",
       Aspect::ViaProxy,
       0.3,
       0.15,
       1.0},
      {"server-restart",
       {{"clock", 1}, {"outage", 1}, {"random", 1}},
       {{"none", 1}},
       {{"shared", 4}, {"partly", 1}},
       {{"server", 3}, {"everyone", 2}},
       {{"server", 4}, {"failed", 1}, {"client", 1}},
       {{"minutes", 4}, {"long", 1}},
       {{"ordinary", 2}, {"rare", 1}},
       "day",
       "clock-schedule",
       Aspect::Together},
      {"balancer-health",
       {{"random", 2}, {"outage", 1}},
       {{"none", 1}},
       {{"shared", 3}, {"partly", 1}},
       {{"server", 2}, {"everyone", 1}},
       {{"server-down", 1}},
       {{"short", 2}, {"seconds", 1}, {"minutes", 1}},
       {{"often", 1}, {"ordinary", 1}},
       nullptr,
       nullptr,
       Aspect::Closed},
      {"admin-kill",
       {{"random", 2}, {"outage", 1}},
       {{"none", 1}},
       {{"shared", 4}, {"partly", 1}},
       {{"everyone", 2}, {"server", 1}},
       {{"admin", 1}},
       {{"short", 1}, {"minutes", 1}},
       {{"ordinary", 1}},
       nullptr,
       nullptr,
       Aspect::Closed},
      {"client-setting",
       {{"idle", 3}, {"random", 1}},
       {{"none", 1}},
       {{"alone", 1}},
       {{"setting", 2}, {"nothing", 1}, {"computer", 1}},
       {{"idle-timer", 1}, {"unseen", 1}, {"client", 1}},
       {{"seconds", 1}, {"short", 1}},
       {{"often", 1}, {"very-often", 1}},
       "hour",
       "idle-timeout",
       Aspect::Settings,
       0.35,
       0.15,
       0.15,
       true},
      {"client-crash",
       {{"random", 1}},
       {{"crash", 1}},
       {{"alone", 1}},
       {{"computer", 3}, {"version", 1}},
       {{"client", 1}},
       {{"minutes", 1}, {"short", 1}},
       {{"ordinary", 1}, {"often", 1}},
       nullptr,
       nullptr,
       Aspect::Rhythm},
      {"identity",
       {{"random", 2}, {"age", 1}},
       {{"sign-in", 1}},
       {{"alone", 1}},
       {{"computer", 2}, {"nothing", 1}, {"everyone", 1}},
       {{"client", 1}, {"unseen", 1}},
       {{"minutes", 2}, {"long", 1}},
       {{"ordinary", 1}, {"often", 1}},
       nullptr,
       nullptr,
       Aspect::Rhythm},
      {"isp-reconnect",
       {{"clock", 1}},
       {{"none", 3}, {"no-internet", 1}},
       {{"shared", 1}, {"partly", 1}},
       {{"office", 2}, {"everyone", 1}},
       {{"silence", 1}, {"client", 1}, {"unseen", 1}},
       {{"short", 2}, {"minutes", 1}},
       {{"ordinary", 3}, {"rare", 1}},
       "day",
       "clock-schedule",
       Aspect::Together},
      {"overload",
       {{"modulated", 3}, {"random", 1}},
       {{"none", 1}},
       {{"partly", 1}, {"alone", 1}},
       {{"everyone", 2}, {"server", 1}},
       {{"server", 1}, {"failed", 1}, {"limit", 1}},
       {{"short", 1}, {"minutes", 1}},
       {{"ordinary", 2}, {"often", 1}},
       nullptr,
       nullptr,
       Aspect::Closed,
       0.35,
       0.15,
       0.15,
       false,
       true},
      {"none",
       {{"random", 1}},
       {{"none", 1}, {"sleep", 1}, {"wifi", 1}},
       {{"alone", 1}},
       {{"nothing", 1}},
       {{"client", 1}, {"unseen", 1}},
       {{"seconds", 1}, {"short", 1}, {"minutes", 1}},
       {{"rare", 3}, {"ordinary", 1}},
       nullptr,
       nullptr,
       Aspect::Rhythm},
  };
  return all;
}

/// Distributions written out here: those of the standard library differ between systems.
class World {
 public:
  explicit World(std::uint64_t seed) : engine_(seed) {}

  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  bool chance(double p) { return uniform() < p; }
  const char* pick(const Choice& choice) {
    int total = 0;
    for (const auto& [name, weight] : choice) total += weight;
    double at = uniform() * total;
    for (const auto& [name, weight] : choice) {
      at -= weight;
      if (at < 0) return name;
    }
    return choice.back().first;
  }

  /// A measurement that is right mostly, and sure of itself to a varying degree.
  AspectFinding measured(Aspect aspect, const char* truth, double error) {
    const std::size_t n = states_of(aspect).size();
    std::size_t state = state_index(aspect, truth);
    if (chance(error)) state = static_cast<std::size_t>(uniform() * static_cast<double>(n));
    AspectFinding out;
    const double sure = 0.75 + 0.24 * uniform();
    out.fit.assign(n, (1 - sure) / static_cast<double>(n - 1));
    out.fit[state] = sure;
    return out;
  }

  Component component(const Mechanism& m, double losses, bool system_log, bool closes, bool lists,
                      bool settings) {
    Component c;
    c.losses = static_cast<std::uint64_t>(losses);
    c.excess = losses;
    const char* rhythm = pick(m.rhythm);
    if (losses >= 8) c.at(Aspect::Rhythm) = measured(Aspect::Rhythm, rhythm, 0.08);
    const bool regular = std::string_view(rhythm) == "idle" || std::string_view(rhythm) == "age" ||
                         std::string_view(rhythm) == "clock";
    if (regular && m.interval != nullptr && c.at(Aspect::Rhythm).known()) {
      c.at(Aspect::Interval) = measured(Aspect::Interval, m.interval, 0.15);
    }
    const char* near = pick(m.near);
    const bool by_application =
        std::string_view(near) == "crash" || std::string_view(near) == "sign-in";
    if (system_log || by_application) {
      c.at(Aspect::Near) = measured(Aspect::Near, near, 0.03);
    } else {
      AspectFinding& partial = c.at(Aspect::Near);
      partial.fit.assign(states_of(Aspect::Near).size(), 1.0);
      for (const char* shown : {"crash", "start", "sign-in", "update"}) {
        partial.fit[state_index(Aspect::Near, shown)] = 0.02;
      }
      partial.complete = false;
    }
    if (chance(0.85)) c.at(Aspect::Together) = measured(Aspect::Together, pick(m.together), 0.05);
    if (closes) c.at(Aspect::Closed) = measured(Aspect::Closed, pick(m.closed), 0.05);
    if (lists) {
      c.at(Aspect::Whom) = measured(Aspect::Whom, pick(m.whom), 0.15);
      c.at(Aspect::OnWifi) = share_of(Aspect::OnWifi, chance(m.wifi) ? 1 : 0, losses);
      c.at(Aspect::OnVpn) = share_of(Aspect::OnVpn, chance(m.vpn) ? 1 : 0, losses);
      if (chance(0.4))
        c.at(Aspect::ViaProxy) = share_of(Aspect::ViaProxy, chance(m.proxy) ? 1 : 0, losses);
    }
    if (settings) {
      c.at(Aspect::Settings) =
          measured(Aspect::Settings, m.setting || chance(0.06) ? "differ" : "same", 0.03);
    }
    c.at(Aspect::Outage) = measured(Aspect::Outage, pick(m.outage), 0.15);
    c.at(Aspect::Rate) = measured(Aspect::Rate, pick(m.rate), 0.1);
    const double moments = losses * (0.3 + 0.7 * uniform());
    c.at(Aspect::Occasions) = measured(Aspect::Occasions,
                                       moments < 1.5    ? "once"
                                       : moments < 4.5  ? "few"
                                       : moments < 14.5 ? "some"
                                                        : "many",
                                       0.05);
    if (losses >= 20) {
      c.at(Aspect::Hours) = measured(Aspect::Hours,
                                     m.busy        ? "busy"
                                     : chance(0.3) ? "busy"
                                                   : "mixed",
                                     0.1);
    }
    return c;
  }

  const Mechanism& any() {
    const auto& all = mechanisms();
    return all[static_cast<std::size_t>(uniform() * static_cast<double>(all.size()))];
  }

 private:
  std::mt19937_64 engine_;
};

struct Tally {
  int cases = 0, top1 = 0, top3 = 0, tellable = 0, top1_tellable = 0;
  int sure = 0, sure_wrong = 0;
  std::array<int, 10> named{}, right{};
};

bool can_be_told(const Mechanism& m, const Component& c) {
  return c.at(m.needs).known() && c.at(m.needs).complete;
}

void judge(const Mechanism& m, bool told, const Weighing& w, Tally& tally) {
  const auto fits = [&](const std::string& cause) {
    return cause == m.cause || (!told && m.look_alike != nullptr && cause == m.look_alike);
  };
  ++tally.cases;
  tally.tellable += told ? 1 : 0;
  const CauseProbability& first = w.candidates.front();
  const bool undetermined = first.cause == kUndetermined;
  const bool right = fits(first.cause) || (!told && undetermined);
  tally.top1 += right ? 1 : 0;
  tally.top1_tellable += right && told ? 1 : 0;
  bool among = right;
  for (std::size_t i = 0; i < 3; ++i) among |= fits(w.candidates[i].cause);
  tally.top3 += among ? 1 : 0;
  if (undetermined) return;
  const auto bin = std::min<std::size_t>(9, static_cast<std::size_t>(first.probability * 10));
  ++tally.named[bin];
  tally.right[bin] += fits(first.cause) ? 1 : 0;
  if (first.probability < 0.9) return;
  ++tally.sure;
  tally.sure_wrong += fits(first.cause) ? 0 : 1;
}

TEST(Calibration, ACauseThatIsNamedWithNinetyPercentIsWrongAtMostOnceInFifty) {
  const Catalogue catalogue = Catalogue::load().value();
  World world(20251128);
  Tally tally;
  for (int i = 0; i < kCases; ++i) {
    const Mechanism& m = world.any();
    const bool system_log = world.chance(0.6);
    const bool closes = world.chance(0.4);
    const bool lists = world.chance(0.6);
    const bool settings = world.chance(0.4);
    const bool noise_only = std::string_view(m.cause) == "none";
    const double losses = noise_only ? 2 + 6 * world.uniform() : 8 + 150 * world.uniform();
    Findings findings;
    findings.components.push_back(world.component(m, losses, system_log, closes, lists, settings));
    const bool told = can_be_told(m, findings.components.front());
    const int others = static_cast<int>(world.uniform() * 4);
    for (int k = 0; k < others; ++k) {
      const double few = 2 + world.uniform() * std::min(20.0, 0.5 * losses);
      findings.components.push_back(
          world.component(mechanisms().back(), few, system_log, closes, lists, settings));
    }
    judge(m, told, weigh(findings, catalogue.causes), tally);
  }
  std::printf(
      "%d cases, %d tellable; first right %.3f (tellable %.3f), among three %.3f; "
      "said with 90 %% or more %d, wrong %d\n",
      tally.cases, tally.tellable, static_cast<double>(tally.top1) / tally.cases,
      static_cast<double>(tally.top1_tellable) / tally.tellable,
      static_cast<double>(tally.top3) / tally.cases, tally.sure, tally.sure_wrong);
  for (std::size_t bin = 0; bin < 10; ++bin) {
    if (tally.named[bin] == 0) continue;
    std::printf("  said %zu0 %% to %zu0 %%: %d, right %.3f\n", bin, bin + 1, tally.named[bin],
                static_cast<double>(tally.right[bin]) / tally.named[bin]);
  }
  ASSERT_GT(tally.sure, kCases / 10);
  EXPECT_LE(50 * tally.sure_wrong, tally.sure);
  EXPECT_GT(static_cast<double>(tally.top1) / tally.cases, 0.7);
}

}  // namespace
}  // namespace dropscope
