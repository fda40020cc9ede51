#include "formats/text/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/utf16.h"

namespace dropscope::text {
namespace {

std::vector<std::string> lines_of(std::string_view raw) {
  std::vector<std::string> out;
  LineReader reader(as_bytes(raw));
  for (Line line; reader.next(line);) {
    EXPECT_EQ(line.number, out.size() + 1);
    out.emplace_back(line.text);
  }
  return out;
}

std::string utf16(std::string_view text, bool mark, bool big) {
  std::string out = !mark ? "" : big ? "\xfe\xff" : "\xff\xfe";
  for (const char16_t unit : to_utf16(text)) {
    const char low = static_cast<char>(unit & 0xff);
    const char high = static_cast<char>(unit >> 8);
    out += big ? high : low;
    out += big ? low : high;
  }
  return out;
}

using Lines = std::vector<std::string>;

TEST(LineReader, TakesBothLineEndsAndALastLineWithout) {
  EXPECT_EQ(lines_of("a\nb\r\n\nc"), (Lines{"a", "b", "", "c"}));
  EXPECT_EQ(lines_of("a\n"), (Lines{"a"}));
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("a\rb\n"), (Lines{"a\rb"}));
}

TEST(LineReader, ReadsUtf16OfBothOrdersWithAndWithoutAMark) {
  const std::string text = "Windows Registry\r\nÜber die Verbindung\n";
  for (const bool big : {false, true}) {
    for (const bool mark : {false, true}) {
      EXPECT_EQ(lines_of(utf16(text, mark, big)),
                (Lines{"Windows Registry", "Über die Verbindung"}))
          << big << mark;
    }
  }
}

TEST(LineReader, ALineThatIsNotUtf8IsReadAsWindows1252AndSaysSo) {
  LineReader reader(as_bytes("caf\xe9 \x80\nna\xc3\xafve\n"));
  Line line;
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line.text, "café €");
  EXPECT_TRUE(line.assumed);
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line.text, "naïve");
  EXPECT_FALSE(line.assumed);
  EXPECT_EQ(line.offset, 7u);
}

TEST(LineReader, CutsALineThatIsTooLongAndGoesOnBehindIt) {
  const std::string raw = std::string(kMaxLineBytes - 1, 'x') + "é" + "yyy\nnext\n";
  LineReader reader(as_bytes(raw));
  Line line;
  ASSERT_TRUE(reader.next(line));
  EXPECT_TRUE(line.cut);
  EXPECT_EQ(line.text, std::string(kMaxLineBytes - 1, 'x'));
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line.text, "next");
  EXPECT_FALSE(line.cut);
}

TEST(LineReader, AnOddByteAtTheEndOfUtf16IsLeftOut) {
  EXPECT_EQ(lines_of(utf16("ab\ncd", true, false) + "x"), (Lines{"ab", "cd"}));
}

TEST(HeadAsUtf8, DropsTheMark) {
  EXPECT_EQ(head_as_utf8(as_bytes("\xef\xbb\xbf<Events>"), 100), "<Events>");
  EXPECT_EQ(head_as_utf8(as_bytes(utf16("<Events>", true, true)), 6), "<E");
}

}  // namespace
}  // namespace dropscope::text
