#include "base/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {
namespace {

TEST(Text, CaseIsAsciiOnly) {
  EXPECT_EQ(to_lower_ascii("RPC/HTTP \u00C4I"), "rpc/http \u00C4i");
  EXPECT_TRUE(equals_nocase_ascii("MAPI", "mapi"));
  EXPECT_FALSE(equals_nocase_ascii("MAPI", "mapis"));
  EXPECT_FALSE(equals_nocase_ascii("\u00C4", "\u00E4"));
  EXPECT_TRUE(ends_with_nocase_ascii("System.EVTX", ".evtx"));
  EXPECT_FALSE(ends_with_nocase_ascii("evtx", ".evtx"));
}

TEST(Text, TrimCutsSpacesOnBothSides) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, SplitKeepsEmptyParts) {
  const std::vector<std::string_view> abc = {"a", "", "c"};
  EXPECT_EQ(split("a,,c", ','), abc);
  EXPECT_EQ(split("", ',').size(), 1u);
  EXPECT_EQ(split(",", ',').size(), 2u);
}

TEST(Text, NumbersAreReadWhole) {
  EXPECT_EQ(parse_int("42"), 42);
  EXPECT_EQ(parse_int("-7"), -7);
  EXPECT_EQ(parse_int("9223372036854775807"), INT64_MAX);
  for (const char* text :
       {"", " 1", "1 ", "+1", "1.0", "0x10", "9223372036854775808", "-", "12a"}) {
    EXPECT_FALSE(parse_int(text).has_value()) << text;
  }
}

TEST(Text, DistanceCountsChangesAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("diagnose", "diagnsoe"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  // Optimal string alignment: no letter is touched twice, so this is 3 and not 2.
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);
}

TEST(Text, CountsTakeTheRightNoun) {
  EXPECT_EQ(count_of(1, "loss", "losses"), "1 loss");
  EXPECT_EQ(count_of(0, "loss", "losses"), "0 losses");
  EXPECT_EQ(count_of(2, "event"), "2 events");
}

TEST(Text, WhatATerminalWouldObeyIsShown) {
  EXPECT_EQ(printable("Gr\u00FC\u00DFe \u65E5\u672C"), "Gr\u00FC\u00DFe \u65E5\u672C");
  EXPECT_EQ(printable("a\nb\x1B[31m\x7F"), "a\\x0ab\\x1b[31m\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xC2\x9B"), "\\x9b");                // The one-character form of ESC [.
  EXPECT_EQ(printable("\u202Egpj.exe"), "\\u202egpj.exe");  // Would turn the name around.
  EXPECT_EQ(printable("a\xFF\xC3"), "a\\xff\\xc3");
}

}  // namespace
}  // namespace dropscope
