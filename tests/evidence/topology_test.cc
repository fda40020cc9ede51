#include "evidence/topology.h"

#include <gtest/gtest.h>

#include <random>

namespace dropscope {
namespace {

Network network(std::string_view cidr, std::string office, std::string_view nat = {}) {
  Network out;
  out.range = *IpNetwork::parse(cidr);
  out.office = std::move(office);
  if (!nat.empty()) out.nat.push_back(*IpNetwork::parse(nat));
  return out;
}

std::string office_of(const Topology& topology, std::string_view address) {
  const Network* found = topology.network_of(*IpAddress::parse(address));
  return found == nullptr ? "none" : found->office;
}

TEST(Topology, TheLongestPrefixCounts) {
  Topology topology;
  EXPECT_TRUE(topology.add(network("10.0.0.0/8", "all")));
  EXPECT_TRUE(topology.add(network("10.20.0.0/16", "Berlin")));
  EXPECT_TRUE(topology.add(network("10.20.7.7/32", "printer")));
  EXPECT_TRUE(topology.add(network("2001:db8::/32", "six")));
  EXPECT_FALSE(topology.add(network("10.20.0.0/16", "again")));
  EXPECT_EQ(office_of(topology, "10.20.7.7"), "printer");
  EXPECT_EQ(office_of(topology, "10.20.7.8"), "Berlin");
  EXPECT_EQ(office_of(topology, "10.21.0.1"), "all");
  EXPECT_EQ(office_of(topology, "11.0.0.1"), "none");
  EXPECT_EQ(office_of(topology, "2001:db8:1::1"), "six");
  EXPECT_EQ(office_of(topology, "::ffff:10.20.7.7"), "printer");
  EXPECT_EQ(office_of(topology, "fe80::1"), "none");
}

TEST(Topology, AgreesWithASearchThroughAll) {
  std::mt19937 random(7);
  Topology topology;
  for (int i = 0; i < 300; ++i) {
    const auto byte = [&] { return static_cast<std::uint8_t>(random() % 4); };
    const IpNetwork range(IpAddress::v4({10, byte(), byte(), byte()}),
                          static_cast<int>(random() % 33));
    topology.add(network(range.to_string(), range.to_string()));
  }
  for (int i = 0; i < 2000; ++i) {
    const auto byte = [&] { return static_cast<std::uint8_t>(random() % 5); };
    const IpAddress address = IpAddress::v4({10, byte(), byte(), byte()});
    const Network* best = nullptr;
    for (const Network& one : topology.networks()) {
      if (!one.range.contains(address)) continue;
      if (best == nullptr || one.range.bits() > best->range.bits()) best = &one;
    }
    EXPECT_EQ(topology.network_of(address), best) << address.to_string();
  }
}

TEST(Topology, NatAndServers) {
  Topology topology;
  topology.add(network("10.1.0.0/24", "A", "198.51.100.10"));
  topology.add(network("10.2.0.0/24", "B", "198.51.100.8/29"));
  EXPECT_EQ(topology.behind_nat(*IpAddress::parse("198.51.100.10")).size(), 2u);
  EXPECT_EQ(topology.behind_nat(*IpAddress::parse("198.51.100.9")).size(), 1u);
  Server server;
  server.name = "EX01.corp.example";
  server.addresses = {*IpAddress::parse("10.9.0.1")};
  server.virtual_addresses = {*IpAddress::parse("10.9.0.100")};
  topology.add(server);
  EXPECT_NE(topology.server_named("ex01"), nullptr);
  EXPECT_EQ(topology.server_named("ex01.other.example"), nullptr);
  EXPECT_EQ(topology.server_named(""), nullptr);
  EXPECT_NE(topology.server_at(*IpAddress::parse("10.9.0.1")), nullptr);
  EXPECT_EQ(topology.behind_virtual(*IpAddress::parse("10.9.0.100")).size(), 1u);
}

}  // namespace
}  // namespace dropscope
