#include "present/text/layout.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "present/text/wording.h"

namespace dropscope {

TEST(Layout, CountsColumns) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("Köln"), 4u);
  EXPECT_EQ(display_width("接続"), 4u);
  EXPECT_EQ(display_width("한국"), 4u);
  EXPECT_EQ(display_width("e\xcc\x81"), 1u) << "e and a combining acute accent";
  EXPECT_EQ(display_width("a\xe2\x80\x8b"
                          "b"),
            2u)
      << "zero width space";
  EXPECT_EQ(display_width("█▏…"), 3u);
  EXPECT_EQ(display_width("\xff\xfe"), 2u) << "broken bytes count one each";
}

TEST(Layout, WrapsAtSpaces) {
  const std::vector<std::string> expected = {"one two", "three", "four"};
  EXPECT_EQ(wrap("one two  three four", 9), expected);
  EXPECT_EQ(wrap("", 10), std::vector<std::string>{""});
  EXPECT_EQ(wrap("a\nb", 10), (std::vector<std::string>{"a", "b"}));
}

TEST(Layout, CutsLongWordsAndWideText) {
  EXPECT_EQ(wrap("abcdefghijkl", 8), (std::vector<std::string>{"abcdefgh", "ijkl"}));
  EXPECT_EQ(wrap("接続が失われました", 8),
            (std::vector<std::string>{"接続が失", "われまし", "た"}));
}

TEST(Layout, PadsAndShortensByColumns) {
  EXPECT_EQ(pad_right("接", 4), "接  ");
  EXPECT_EQ(pad_left("接", 4), "  接");
  EXPECT_EQ(pad_left("12345", 3), "12345");
  EXPECT_EQ(shorten("PC-ANNA", 5, "…"), "PC-A…");
  EXPECT_EQ(shorten("接続接続", 5, "…"), "接続…");
  EXPECT_EQ(shorten("short", 5, "…"), "short");
}

TEST(Layout, AsciiKeepsTheMeaning) {
  EXPECT_EQ(to_ascii("60 min ± 1 – “idle” …"), "60 min +/- 1 - \"idle\" ...");
  EXPECT_EQ(to_ascii("Köln"), "K\\u{f6}ln");
  EXPECT_EQ(to_ascii("\xff"), "\\u{fffd}");
}

// No line is too wide, and no character other than the spaces at breaks gets lost.
RC_GTEST_PROP(Layout, WrapKeepsTextAndWidth, ()) {
  static const std::vector<std::string> kParts = {
      "a", "word", " ", "  ", "é", "e\xcc\x81", "接続", "\xff", "…", "longerthanthewidth"};
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, kParts.size()));
  const auto width = *rc::gen::inRange<std::size_t>(8, 30);
  std::string text;
  for (const std::size_t p : picks) text += kParts[p];
  std::string together;
  for (const std::string& line : wrap(text, width)) {
    RC_ASSERT(display_width(line) <= width);
    together += line;
  }
  const auto without_spaces = [](std::string s) {
    std::erase(s, ' ');
    return s;
  };
  RC_ASSERT(without_spaces(together) == without_spaces(text));
}

TEST(Wording, Numbers) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(counted(1, "loss", "losses"), "1 loss");
  EXPECT_EQ(counted(2000, "loss", "losses"), "2,000 losses");
  EXPECT_EQ(percent(0.964), "96 %");
  EXPECT_EQ(percent(0.9999), "over 99 %") << "certainty is not rounded up to";
  EXPECT_EQ(percent(0.001), "under 1 %");
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(bytes_text(69632), "69.6 kB");
}

TEST(Wording, TimerLengths) {
  EXPECT_EQ(timer_text(0), "0 s");
  EXPECT_EQ(timer_text(1.5), "1.5 s");
  EXPECT_EQ(timer_text(90), "90 s");
  EXPECT_EQ(timer_text(350), "5 min 50 s");
  EXPECT_EQ(timer_text(3600), "60 min");
  EXPECT_EQ(timer_text(3672), "61 min 12 s");
  EXPECT_EQ(timer_text(7200), "2 h");
  EXPECT_EQ(timer_text(86400), "1 d");
  EXPECT_EQ(deviation_text(12), "12 s longer");
  EXPECT_EQ(deviation_text(-12), "12 s shorter");
  EXPECT_EQ(deviation_text(0.1), "equal");
}

TEST(Wording, BoundsThatWouldReadTheSameAreInSeconds) {
  EXPECT_EQ(bound_text(14'392, 14'411), "14392 s");
  EXPECT_EQ(bound_text(14'411, 14'392), "14411 s");
  EXPECT_EQ(bound_text(14'000, 14'411), "3 h 53 min");
  EXPECT_EQ(bound_text(3'596, 3'614), "59 min 56 s");
  EXPECT_EQ(bound_text(86'400, 86'400), "1 d");
}

}  // namespace dropscope
