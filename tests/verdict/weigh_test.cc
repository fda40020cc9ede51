#include "verdict/weigh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "evidence/catalogue/catalogue.h"

namespace dropscope {
namespace {

const std::vector<CauseRule>& causes() {
  static const Catalogue catalogue = Catalogue::load().value();
  return catalogue.causes;
}

Component component(double losses) {
  Component out;
  out.losses = static_cast<std::uint64_t>(losses);
  out.excess = losses;
  return out;
}

void set(Component& c, Aspect aspect, std::string_view state) {
  c.at(aspect) = certain(aspect, state);
}

double probability(const std::vector<CauseProbability>& all, std::string_view cause) {
  for (const CauseProbability& each : all) {
    if (each.cause == cause) return each.probability;
  }
  return -1;
}

double sum(const std::vector<CauseProbability>& all) {
  double out = 0;
  for (const CauseProbability& each : all) out += each.probability;
  return out;
}

Component idle_timer() {
  Component c = component(200);
  set(c, Aspect::Rhythm, "idle");
  set(c, Aspect::Interval, "hour");
  set(c, Aspect::IdleGate, "open");
  set(c, Aspect::Near, "none");
  set(c, Aspect::Together, "alone");
  set(c, Aspect::Whom, "everyone");
  set(c, Aspect::Closed, "idle-timer");
  set(c, Aspect::Settings, "same");
  set(c, Aspect::Occasions, "many");
  return c;
}

TEST(Weigh, NamesAnIdleTimerWhenAllSpeaksForIt) {
  const Weighing w = weigh({200, 100, {idle_timer()}}, causes());
  EXPECT_EQ(w.candidates.front().cause, "idle-timeout");
  EXPECT_GT(w.candidates.front().probability, 0.9);
  EXPECT_NEAR(sum(w.candidates), 1, 1e-9);
}

TEST(Weigh, AProtocolThatIsNeverSilentRulesTheIdleTimerOut) {
  Component c = idle_timer();
  c.at(Aspect::Closed) = {};
  const Weighing open = weigh({200, 100, {c}}, causes());
  set(c, Aspect::IdleGate, "shut");
  const Weighing shut = weigh({200, 100, {c}}, causes());
  const auto odds = [](const Weighing& w) {
    const double p = probability(w.candidates, "idle-timeout");
    return p / (1 - p);
  };
  EXPECT_LT(odds(shut), odds(open) / 10);
}

TEST(Weigh, WhatIsNotKnownSpeaksForNothing) {
  Component c = idle_timer();
  Component flat = c;
  flat.at(Aspect::OnWifi).fit = {1, 1};
  const Weighing without = weigh({200, 100, {c}}, causes());
  const Weighing with = weigh({200, 100, {flat}}, causes());
  for (const CauseProbability& each : without.candidates) {
    EXPECT_NEAR(each.probability, probability(with.candidates, each.cause), 1e-9) << each.cause;
  }
}

TEST(Weigh, NothingKnownIsUndetermined) {
  const Weighing w = weigh({30, 10, {component(30)}}, causes());
  EXPECT_EQ(w.candidates.front().cause, kUndetermined);
  EXPECT_LT(w.candidates[1].probability, 0.5);
}

TEST(Weigh, NothingBeyondNoiseIsLikelierThanAllCausesTogether) {
  bool never = true;
  std::string last;
  for (int percent = 0; percent <= 100; percent += 2) {
    Component c = component(9);
    set(c, Aspect::Rhythm, "random");
    set(c, Aspect::Together, "alone");
    c.at(Aspect::Rate).fit = {1 - percent / 100.0, 0, percent / 100.0, 0};
    const CauseProbability first = weigh({9, 30, {c}}, causes()).candidates.front();
    last = first.cause;
    if (first.cause != kNoCause) continue;
    never = false;
    EXPECT_GE(first.probability, 0.5) << percent;
  }
  EXPECT_FALSE(never) << "rare losses of nobody in particular are noise";
  EXPECT_EQ(last, kUndetermined) << "frequent ones are not";
}

TEST(Weigh, WhatElseIsKnownLiftsTheStatesThatItsCausesPredict) {
  Component c = component(40);
  c.at(Aspect::Closed) = certain(Aspect::Closed, "server-down");
  set(c, Aspect::Together, "shared");
  const auto lift = [&](std::string_view state) {
    return lift_of_states(c, Aspect::Whom, causes())[state_index(Aspect::Whom, state)];
  };
  EXPECT_GT(lift("server"), 2);
  EXPECT_LT(lift("office"), 1);
  // What is known of the aspect itself does not count.
  const double before = lift("server");
  set(c, Aspect::Whom, "office");
  EXPECT_DOUBLE_EQ(lift("server"), before);
}

TEST(Weigh, NoLossesAreNoCause) {
  const Weighing w = weigh({}, causes());
  EXPECT_EQ(w.candidates.front().cause, kNoCause);
  EXPECT_DOUBLE_EQ(w.candidates.front().probability, 1);
  EXPECT_FALSE(w.main.has_value());
}

TEST(Weigh, WithoutTheEvidenceThatTellsItACauseIsNotNamed) {
  Component c = component(60);
  set(c, Aspect::Rhythm, "random");
  set(c, Aspect::Together, "alone");
  set(c, Aspect::Outage, "seconds");
  set(c, Aspect::Rate, "often");
  const Weighing blind = weigh({60, 30, {c}}, causes());
  EXPECT_EQ(blind.candidates.front().cause, kUndetermined);
  ASSERT_FALSE(blind.missing.empty());
  EXPECT_EQ(blind.missing.front().aspect, Aspect::Near);
  c.at(Aspect::Near) = certain(Aspect::Near, "sleep", 0.003);
  const Weighing seeing = weigh({60, 30, {c}}, causes());
  EXPECT_EQ(seeing.candidates.front().cause, "sleep");
  EXPECT_GT(seeing.candidates.front().probability, 0.8);
}

TEST(Weigh, TheComponentThatHitsMostLeads) {
  Component wifi = component(10);
  set(wifi, Aspect::Near, "wifi");
  set(wifi, Aspect::Rhythm, "random");
  set(wifi, Aspect::Rate, "often");
  const Weighing w = weigh({210, 100, {idle_timer(), wifi}}, causes());
  EXPECT_EQ(w.candidates.front().cause, "idle-timeout");
  EXPECT_EQ(w.components[1].candidates.front().cause, "wifi");
  EXPECT_LT(w.components[1].main, 0.01);
}

TEST(Weigh, TwoComponentsOfOneSizeShareTheProbability) {
  Component wifi = component(200);
  wifi.at(Aspect::Near) = certain(Aspect::Near, "wifi", 0.003);
  set(wifi, Aspect::Rhythm, "random");
  set(wifi, Aspect::Whom, "segment");
  set(wifi, Aspect::OnWifi, "yes");
  set(wifi, Aspect::Rate, "often");
  const Weighing w = weigh({400, 100, {idle_timer(), wifi}}, causes());
  EXPECT_GT(probability(w.candidates, "idle-timeout"), 0.3);
  EXPECT_GT(probability(w.candidates, "wifi"), 0.3);
  EXPECT_LT(w.candidates.front().probability, 0.7);
}

TEST(Weigh, EvidenceNearerToOneStateMovesTheProbabilityTheSameWay) {
  double last = 1;
  for (const double idle : {0.99, 0.8, 0.5, 0.2, 0.01}) {
    Component c = idle_timer();
    c.at(Aspect::Closed) = {};
    c.at(Aspect::Rhythm).fit.assign(states_of(Aspect::Rhythm).size(), 0.0);
    c.at(Aspect::Rhythm).fit[state_index(Aspect::Rhythm, "idle")] = idle;
    c.at(Aspect::Rhythm).fit[state_index(Aspect::Rhythm, "age")] = 1 - idle;
    const double p = probability(weigh({200, 100, {c}}, causes()).candidates, "idle-timeout");
    EXPECT_LT(p, last);
    last = p;
  }
}

// A filter that forgets without a word: losses when people come back to their work, and none soon
// after a connection was made.
TEST(Weigh, AVariantIsNamedByItsOwnEvidenceOnly) {
  Component c = component(60);
  set(c, Aspect::Rhythm, "modulated");
  set(c, Aspect::Near, "none");
  set(c, Aspect::Together, "alone");
  set(c, Aspect::Whom, "everyone");
  set(c, Aspect::Hours, "busy");
  set(c, Aspect::Rate, "very-often");
  set(c, Aspect::Occasions, "many");
  const auto idle = [&] {
    return probability(weigh({60, 50, {c}}, causes()).candidates, "idle-timeout");
  };
  const double unknown = idle();
  set(c, Aspect::NewConnections, "alike");
  const double alike = idle();
  set(c, Aspect::NewConnections, "spared");
  const Weighing spared = weigh({60, 50, {c}}, causes());
  EXPECT_LT(unknown, 0.3);
  EXPECT_LT(alike, 0.3);
  EXPECT_GT(idle(), 2 * std::max(unknown, alike));
  // The reasons are those of the variant: its rhythm does not speak against it.
  EXPECT_EQ(spared.candidates.front().cause, "idle-timeout");
  for (const AspectWeight& each : spared.components.front().weights) {
    if (each.aspect == Aspect::Rhythm || each.aspect == Aspect::NewConnections) {
      EXPECT_GT(each.log_ratio, 0) << to_string(each.aspect);
    }
  }
}

TEST(Weigh, ConflictsStayVisible) {
  Component c = idle_timer();
  set(c, Aspect::Together, "shared");
  const Weighing w = weigh({200, 100, {c}}, causes());
  const auto& weights = w.components.front().weights;
  const auto together = std::find_if(weights.begin(), weights.end(), [](const AspectWeight& each) {
    return each.aspect == Aspect::Together;
  });
  ASSERT_NE(together, weights.end());
  EXPECT_LT(together->log_ratio, 0);
}

}  // namespace
}  // namespace dropscope
