#include "formats/text/line_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes_in_blocks.h"
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

/// Every line with all that is told of it.
Lines told_lines(LineReader& reader) {
  Lines out;
  for (Line line; reader.next(line);) {
    out.push_back(std::to_string(line.number) + " " + std::to_string(line.offset) +
                  (line.assumed ? " assumed" : "") + (line.cut ? " cut " : " ") +
                  std::to_string(line.text.size()) + " " + std::string(line.text.substr(0, 99)));
  }
  out.push_back(std::to_string(reader.offset()));
  return out;
}

TEST(LineReader, TheSizeOfBlocksDoesNotMatter) {
  std::mt19937 random(5);
  // More than that of what the encoding is seen from, and lines from nothing to a few blocks.
  const auto text = [&](std::string_view letters) {
    std::string out;
    while (out.size() < 3000) {
      out.append(random() % 40, 'e');
      out += letters[random() % letters.size()];
      if (random() % 3 == 0) out += random() % 2 == 0 ? "\n" : "\r\n";
    }
    return out;
  };
  for (int round = 0; round < 60; ++round) {
    std::string raw = text("abc\n\r\xe9\xfc ");
    if (round % 3 == 1) raw = utf16(text("abc\n\r "), round % 2 == 0, round % 4 < 2);
    if (round % 3 == 2) raw = "\xef\xbb\xbf" + raw;
    if (round % 5 == 0) raw += "x";
    LineReader whole(as_bytes(raw));
    const Lines expected = told_lines(whole);
    for (const std::size_t block : {1U, 2U, 3U, 7U, 64U, 1024U, 100'000U}) {
      BytesInBlocks source(as_bytes(raw), block);
      LineReader reader(source);
      EXPECT_EQ(told_lines(reader), expected) << round << ' ' << block;
    }
  }
}

TEST(LineReader, LongLinesAreCutAlikeInBlocks) {
  for (const std::size_t size : {kMaxLineBytes - 1, kMaxLineBytes, kMaxLineBytes + 1,
                                 kMaxLineBytes + 2, kMaxLineBytes + 3, 3 * kMaxLineBytes}) {
    for (const std::string_view end : {"", "\n", "\r\n", "\nnext\n", "\r\nnext"}) {
      const std::string line = std::string(size - 2, 'x') + "\xc3\xa9" + std::string(end);
      for (const std::string& raw : {line, utf16(line, true, false)}) {
        LineReader whole(as_bytes(raw));
        BytesInBlocks source(as_bytes(raw), 4096);
        LineReader reader(source);
        EXPECT_EQ(told_lines(reader), told_lines(whole)) << size << ' ' << end.size();
        // A line of any length takes bounded memory.
        EXPECT_LE(source.most(), 4 * kMaxLineBytes);
      }
    }
  }
}

TEST(HeadAsUtf8, DropsTheMark) {
  EXPECT_EQ(head_as_utf8(as_bytes("\xef\xbb\xbf<Events>"), 100), "<Events>");
  EXPECT_EQ(head_as_utf8(as_bytes(utf16("<Events>", true, true)), 6), "<E");
}

}  // namespace
}  // namespace dropscope::text
