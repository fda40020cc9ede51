// Whom losses hit, from a list of clients made by hand.

#include "verdict/whom.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/scope/few_clients.h"
#include "verdict/findings.h"

namespace dropscope {
namespace {

struct Row {
  const char* computer;
  const char* office;
  const char* server;
  const char* adapter;
};

Clients clients_of(const std::vector<Row>& rows) {
  Clients out;
  for (const char* name : {"computer", "office", "server", "adapter"}) {
    out.table.attributes.emplace_back().name = name;
    out.is_setting.push_back(false);
  }
  for (const Row& row : rows) {
    out.computers.push_back(static_cast<std::uint32_t>(out.computers.size()));
    out.table.exposure_h.push_back(100);
    out.table.events.push_back(0);
    out.table.attributes[0].add(row.computer);
    out.table.attributes[1].add(row.office);
    out.table.attributes[2].add(row.server);
    out.table.attributes[3].add(row.adapter);
  }
  out.known = {"office", "server", "adapter"};
  out.settings_read = 1;
  return out;
}

const std::vector<Row> kTen = {
    {"PC00", "Berlin", "EX01", "Ethernet"}, {"PC01", "Berlin", "EX02", "Wi-Fi"},
    {"PC02", "Berlin", "EX01", "Ethernet"}, {"PC03", "Berlin", "EX02", "Ethernet"},
    {"PC04", "Kassel", "EX01", "Ethernet"}, {"PC05", "Kassel", "EX02", "Wi-Fi"},
    {"PC06", "Kassel", "EX01", "Wi-Fi"},    {"PC07", "Kassel", "EX02", "Ethernet"},
    {"PC08", "Bremen", "EX01", "Wi-Fi"},    {"PC09", "Bremen", "EX02", "Ethernet"}};

/// One entry a loss.
std::vector<std::uint32_t> losses(const std::vector<int>& counts) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    out.insert(out.end(), static_cast<std::size_t>(counts[i]), i);
  }
  return out;
}

std::string place(const Clients& clients, const Whom& whom) {
  if (whom.scope.kind != ScopeKind::Localised) return std::string(to_string(whom.scope.kind));
  const ScopeTerm term = whom.scope.causes.front().terms.front();
  const ScopeAttribute& attribute = clients.table.attributes[term.attribute];
  return attribute.name + "=" + attribute.values[term.value];
}

double fit(const AspectFinding& finding, std::string_view state) {
  return finding.fit[state_index(Aspect::Whom, state)];
}

TEST(Whom, AnOfficeOfWhichAllAreHit) {
  const Clients clients = clients_of(kTen);
  const Whom whom = find_whom(clients, losses({12, 5, 30, 9, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(place(clients, whom), "office=Berlin");
  EXPECT_GT(whom.scope.confidence, 0.7);
  EXPECT_EQ(whom.affected, 5u);
  EXPECT_EQ(whom.explanations.front(),
            "4 of the 5 affected computers are in office Berlin: there 4 of 4 are affected, "
            "elsewhere 1 of 6.");
  const AspectFinding finding = whom_finding(clients, whom);
  EXPECT_GT(fit(finding, "office"), 10 * fit(finding, "server"));
  EXPECT_GT(fit(finding, "office"), 5 * fit(finding, "everyone"));
}

TEST(Whom, EverybodyThoughRatesDifferTenfold) {
  const Clients clients = clients_of(kTen);
  const Whom whom = find_whom(clients, losses({100, 9, 80, 30, 60, 8, 12, 95, 25, 40}));
  EXPECT_EQ(place(clients, whom), "global");
  const AspectFinding finding = whom_finding(clients, whom);
  EXPECT_GT(fit(finding, "everyone"), 3 * fit(finding, "nothing"));
  EXPECT_GT(fit(finding, "everyone"), 10 * fit(finding, "office"));
}

TEST(Whom, OneComputerAmongMany) {
  const Clients clients = clients_of(kTen);
  const Whom whom = find_whom(clients, losses({0, 0, 0, 0, 14, 0, 1, 0, 0, 0}));
  EXPECT_EQ(place(clients, whom), "computer=PC04");
  const AspectFinding finding = whom_finding(clients, whom);
  EXPECT_GT(fit(finding, "computer"), 1.5 * fit(finding, "nothing"));
}

TEST(Whom, AFewLossesHereAndThereAreNobodyInParticular) {
  const Clients clients = clients_of(kTen);
  const Whom whom = find_whom(clients, losses({1, 0, 0, 2, 0, 1, 0, 0, 0, 1}));
  EXPECT_NE(whom.scope.kind, ScopeKind::Localised) << place(clients, whom);
  const AspectFinding finding = whom_finding(clients, whom);
  EXPECT_LT(fit(finding, "office"), fit(finding, "nothing"));
}

TEST(Whom, ASubsetWithoutAKnownPlaceMayHaveOneThatNobodyTold) {
  Clients clients = clients_of(kTen);
  const std::vector<std::uint32_t> some = losses({20, 0, 0, 31, 0, 14, 0, 0, 25, 0});
  clients.settings_read = 0;
  const Whom whom = find_whom(clients, some);
  EXPECT_EQ(place(clients, whom), "none");
  const AspectFinding without = whom_finding(clients, whom);
  EXPECT_LT(fit(without, "office"), 0.5 * fit(without, "setting"))
      << "offices are known and do not tell them apart; settings are not";
  clients.settings_read = 1;
  const AspectFinding with = whom_finding(clients, whom);
  EXPECT_LT(fit(with, "setting"), 0.5 * fit(with, "nothing"));
}

TEST(Whom, WhoWasNotConnectedIsNotSpared) {
  // The two of EX01 that were connected are hit each time; PC04, PC06 and PC08 were off.
  const Clients clients = clients_of(kTen);
  const std::vector<std::uint32_t> some = losses({10, 0, 9, 0, 0, 0, 0, 0, 0, 0});
  const std::vector<double> connected = {10, 10, 10, 10, 0, 10, 0, 10, 0, 10};
  EXPECT_NE(place(clients, find_whom(clients, some)), "server=EX01");
  EXPECT_EQ(place(clients, find_whom(clients, some, connected)), "server=EX01");
}

TEST(Whom, OfTwoPlacesThatFitAlikeTheCauseDecides) {
  // Those of EX01 elsewhere and the others in Berlin were not connected.
  const Clients clients = clients_of(kTen);
  const std::vector<std::uint32_t> some = losses({10, 0, 10, 0, 0, 0, 0, 0, 0, 0});
  const std::vector<double> connected = {10, 0, 10, 0, 0, 10, 0, 10, 0, 10};
  const auto with = [&](std::string_view state) {
    std::vector<double> lift(states_of(Aspect::Whom).size(), 0.5);
    lift[state_index(Aspect::Whom, state)] = 5;
    return place(clients, find_whom(clients, some, connected, lift));
  };
  EXPECT_EQ(with("server"), "server=EX01");
  EXPECT_EQ(with("office"), "office=Berlin");
}

TEST(Whom, ALaptopThatIsElsewhereOnSomeDaysIsHitOnTheOthers) {
  // Nobody is spared, though some were hit at one of five occasions only.
  const Clients clients = clients_of(kTen);
  const std::vector<std::uint32_t> all = losses({10, 1, 9, 4, 10, 1, 2, 10, 1, 10});
  const std::vector<double> connected = {10, 5, 10, 10, 10, 5, 5, 10, 5, 10};
  EXPECT_EQ(place(clients, find_whom(clients, all, connected)), "global");
}

TEST(Whom, AMissingValueIsNotTheOpposite) {
  // Of the others nobody knows the version, so the one whose version is known is not told by it.
  Clients clients = clients_of(kTen);
  clients.table.attributes.emplace_back().name = "version";
  clients.is_setting.push_back(false);
  for (std::size_t i = 0; i < kTen.size(); ++i) {
    clients.table.attributes.back().add(i == 4 ? "16.0" : "");
  }
  const Whom whom = find_whom(clients, losses({0, 0, 0, 0, 14, 0, 1, 0, 0, 0}));
  EXPECT_EQ(place(clients, whom), "computer=PC04");
  for (const ScopeTerms& same : whom.scope.causes.front().equivalents) {
    EXPECT_NE(clients.table.attributes[same.front().attribute].name, "version");
  }
}

TEST(Whom, OneClientHasNobodyToCompareWith) {
  const Clients clients = clients_of({{"PC00", "Berlin", "EX01", "Ethernet"}});
  const Whom whom = find_whom(clients, losses({20}));
  EXPECT_FALSE(whom.known());
  EXPECT_FALSE(whom_finding(clients, whom).known());
}

TEST(Whom, ALargeFleetIsSearchedForPlaces) {
  std::vector<Row> rows;
  std::vector<int> counts;
  for (int i = 0; i < 200; ++i) {
    rows.push_back({"", i % 4 == 0 ? "Berlin" : "Kassel", i % 3 == 0 ? "EX01" : "EX02",
                    i % 2 == 0 ? "Wi-Fi" : "Ethernet"});
    counts.push_back(i % 3 == 0 ? 6 + i % 5 : (i % 17 == 0 ? 1 : 0));
  }
  const Clients clients = clients_of(rows);
  const Whom whom = find_whom(clients, losses(counts));
  EXPECT_EQ(place(clients, whom), "server=EX01");
}

TEST(FewClients, TheProbabilitiesAddUp) {
  const Clients clients = clients_of(kTen);
  const ScopeTable table = with_losses(clients, losses({3, 0, 5, 1, 0, 0, 2, 0, 0, 0}));
  const FewClientsResult found = find_scope_of_few(table, default_hierarchies());
  EXPECT_GT(found.everyone, 0);
  EXPECT_GT(found.anyone, 0);
  EXPECT_LE(found.everyone + found.anyone, 1);
}

TEST(FewClients, TheOrderOfTheClientsDoesNotMatter) {
  std::vector<Row> turned(kTen.rbegin(), kTen.rend());
  const Clients one = clients_of(kTen);
  const Clients other = clients_of(turned);
  const Whom a = find_whom(one, losses({12, 5, 30, 9, 0, 1, 0, 0, 0, 0}));
  const Whom b = find_whom(other, losses({0, 0, 0, 0, 1, 0, 9, 30, 5, 12}));
  EXPECT_EQ(place(one, a), place(other, b));
  EXPECT_NEAR(a.scope.confidence, b.scope.confidence, 1e-9);
}

}  // namespace
}  // namespace dropscope
