#include "base/utf16.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/stored_utf16.h"

namespace dropscope {
namespace {

TEST(Utf16, ConvertsTheKnownForms) {
  EXPECT_EQ(utf8(u""), "");
  EXPECT_EQ(utf8(u"Outlook"), "Outlook");
  EXPECT_EQ(utf8(u"Verbindung zum Server wurde wiederhergestellt – gr\u00FC\u00DFe"),
            "Verbindung zum Server wurde wiederhergestellt \xE2\x80\x93 gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(utf8(u"\u20AC\U0001F600"), "\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(Utf16, NulAndControlsAreKept) {
  EXPECT_EQ(utf8(std::u16string(u"a\0b\x1B", 4)), std::string("a\0b\x1B", 4));
}

TEST(Utf16, AnUnpairedSurrogateBecomesTheReplacementCharacter) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(utf8({u'a', 0xD800, u'b'}), "a" + r + "b");
  EXPECT_EQ(utf8({0xDC00}), r);
  EXPECT_EQ(utf8({0xD800}), r);
  EXPECT_EQ(utf8({0xDC00, 0xD800}), r + r);
  // The first of two high ones is alone; the second has its partner.
  EXPECT_EQ(utf8({0xD800, 0xD83D, 0xDE00}), r + "\xF0\x9F\x98\x80");
}

TEST(Utf16, AnOddLastByteIsIgnored) {
  const std::string bytes = std::string("a\0b\0c", 5);
  EXPECT_EQ(to_utf8(Utf16View(as_bytes(bytes))), "ab");
}

TEST(Utf16, AppendsToWhatIsThere) {
  std::string out = "<";
  append_utf8(out, Stored(u"Data").view());
  EXPECT_EQ(out, "<Data");
}

TEST(Utf16, TextLongerThanTheBufferInside) {
  // Every alignment of a wide character against the 512-byte buffer and the four-unit step.
  for (std::size_t ascii = 495; ascii < 520; ++ascii) {
    std::u16string units(ascii, u'x');
    units += u"\u20AC\U0001F600y";
    EXPECT_EQ(utf8(units), utf8_slowly(units)) << ascii;
  }
}

TEST(Utf16, BrokenUtf8IsReplacedOnceForEachCutOffCharacter) {
  const auto replaced = [](std::string_view text) { return utf8(units_of(to_utf16(text))); };
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(replaced("a\x80z"), "a" + r + "z");
  EXPECT_EQ(replaced("\xE2\x82z"), r + "z");
  EXPECT_EQ(replaced("\xF0\x9F\x98"), r);
  EXPECT_EQ(replaced("\xC0\xAF"), r + r);          // Overlong
  EXPECT_EQ(replaced("\xED\xA0\x80"), r + r + r);  // A surrogate
  EXPECT_EQ(replaced("\xF4\x90\x80\x80"), r + r + r + r);
}

TEST(Utf16, WellFormedUtf8IsToldFromOther) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));  // U+10FFFF
  for (const char* bad :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Utf16, CodePointsThatAreNoneAreReplaced) {
  std::string out;
  append_code_point(out, 0xD800);
  append_code_point(out, 0x110000);
  EXPECT_EQ(out, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Utf16, ComparesWithAscii) {
  const Stored stored(u"Outlook");
  EXPECT_TRUE(stored.view().equals_ascii("Outlook"));
  EXPECT_FALSE(stored.view().equals_ascii("outlook"));
  EXPECT_TRUE(stored.view().equals_ascii_nocase("oUTLOOK"));
  EXPECT_FALSE(stored.view().equals_ascii_nocase("Outloo"));
  EXPECT_FALSE(stored.view().equals_ascii_nocase("Outlookx"));
  // U+014F has the low byte of 'O'; only whole units may count.
  EXPECT_FALSE(Stored(u"\u014Futlook").view().equals_ascii("Outlook"));
  // The Kelvin sign and the long s fold to ASCII letters in Unicode, which is not meant here.
  EXPECT_FALSE(Stored(u"\u212A").view().equals_ascii_nocase("k"));
}

TEST(Utf16, TrailingNulsCanBeCut) {
  EXPECT_EQ(Stored(std::u16string(u"ab\0\0", 4)).view().trim_nul().size(), 2u);
  EXPECT_EQ(Stored(std::u16string(u"a\0b", 3)).view().trim_nul().size(), 3u);
  EXPECT_TRUE(Stored(std::u16string(u"\0\0", 2)).view().trim_nul().empty());
  EXPECT_TRUE(Utf16View().trim_nul().empty());
}

TEST(FoldCase, LowersLatinGreekAndCyrillic) {
  EXPECT_EQ(fold_case("Die VERBINDUNG"), "die verbindung");
  EXPECT_EQ(fold_case("\u00C4\u00D6\u00DC \u00DF \u1E9E"), "\u00E4\u00F6\u00FC \u00DF \u00DF");
  EXPECT_EQ(fold_case("\u0141\u00D3D\u0179 \u010CE\u0160TINA \u0150\u0170"),
            "\u0142\u00F3d\u017A \u010De\u0161tina \u0151\u0171");
  EXPECT_EQ(fold_case("\u0395\u039B\u039B\u0397\u039D\u0399\u039A\u0386"),
            "\u03B5\u03BB\u03BB\u03B7\u03BD\u03B9\u03BA\u03AC");
  EXPECT_EQ(fold_case("\u0421\u041E\u0415\u0414\u0418\u041D\u0415\u041D\u0418\u0415 \u0401\u0407"),
            "\u0441\u043E\u0435\u0434\u0438\u043D\u0435\u043D\u0438\u0435 \u0451\u0457");
}

TEST(FoldCase, DoesNotDependOnTheLanguageOfTheMachine) {
  // Turkish locales lower I to a dotless i; the simple mapping does not.
  EXPECT_EQ(fold_case("ID"), "id");
  EXPECT_EQ(fold_case("\u0130"), "i");
  EXPECT_EQ(fold_case("\u0131"), "\u0131");
}

TEST(FoldCase, KeepsWhatHasNoCaseOrIsLowerAlready) {
  for (const char* text : {"", "\u00D7 \u00F7", "\u63A5\u7D9A", "\u05E9\u05DC\u05D5\u05DD",
                           "\u0648\u0635\u0644", "\u017F\u0138\u0149", "\xFF\xC3 ABC"}) {
    EXPECT_EQ(fold_case(text), text);
  }
}

TEST(FoldCase, FoldingTwiceChangesNothingMore) {
  for (char32_t c = 0; c <= 0x2FFF; ++c) {
    std::string text;
    append_code_point(text, c);
    const std::string once = fold_case(text);
    EXPECT_EQ(fold_case(once), once) << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace dropscope
