#include "formats/conntrack/conntrack.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope::conntrack {
namespace {

TEST(Conntrack, ReadsAnEventWithItsCounts) {
  const auto entry = parse(
      "[1795927453.832325]\t[DESTROY] ipv4     2 tcp      6 6 ESTABLISHED src=192.0.2.10 "
      "dst=198.51.100.20 sport=50009 dport=443 packets=4 bytes=221 src=198.51.100.20 "
      "dst=198.51.100.1 sport=443 dport=50009 packets=3 bytes=169 [ASSURED] delta-time=1 "
      "id=1523542537 [start=Sun Nov 29 04:44:01 2026] [USERSPACE] portid=2738279212 "
      "progname=conntrack");
  ASSERT_TRUE(entry);
  EXPECT_EQ(*entry->stamp, instant_from_unix(1795927453) + std::chrono::microseconds(832325));
  EXPECT_EQ(entry->kind, Kind::Destroy);
  EXPECT_EQ(entry->protocol, "tcp");
  EXPECT_EQ(entry->left_seconds, 6);
  EXPECT_EQ(entry->state, "ESTABLISHED");
  EXPECT_EQ(entry->original.source, "192.0.2.10");
  EXPECT_EQ(entry->original.source_port, "50009");
  EXPECT_EQ(entry->original.target, "198.51.100.20");
  EXPECT_EQ(entry->original.target_port, "443");
  EXPECT_EQ(entry->original.bytes, 221u);
  EXPECT_EQ(entry->reply.source, "198.51.100.20");
  EXPECT_EQ(entry->reply.target, "198.51.100.1");
  EXPECT_EQ(entry->reply.bytes, 169u);
  EXPECT_TRUE(entry->assured);
  EXPECT_FALSE(entry->unreplied);
  EXPECT_TRUE(entry->by_program);
  EXPECT_EQ(entry->id, "1523542537");
  EXPECT_EQ(entry->lived_seconds, 1);
}

TEST(Conntrack, ReadsWhatOptionsLeaveOut) {
  const auto ran_out = parse(
      "[1795927451.783689]\t[DESTROY] tcp      6 ESTABLISHED src=192.0.2.10 dst=198.51.100.20 "
      "sport=50008 dport=443 src=198.51.100.20 dst=198.51.100.1 sport=443 dport=50008 [ASSURED]");
  ASSERT_TRUE(ran_out);
  EXPECT_FALSE(ran_out->left_seconds);
  EXPECT_EQ(ran_out->state, "ESTABLISHED");
  // Older kernels: neither time nor state. Without -o timestamp.
  const auto old = parse(
      "[DESTROY] tcp      6 src=192.0.2.10 dst=198.51.100.20 sport=50008 dport=443 "
      "src=198.51.100.20 dst=198.51.100.1 sport=443 dport=50008 [ASSURED]");
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->stamp);
  EXPECT_TRUE(old->state.empty());
  // conntrack -L, and the file of the kernel.
  const auto listed = parse(
      "ipv4     2 tcp      6 431999 ESTABLISHED src=192.0.2.10 dst=198.51.100.20 sport=50009 "
      "dport=443 src=198.51.100.20 dst=192.0.2.10 sport=443 dport=50009 [ASSURED] mark=0 zone=0 "
      "use=2");
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->kind, Kind::List);
  EXPECT_EQ(listed->left_seconds, 431999);
  const auto udp = parse(
      "    [NEW] udp      17 30 src=192.0.2.10 dst=192.0.2.53 sport=40000 dport=53 [UNREPLIED] "
      "src=192.0.2.53 dst=192.0.2.10 sport=53 dport=40000");
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->protocol, "udp");
  EXPECT_TRUE(udp->state.empty());
  EXPECT_TRUE(udp->unreplied);
}

TEST(Conntrack, LeavesOtherLines) {
  for (const char* line :
       {"", " ", "[12]", "[1795927451.783689]", "[1795927451.7] [NEW] tcp 6 src=1 dst=2",
        "[1795927451.783689] tcp 6 src=192.0.2.1 dst=192.0.2.2 src=192.0.2.2 dst=192.0.2.1",
        "[99999999999999999999.783689] [NEW] tcp 6 src=1 dst=2 src=2 dst=1",
        "conntrack v1.4.7 (conntrack-tools): 42 flow events have been shown.",
        "[NEW] tcp 6 3 SYN_SENT src=192.0.2.10 dst=198.51.100.20 sport=1 dport=2",
        "date=2023-10-31 time=03:25:39 src=192.0.2.1 dst=192.0.2.2"}) {
    EXPECT_FALSE(parse(line)) << line;
  }
}

TEST(Conntrack, TakesEveryBeginningOfALine) {
  const std::string whole =
      "[1795927453.832325]\t[DESTROY] ipv4     2 tcp      6 6 ESTABLISHED src=192.0.2.10 "
      "dst=198.51.100.20 sport=50009 dport=443 packets=4 bytes=99999999999999999999 "
      "src=198.51.100.20 dst=198.51.100.1";
  for (std::size_t size = 0; size < whole.size(); ++size) (void)parse(whole.substr(0, size));
  const auto entry = parse(whole);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->original.bytes, 0u);
}

}  // namespace
}  // namespace dropscope::conntrack
