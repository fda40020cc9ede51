#include "formats/syslog/syslog.h"

#include <gtest/gtest.h>

namespace dropscope::syslog {
namespace {

TEST(Syslog, ReadsHeadersOfManyShapes) {
  struct Case {
    std::string_view line;
    int priority;
    std::string_view host;
    std::string_view program;
    std::string_view process;
    std::string_view message;
  };
  const Case cases[] = {
      {"Sep  1 03:00:06 lb1 haproxy[29217]: Server up", -1, "lb1", "haproxy", "29217", "Server up"},
      {"<134>Sep  1 03:00:06 lb1 haproxy: hello", 134, "lb1", "haproxy", "", "hello"},
      {"<134>1 2025-11-06T11:32:42.868451+00:00 firewall.lan filterlog 92653 - - 7,,,1", 134,
       "firewall.lan", "filterlog", "92653", "7,,,1"},
      {"<134>1 2025-11-06T11:32:42Z - - - - -", 134, "", "", "", ""},
      {"2015-08-26T02:09:48+02:00 localhost haproxy[14389]: x", -1, "localhost", "haproxy", "14389",
       "x"},
      {"<191>Aug  1 14:01:20 abc-asa1: %ASA-6-302013: Built", 191, "abc-asa1", "", "",
       "%ASA-6-302013: Built"},
      {"Apr 15 2017 00:21:14 192.168.12.1 : %ASA-5-111010: User", -1, "192.168.12.1", "", "",
       "%ASA-5-111010: User"},
      {"<164>Jan 31 2020 17:24:03: %ASA-4-402119: IPSEC", 164, "", "", "", "%ASA-4-402119: IPSEC"},
      {"<111>:Apr 15 2017 00:21:14 UTC: %ASA-6-302015: Built", 111, "", "", "",
       "%ASA-6-302015: Built"},
      {"<166>Nov 23 16:00:00 f5a warning tmm[23068]: 01260013:4: SSL", 166, "f5a", "", "",
       "warning tmm[23068]: 01260013:4: SSL"},
      {"no header at all", -1, "", "", "", "no header at all"},
      {"backend: not a header", -1, "", "", "", "backend: not a header"},
      {"", -1, "", "", "", ""},
      {"<999>x", -1, "", "", "", "<999>x"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.line);
    const Header header = parse(c.line);
    EXPECT_EQ(header.priority, c.priority);
    EXPECT_EQ(header.host, c.host);
    EXPECT_EQ(header.program, c.program);
    EXPECT_EQ(header.process, c.process);
    EXPECT_EQ(header.message, c.message);
  }
}

TEST(Syslog, KeepsTheStampAsFarAsItGoes) {
  const Header bsd = parse("Sep  1 03:00:06 lb1 x: y");
  ASSERT_TRUE(bsd.has_stamp);
  EXPECT_EQ(bsd.stamp.local.year, 0);
  EXPECT_EQ(bsd.stamp.local.month, 9);
  EXPECT_EQ(bsd.stamp.local.second, 6);
  EXPECT_FALSE(bsd.stamp.offset_seconds);

  const Header cisco = parse("<1>:Apr 15 2017 00:21:14 UTC: %ASA-6-302015: Built");
  ASSERT_TRUE(cisco.has_stamp);
  EXPECT_EQ(cisco.stamp.local.year, 2017);
  EXPECT_EQ(cisco.stamp.offset_seconds, 0);

  const Header iso = parse("2015-08-26T02:09:48+02:00 h p: m");
  EXPECT_EQ(iso.stamp.offset_seconds, 7200);
}

TEST(Syslog, CountsYearsOverTheTurn) {
  YearCounter counter;
  EXPECT_EQ(counter.add(11), 0);
  EXPECT_EQ(counter.add(12), 0);
  EXPECT_EQ(counter.add(1), 1);
  EXPECT_EQ(counter.add(12), 0);  // A late line of another sender.
  EXPECT_EQ(counter.add(1), 1);
  EXPECT_EQ(counter.add(6), 1);
  EXPECT_EQ(counter.add(5), 1);
  EXPECT_EQ(counter.add(12), 1);
  EXPECT_EQ(counter.add(2), 2);
}

}  // namespace
}  // namespace dropscope::syslog
