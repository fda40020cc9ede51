#include "analysis/scope/scope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "analysis/scope/leaves.h"
#include "analysis/scope/read_table.h"
#include "analysis/scope/score.h"

namespace dropscope {
namespace {

/// 600 clients in 20 offices on three servers; every tenth has one event, spread evenly.
ScopeTable quiet_fleet() {
  ScopeTable table;
  for (const char* name : {"user", "office", "server", "version"}) {
    table.attributes.emplace_back().name = name;
  }
  for (int i = 0; i < 600; ++i) {
    table.attributes[0].add("u" + std::to_string(i));
    table.attributes[1].add("office" + std::to_string(i % 20));
    table.attributes[2].add("server" + std::to_string(i / 20 % 3));
    table.attributes[3].add("v" + std::to_string(i / 7 % 4));
    table.exposure_h.push_back(40);
    table.events.push_back(i % 11 == 0 ? 1 : 0);
  }
  return table;
}

void add_events(ScopeTable& table, const ScopeTerms& where, double count) {
  for (std::size_t row = 0; row < table.events.size(); ++row) {
    if (matches(table.attributes, where, row)) table.events[row] += count;
  }
}

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

TEST(Scope, AnEvenFleetHasNoPlaceAndSaysWhatWouldHaveBeenSeen) {
  const ScopeResult result = find_scope(quiet_fleet(), {});
  EXPECT_EQ(result.kind, ScopeKind::None);
  EXPECT_TRUE(result.causes.empty());
  ASSERT_TRUE(result.smallest_ratio);
  EXPECT_GT(*result.smallest_ratio, 1.25);
  EXPECT_LT(*result.smallest_ratio, 10);
}

TEST(Scope, AnOfficeIsNamed) {
  ScopeTable table = quiet_fleet();
  add_events(table, {{1, 7}}, 1);
  const ScopeResult result = find_scope(table, {});
  ASSERT_EQ(result.kind, ScopeKind::Localised);
  ASSERT_EQ(result.causes.size(), 1u);
  EXPECT_EQ(result.causes[0].terms, (ScopeTerms{{1, 7}}));
  EXPECT_EQ(result.causes[0].clients, 30u);
  EXPECT_EQ(result.causes[0].affected, 30u);
  EXPECT_GT(result.confidence, 0.8);
}

TEST(Scope, AConjunctionIsNamedAsOne) {
  ScopeTable table = quiet_fleet();
  add_events(table, {{2, 1}, {3, 2}}, 1);
  const ScopeResult result = find_scope(table, {});
  ASSERT_EQ(result.causes.size(), 1u);
  EXPECT_EQ(result.causes[0].terms, (ScopeTerms{{2, 1}, {3, 2}}));
}

TEST(Scope, TwoCausesThatMeetAreNamedAsTwo) {
  ScopeTable table = quiet_fleet();
  add_events(table, {{2, 1}}, 2);
  add_events(table, {{1, 3}}, 3);
  // Where they meet their rates multiply.
  add_events(table, {{1, 3}, {2, 1}}, 60);
  const ScopeResult result = find_scope(table, {});
  ASSERT_EQ(result.causes.size(), 2u);
  for (const ScopeCause& cause : result.causes) EXPECT_EQ(cause.terms.size(), 1u);
}

TEST(Scope, TheSameClientsUnderTwoNamesAreOneAnswerWithTheServerFirst) {
  ScopeTable table = quiet_fleet();
  ScopeAttribute& room = table.attributes.emplace_back();
  room.name = "adapter";
  for (std::size_t row = 0; row < 600; ++row) {
    room.add(table.attributes[2].ids[row] == 0 ? "wifi" : "lan" + std::to_string(row % 2));
  }
  add_events(table, {{2, 0}}, 1);
  const ScopeResult result = find_scope(table, {});
  ASSERT_EQ(result.causes.size(), 1u);
  EXPECT_EQ(result.causes[0].terms, (ScopeTerms{{2, 0}}));
  ASSERT_EQ(result.causes[0].equivalents.size(), 1u);
  EXPECT_EQ(result.causes[0].equivalents[0][0].attribute, 4u);
}

TEST(Scope, EverybodyIsToldAgainstAHistoryOnly) {
  ScopeTable table = quiet_fleet();
  ScopeOptions options;
  EXPECT_EQ(find_scope(table, options).kind, ScopeKind::None);
  options.history = ScopeHistory{50, 240'000};
  const ScopeResult global = find_scope(table, options);
  EXPECT_EQ(global.kind, ScopeKind::Global);
  EXPECT_NEAR(global.global_ratio, 55.0 / 24'000 / (50.0 / 240'000), 1e-9);
  options.history = ScopeHistory{550, 240'000};
  EXPECT_EQ(find_scope(table, options).kind, ScopeKind::None);
}

TEST(Scope, AHeavyUserIsNoPlace) {
  ScopeTable table = quiet_fleet();
  for (double& events : table.events) events = 4;
  table.events[44] = 12;
  EXPECT_EQ(find_scope(table, {}).kind, ScopeKind::None);
  table.events[44] = 80;
  const ScopeResult result = find_scope(table, {});
  ASSERT_EQ(result.causes.size(), 1u);
  EXPECT_EQ(result.causes[0].terms, (ScopeTerms{{0, 44}}));
}

TEST(Scope, AMissingValueMatchesNothing) {
  ScopeTable table = quiet_fleet();
  for (std::size_t row = 0; row < 600; ++row) {
    if (row % 20 != 7) continue;
    table.attributes[1].ids[row] = kNoValue;
    table.events[row] += 1;
  }
  for (const ScopeCause& cause : find_scope(table, {}).causes) {
    for (const ScopeTerm& term : cause.terms) EXPECT_NE(term.value, kNoValue);
  }
}

TEST(Scope, OneClientAndNoClientTellNothing) {
  EXPECT_EQ(find_scope({}, {}).kind, ScopeKind::None);
  ScopeTable table;
  table.attributes.emplace_back().name = "user";
  table.attributes[0].add("u1");
  table.exposure_h = {10};
  table.events = {25};
  EXPECT_EQ(find_scope(table, {}).kind, ScopeKind::None);
}

TEST(ScopeScore, IsZeroUpToTheHarmlessRatioAndGrowsBeyond) {
  EXPECT_EQ(scan_score(12, 10, 110, 110, 1.25), 0);
  const double some = scan_score(20, 10, 120, 110, 1.25);
  EXPECT_GT(some, 0);
  EXPECT_GT(scan_score(30, 10, 130, 110, 1.25), some);
}

TEST(ScopeScore, TheSmallestVisibleRatioScoresWhatIsNeeded) {
  const double ratio = smallest_visible_ratio(0.1, 90, 5, 1.25);
  EXPECT_NEAR(scan_score(ratio * 10, 0.1, ratio * 10 + 90, 1, 1.25), 5, 1e-6);
  EXPECT_EQ(smallest_visible_ratio(0.1, 0.001, 50, 1.25), 0);
}

TEST(ScopeTableReader, NamesTheLineOfABadRow) {
  const auto message = [](const std::string& text) {
    const auto table = read_scope_table(bytes_of(text), "c.csv");
    return table ? std::string() : table.error().text();
  };
  EXPECT_EQ(message("user,exposure_h,disconnects\nu1,8,0\nu2,0,0\n"), "");
  EXPECT_EQ(message("user,exposure_h,disconnects\nu1,8,0\nu2,-1,0\n"),
            "c.csv, line 3: exposure_h is -1; hours at risk cannot be negative");
  EXPECT_NE(message("user,exposure_h,disconnects\nu1,0,2\n").find("line 2"), std::string::npos);
  EXPECT_NE(message("user,exposure_h,disconnects\nu1,8,-2\n").find("line 2"), std::string::npos);
  EXPECT_NE(message("user,exposure_h,disconnects\nu1,8,nan\n").find("a number"), std::string::npos);
  EXPECT_NE(message("user,User,exposure_h,disconnects\nu1,u1,8,0\n").find("two columns"),
            std::string::npos);
  EXPECT_NE(message("user,disconnects\nu1,8\n").find("exposure_h"), std::string::npos);
}

TEST(Localise, FindsWhatIsOffAndNothingInNoise) {
  LeafTable table;
  for (const char* name : {"a", "b", "c"}) table.attributes.emplace_back().name = name;
  unsigned state = 1;
  for (int i = 0; i < 1000; ++i) {
    table.attributes[0].add("a" + std::to_string(i % 10));
    table.attributes[1].add("b" + std::to_string(i / 10 % 10));
    table.attributes[2].add("c" + std::to_string(i / 100));
    // Numerical Recipes' generator: noise of up to 5 %.
    state = state * 1664525u + 1013904223u;
    const double noise = (static_cast<double>(state >> 8) / (1u << 24) - 0.5) * 0.1;
    table.predicted.push_back(100);
    table.real.push_back(100 * (1 + noise));
  }
  EXPECT_TRUE(localise(table).empty());
  for (std::size_t row = 0; row < 1000; ++row) {
    if (matches(table.attributes, {{0, 3}, {2, 4}}, row)) table.real[row] *= 0.5;
  }
  EXPECT_EQ(localise(table), (std::vector<ScopeTerms>{{{0, 3}, {2, 4}}}));
}

TEST(Scope, BurstsOfSingleClientsAreNoCause) {
  // Three thousand clients that lose nothing but for forty bursts of two to nine losses.
  ScopeTable table;
  for (const char* name : {"user", "office", "version"}) {
    table.attributes.emplace_back().name = name;
  }
  for (int i = 0; i < 3000; ++i) {
    table.attributes[0].add("u" + std::to_string(i));
    table.attributes[1].add("office" + std::to_string(i % 40));
    table.attributes[2].add("v" + std::to_string(i / 9 % 5));
    table.exposure_h.push_back(40);
    table.events.push_back(i % 74 == 5 ? 2 + i / 74 % 8 : 0);
  }
  EXPECT_EQ(find_scope(table, {}).kind, ScopeKind::None);
}

TEST(Scope, ASmallCauseIsFoundBesideALargeOne) {
  ScopeTable table = quiet_fleet();
  add_events(table, {{2, 1}}, 25);
  // Eight clients of another server, twelve losses in all.
  std::size_t added = 0;
  for (std::size_t row = 0; row < table.events.size() && added < 12; ++row) {
    if (!matches(table.attributes, {{1, 5}, {2, 0}}, row)) continue;
    table.events[row] += 2;
    added += 2;
  }
  const ScopeResult result = find_scope(table, {});
  ASSERT_EQ(result.causes.size(), 2u);
  EXPECT_EQ(result.causes[0].terms, (ScopeTerms{{2, 1}}));
  EXPECT_EQ(result.causes[1].terms, (ScopeTerms{{1, 5}, {2, 0}}));
}

TEST(ScopeScore, CountsThatScatterWeighLess) {
  const ScanPlace inside{8, 0.02, 0.0004};
  const ScanPlace outside{100, 100, 1};
  const double chance = scattered_scan_score(inside, outside, 1.25, {});
  const double bursts = scattered_scan_score(inside, outside, 1.25, {3, 0});
  EXPECT_GT(chance, 30);
  EXPECT_LT(bursts, 5);
  // Without scatter it is the Poisson score.
  EXPECT_NEAR(chance, scan_score(8, 0.02, 108, 100.02, 1.25), 1e-6);
}

TEST(ScopeScore, ANegativeBinomialLikelihoodEndsInThePoissonOne) {
  for (const double mean : {0.1, 4.0, 300.0}) {
    const double poisson = log_likelihood(5, mean, {});
    EXPECT_NEAR(log_likelihood(5, mean, {1 + 1e-6, 0}), poisson, 1e-2) << mean;
    // It sums to one with the term that was left out, ln(5!).
    EXPECT_NEAR(std::exp(poisson - std::lgamma(6)), std::exp(5 * std::log(mean) - mean) / 120,
                1e-9);
  }
}

}  // namespace
}  // namespace dropscope
