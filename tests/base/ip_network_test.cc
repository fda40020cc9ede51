#include "base/ip_network.h"

#include <gtest/gtest.h>

namespace dropscope {
namespace {

std::string read(std::string_view text) {
  const auto network = IpNetwork::parse(text);
  return network ? network->to_string() : "nothing";
}

TEST(IpNetwork, ReadsWhatPeopleWrite) {
  EXPECT_EQ(read("10.20.0.0/16"), "10.20.0.0/16");
  EXPECT_EQ(read(" 10.20.5.6/255.255.0.0 "), "10.20.0.0/16");
  EXPECT_EQ(read("10.20.5.6"), "10.20.5.6/32");
  EXPECT_EQ(read("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(read("255.255.255.255/1"), "128.0.0.0/1");
  EXPECT_EQ(read("2001:db8:1:2::3/33"), "2001:db8::/33");
  EXPECT_EQ(read("2001:DB8::"), "2001:db8::/128");
}

TEST(IpNetwork, RefusesTheRest) {
  for (const char* const text :
       {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8",
        "10.0.0.0/255.0.255.0", "::/129", "::/255.0.0.0", "Berlin", "10.0.0.0/8/8"}) {
    EXPECT_EQ(read(text), "nothing") << text;
  }
}

TEST(IpNetwork, HoldsItsAddresses) {
  const auto network = *IpNetwork::parse("10.20.64.0/18");
  EXPECT_TRUE(network.contains(*IpAddress::parse("10.20.64.0")));
  EXPECT_TRUE(network.contains(*IpAddress::parse("10.20.127.255")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("10.20.63.255")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("10.20.128.0")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("2001:db8::1")));
}

}  // namespace
}  // namespace dropscope
