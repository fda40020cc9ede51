#include "formats/text/text_window.h"

#include <gtest/gtest.h>

#include <string>

#include "base/utf16.h"

namespace dropscope::text {
namespace {

Bytes bytes_of(const std::u16string& units) {
  return {reinterpret_cast<const std::byte*>(units.data()), units.size() * 2};
}

TEST(TextWindow, ShowsUtf8WhereItStands) {
  TextWindow window(
      as_bytes("\xef\xbb\xbf"
               "ab\ncd"));
  EXPECT_EQ(window.view(), "ab\ncd");
  EXPECT_EQ(window.offset(), 3u);
  EXPECT_EQ(window.line(), 1u);
  EXPECT_EQ(window.line(3), 2u);
  window.pass(4);
  EXPECT_EQ(window.view(), "d");
  EXPECT_EQ(window.offset(), 7u);
  EXPECT_EQ(window.line(), 2u);
  EXPECT_FALSE(window.extend());
  window.pass(100);
  EXPECT_TRUE(window.view().empty());
}

TEST(TextWindow, ConvertsUtf16InBlocksWithoutLosingAPlace) {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += "ä𝄞€ line " + std::to_string(i) + "\n";
  const std::u16string units = u"\xfeff" + to_utf16(text);
  TextWindow window(bytes_of(units));
  std::string seen;
  std::uint64_t calls = 0;
  window.on_passed(100'000, [&] { ++calls; });
  // A step that is coprime to everything in there.
  while (!window.view().empty() || window.extend()) {
    std::size_t step = std::min<std::size_t>(window.view().size(), 7919);
    while (step < window.view().size() && (window.view()[step] & 0xc0) == 0x80) ++step;
    seen += window.view().substr(0, step);
    window.pass(step);
  }
  EXPECT_TRUE(seen == text);
  EXPECT_EQ(window.offset(), units.size() * 2);
  EXPECT_EQ(window.line(), 60'001u);
  // A step passes the mark by up to its own length.
  EXPECT_GE(calls, units.size() * 2 / 120'000);
  EXPECT_LE(calls, units.size() * 2 / 100'000);
}

TEST(TextWindow, TellsPlacesInsideOfUtf16) {
  const std::u16string units =
      u"\xfeff"
      u"ä\n𝄞\nx";
  TextWindow window(bytes_of(units));
  EXPECT_EQ(window.offset(window.view().find('x')), 12u);
  EXPECT_EQ(window.line(window.view().find('x')), 3u);
  EXPECT_EQ(window.line(0), 1u);
}

}  // namespace
}  // namespace dropscope::text
