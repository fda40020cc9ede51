#include "evidence/intake/computer_names.h"

#include <gtest/gtest.h>

namespace dropscope {
namespace {

TEST(ComputerNames, CaseAndDomainDoNotMakeAnotherComputer) {
  ComputerNames names;
  const auto a = names.add("PC01");
  const auto b = names.add("pc01.corp.example");
  const auto c = names.add("PC01.CORP.EXAMPLE");
  const auto d = names.add("PC02");
  const auto resolved = names.resolve();
  ASSERT_EQ(resolved.names.size(), 2u);
  EXPECT_EQ(resolved.computer[a], resolved.computer[b]);
  EXPECT_EQ(resolved.computer[b], resolved.computer[c]);
  EXPECT_NE(resolved.computer[a], resolved.computer[d]);
  EXPECT_EQ(resolved.names[resolved.computer[a]], "pc01.corp.example");
}

TEST(ComputerNames, TwoDomainsAreTwoComputers) {
  ComputerNames names;
  const auto a = names.add("web.one.example");
  const auto b = names.add("web.two.example");
  const auto bare = names.add("web");
  const auto resolved = names.resolve();
  EXPECT_EQ(resolved.names.size(), 3u);
  EXPECT_NE(resolved.computer[a], resolved.computer[b]);
  EXPECT_NE(resolved.computer[a], resolved.computer[bare]);
}

TEST(ComputerNames, AddressesAreWhole) {
  ComputerNames names;
  const auto a = names.add("10.0.0.1");
  const auto b = names.add("10.0.0.2");
  const auto resolved = names.resolve();
  EXPECT_NE(resolved.computer[a], resolved.computer[b]);
}

TEST(ComputerNames, SortedByName) {
  ComputerNames names;
  names.add("zeta");
  names.add("Alpha");
  names.add("beta");
  const auto resolved = names.resolve();
  EXPECT_EQ(resolved.names, (std::vector<std::string>{"Alpha", "beta", "zeta"}));
}

}  // namespace
}  // namespace dropscope
