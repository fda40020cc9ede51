#include "analysis/scope/candidates.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope {
namespace {

struct Fleet {
  std::vector<ScopeAttribute> attributes;
  std::vector<double> events;
  std::vector<double> hours;
};

/// 300 clients; offices and floors are equal sets, some values are missing, hours differ.
Fleet fleet() {
  Fleet made;
  for (const char* name : {"user", "office", "floor", "server"}) {
    made.attributes.emplace_back().name = name;
  }
  for (int i = 0; i < 300; ++i) {
    made.attributes[0].add("u" + std::to_string(i));
    made.attributes[1].add("office" + std::to_string(i % 7));
    made.attributes[2].add("floor" + std::to_string(i % 7));
    made.attributes[3].add(i % 5 == 0 ? "" : "server" + std::to_string(i / 40));
    made.hours.push_back(10 + i % 3);
    made.events.push_back(i % 4 == 1 ? i % 3 : 0);
  }
  return made;
}

void expect_equal(const ScopeCandidates& a, const ScopeCandidates& b) {
  ASSERT_EQ(a.all().size(), b.all().size());
  for (std::size_t i = 0; i < a.all().size(); ++i) {
    EXPECT_EQ(a.all()[i].terms, b.all()[i].terms);
    EXPECT_EQ(a.all()[i].equivalents, b.all()[i].equivalents);
    EXPECT_EQ(a.all()[i].clients, b.all()[i].clients);
    EXPECT_EQ(a.all()[i].identity, b.all()[i].identity);
    EXPECT_EQ(a.masses()[i].events, b.masses()[i].events);
    EXPECT_EQ(a.masses()[i].weight, b.masses()[i].weight);
    EXPECT_EQ(a.masses()[i].squares, b.masses()[i].squares);
    EXPECT_EQ(a.masses()[i].code_length, b.masses()[i].code_length);
  }
}

TEST(ScopeCandidates, EqualSetsOfClientsAreOneCandidate) {
  const Fleet made = fleet();
  const ScopeCandidates found(made.attributes, {}, made.events, made.hours);
  const auto office = found.find({{1, 1}});
  ASSERT_TRUE(office.has_value());
  EXPECT_EQ(found.find({{2, 1}}), office);
  EXPECT_EQ(found.all()[*office].clients, 43u);
}

TEST(ScopeCandidates, KeptGroupingsGiveTheSame) {
  const Fleet made = fleet();
  const std::vector<ScopeHierarchy> hierarchies = {{"office", "floor"}};
  const ScopeGroupings groupings(made.attributes, hierarchies, made.hours);
  ScopeCandidates fresh(made.attributes, hierarchies, made.events, made.hours);
  ScopeCandidates kept(made.attributes, groupings, made.events);
  ASSERT_GT(fresh.all().size(), 20u);
  expect_equal(fresh, kept);
  // Rows without a server and of groups that are no candidates are among them.
  const std::vector<std::uint32_t> rows = {0, 1, 5, 17, 299};
  const std::vector<double> from = {10, 11, 12, 12, 12};
  const std::vector<double> to = {20, 22, 24, 24, 3};
  fresh.reweigh(rows, from, to);
  kept.reweigh(rows, from, to);
  expect_equal(fresh, kept);
}

}  // namespace
}  // namespace dropscope
