#include "base/ip_address.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope {
namespace {

std::string canonical(std::string_view text) {
  const auto address = IpAddress::parse(text);
  return address ? address->to_string() : "none";
}

TEST(IpAddress, ReadsAndWritesTheCanonicalForm) {
  EXPECT_EQ(canonical("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(canonical("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(canonical("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(canonical("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(canonical("::"), "::");
  EXPECT_EQ(canonical("1::"), "1::");
  EXPECT_EQ(canonical("fe80::1%12"), "fe80::1");
  EXPECT_EQ(canonical("[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(canonical("64:ff9b::192.0.2.33"), "64:ff9b::c000:221");
}

TEST(IpAddress, IPv4InsideOfIPv6IsIPv4) {
  EXPECT_EQ(canonical("::ffff:10.20.0.10"), "10.20.0.10");
  EXPECT_EQ(IpAddress::parse("::FFFF:0a14:000a"), IpAddress::parse("10.20.0.10"));
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "a.b.c.d",
                           ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::",
                           "g::", "[1.2.3.4]", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7::8"}) {
    EXPECT_EQ(canonical(text), "none") << text;
  }
}

TEST(IpEndpoint, KnowsTheFormsOfLogs) {
  EXPECT_EQ(IpEndpoint::parse("10.0.1.2:33313")->to_string(), "10.0.1.2:33313");
  EXPECT_EQ(IpEndpoint::parse("10.0.1.2/33313")->to_string(), "10.0.1.2:33313");
  EXPECT_EQ(IpEndpoint::parse("[2001:db8::1]:443")->to_string(), "[2001:db8::1]:443");
  EXPECT_EQ(IpEndpoint::parse("2001:db8::1/443")->to_string(), "[2001:db8::1]:443");
  EXPECT_EQ(IpEndpoint::parse("10.0.1.2")->port, 0);
  EXPECT_EQ(IpEndpoint::parse("2001:db8::1:443")->port, 0);
  EXPECT_FALSE(IpEndpoint::parse("10.0.1.2:65536"));
  EXPECT_FALSE(IpEndpoint::parse("10.0.1.2:"));
  EXPECT_FALSE(IpEndpoint::parse("host:443"));
}

}  // namespace
}  // namespace dropscope
