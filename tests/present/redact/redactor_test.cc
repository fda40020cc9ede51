#include "present/redact/redactor.h"

#include <gtest/gtest.h>

#include "present/redact/leak_check.h"

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

namespace dropscope::redact {
namespace {

class RedactorTest : public ::testing::Test {
 protected:
  RedactorTest() {
    names_.add_user("anna.muster@corp.example");
    names_.add_user("CONTOSO\\bob");
    names_.add_user("Eva Bauer");
    names_.add_host("PC01.sales.corp.example");
    names_.add_host("https://mail.corp.example:443/mapi");
  }

  std::string redact(std::string_view text) { return Redactor(names_, key_).text(text); }

  Names names_;
  Key key_{"a secret of the test"};
};

TEST_F(RedactorTest, OneNameIsOneTokenEverywhere) {
  const std::string anna = key_.token(Kind::User, "anna.muster");
  const std::string pc = key_.token(Kind::Host, "PC01");
  const std::string domain = key_.token(Kind::Domain, "corp.example");
  EXPECT_EQ(redact("Anna.Muster logged on"), anna + " logged on");
  EXPECT_EQ(redact("<anna.muster@corp.example>"), "<" + anna + "@" + domain + ">");
  EXPECT_EQ(redact("C:\\Users\\anna.muster\\x.ost"), "C:\\Users\\" + anna + "\\x.ost");
  EXPECT_EQ(redact("logs-of-anna.muster.txt"), "logs-of-" + anna + ".txt");
  EXPECT_EQ(redact("/?u=anna%2Emuster%40corp.example&x=1"),
            "/?u=" + anna + "%40" + domain + "&x=1");
  EXPECT_EQ(redact("pc01 PC01$"), pc + " " + pc + "$");
  EXPECT_EQ(redact("\\\\PC01\\share"), "\\\\" + pc + "\\share");
  EXPECT_EQ(redact("contoso\\unknownperson"),
            key_.token(Kind::Host, "contoso") + "\\" + key_.token(Kind::User, "unknownperson"));
  EXPECT_EQ(redact("by Eva Bauer."), "by " + key_.token(Kind::User, "eva bauer") + ".");
  // Labels of hosts: what is no name stays, what nobody knows is still below the domain.
  EXPECT_EQ(redact("mail.corp.example:443"), "mail." + domain + ":443");
}

// The leak check finds a long name anywhere, so what is only a part of a word has to go too.
TEST_F(RedactorTest, LongNamesAreReplacedInsideOfWords) {
  names_.add_host("Frankfurt");
  names_.add_host("frankfurt-dc1");
  names_.add_user("weißmüller");
  const std::string host = key_.token(Kind::Host, "frankfurt");
  EXPECT_EQ(redact("the Frankfurter exchange"), "the " + host + "er exchange");
  EXPECT_EQ(redact("srvFRANKFURTprod"), "srv" + host + "prod");
  EXPECT_EQ(redact("xfrankfurt-dc1y"), "x" + key_.token(Kind::Host, "frankfurt-dc1") + "y");
  EXPECT_EQ(redact("http://x/?q=fr%61nkfurter"), "http://x/?q=" + host + "er");
  EXPECT_EQ(redact("xcorp.exampley"), "x" + key_.token(Kind::Domain, "corp.example") + "y");
  EXPECT_EQ(redact("Jeva Bauerle"), "J" + key_.token(Kind::User, "eva bauer") + "le");
  // Letters whose size differs between the cases stand before and in the name.
  EXPECT_EQ(redact("\u1e9e dr.WEI\u1e9eM\u00dcLLERs"),
            "\u1e9e dr." + key_.token(Kind::User, "weißmüller") + "s");
  // A short name is a part of words too often.
  names_.add_user("anna");
  EXPECT_EQ(redact("Susanna"), "Susanna");
}

TEST_F(RedactorTest, NothingThatTheLeakCheckLooksForIsLeftInsideOfWords) {
  const std::vector<std::string> originals = {"anna.muster", "corp.example", "eva bauer"};
  const LeakCheck check(originals);
  for (const std::string& name : originals) {
    for (const std::string_view around : {"", "x", "9", ".", "%20", "\u00e9", "-", "%"}) {
      const std::string text = std::string(around) + name + std::string(around);
      std::size_t offset = 0;
      EXPECT_EQ(check.find(redact(text), offset), "") << text << " -> " << redact(text);
    }
  }
}

TEST_F(RedactorTest, NamesOfAnEarlierPackageAreHiddenAgain) {
  const std::string user = key_.token(Kind::User, "clara");
  const std::string host = key_.token(Kind::Host, "edge7");
  const std::string domain = key_.token(Kind::Domain, "fabrikam.example");
  key_.note(Kind::Address, "10.1.2.3", "10.7.8.9");
  EXPECT_EQ(redact("clara on edge7"), "clara on edge7");
  names_.add(key_);
  EXPECT_EQ(redact("Clara on EDGE7.fabrikam.example"), user + " on " + host + "." + domain);
}

TEST_F(RedactorTest, TheWirelessNetworkAndTheTimeServerAreNames) {
  Evidence evidence;
  Computer computer;
  computer.name = "PC09";
  computer.attributes.values = {{"wifi_network", "Muster Upstairs"},
                                {"clock_source", "time.muster.example"}};
  evidence.computers.push_back(computer);
  names_.add(evidence);
  // Names of several words have the tokens of people, whose names they mostly are.
  EXPECT_EQ(redact("in Muster Upstairs"), "in " + key_.token(Kind::User, "muster upstairs"));
  EXPECT_EQ(redact("time.muster.example is in time"),
            "time." + key_.token(Kind::Domain, "muster.example") + " is in time");
}

TEST_F(RedactorTest, ANameIsNotLeftBeforeAnEncodedLetter) {
  const std::string anna = key_.token(Kind::User, "anna.muster");
  EXPECT_EQ(redact("anna.muster%C3%A9"), anna + "%C3%A9");
  EXPECT_EQ(redact("anna.muster%C3%A9.pc01"), anna + "%C3%A9." + key_.token(Kind::Host, "PC01"));
  // An address is mapped once, however it is written.
  EXPECT_EQ(redact("10.1.2.3%20x"), redact("10.1.2.3") + "%20x");
}

TEST_F(RedactorTest, WhatIsNoNameStays) {
  for (const std::string_view text :
       {"Connection to Microsoft Exchange has been lost.", "12:34:56.789 16.0.17328.20162",
        "outlook.office365.com", "255.255.255.0 127.0.0.1 0.0.0.0 ::1", "Susanna, bobsled",
        "S-1-5-18", "{0ead09bd-2157-539a-8d6d-c87f95b64d70}", "100 %", "a@b", "\xff\xfe\x80"}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST_F(RedactorTest, NumbersThatNameSomebody) {
  const std::string sid = redact("S-1-5-21-1004336348-1177238915-682003330-1105");
  EXPECT_TRUE(sid.starts_with("S-1-5-21-"));
  EXPECT_EQ(sid.find("1004336348"), std::string::npos);
  EXPECT_EQ(sid.find("-1105"), std::string::npos);
  // Two accounts of one domain stay accounts of one domain; a well-known number stays.
  const std::string other = redact("S-1-5-21-1004336348-1177238915-682003330-500");
  EXPECT_EQ(sid.substr(0, sid.rfind('-')), other.substr(0, other.rfind('-')));
  EXPECT_TRUE(other.ends_with("-500"));
  const std::string card = redact("00-15-5D-01-02-03");
  EXPECT_TRUE(card.starts_with("02-")) << card;
  EXPECT_EQ(card.size(), 17u);
  EXPECT_EQ(redact("[2001:db8:1::7]:443").find("2001:db8:1::7"), std::string::npos);
  EXPECT_TRUE(redact("10.1.2.3:443").starts_with("10."));
  EXPECT_TRUE(redact("10.1.2.0/24").ends_with(".0/24"));
  EXPECT_EQ(redact("10.1.2.0/24").substr(0, redact("10.1.2.0/24").rfind('.')),
            redact("10.1.2.77").substr(0, redact("10.1.2.77").rfind('.')));
}

TEST_F(RedactorTest, AnotherKeyGivesOtherTokens) {
  Key other("another secret");
  EXPECT_NE(Redactor(names_, other).text("anna.muster"), redact("anna.muster"));
  const auto read = read_key(write_key(key_));
  ASSERT_TRUE(read.has_value());
  Key again = *read;
  EXPECT_EQ(Redactor(names_, again).text("anna.muster 10.1.2.3"), redact("anna.muster 10.1.2.3"));
  EXPECT_FALSE(read_key("{}").has_value());
}

TEST(RedactionKey, HashIsHmac) {
  // RFC 4231, test case 2.
  EXPECT_EQ(keyed_hash("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
int common_bits(const IpAddress& a, const IpAddress& b) {
  int bits = 0;
  while (bits < a.bits()) {
    const auto at = static_cast<std::size_t>(bits);
    const auto mask = static_cast<std::uint8_t>(0x80U >> (at % 8));
    if ((a.bytes()[at / 8] & mask) != (b.bytes()[at / 8] & mask)) break;
    ++bits;
  }
  return bits;
}

RC_GTEST_PROP(RedactedAddresses, KeepCommonPrefixesAndRanges, ()) {
  // Multicast and above, 0/8 and 127/8 stay as they are and are nobody's.
  const auto first = *rc::gen::suchThat(rc::gen::inRange<std::uint32_t>(0x01000000U, 0xe0000000U),
                                        [](std::uint32_t each) { return each >> 24 != 127; });
  const auto shared = *rc::gen::inRange(0U, 24U);
  Addresses addresses("secret");
  const auto address = [](std::uint32_t bits) {
    return IpAddress::v4({static_cast<std::uint8_t>(bits >> 24),
                          static_cast<std::uint8_t>(bits >> 16),
                          static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)});
  };
  const std::uint32_t second = first ^ (1U << shared);
  const IpAddress a = address(first);
  const IpAddress b = address(second);
  RC_ASSERT(common_bits(addresses.map(a), addresses.map(b)) == common_bits(a, b));
  const auto is_private = [](const IpAddress& each) { return each.bytes()[0] == 10; };
  RC_ASSERT(is_private(addresses.map(a)) == is_private(a));
}
#endif

}  // namespace
}  // namespace dropscope::redact
