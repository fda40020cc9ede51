// Patterns and parts of text in UTF-16 give what they give in the text that is rendered.

#include "formats/evtx/text_match.h"

#include <gtest/gtest.h>

#include <random>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/filter_reference.h"
#include "formats/evtx/random_event.h"

namespace dropscope::evtx {
namespace {

using test::utf16;

bool fits(std::string_view pattern, std::u16string_view name) {
  return NamePattern(pattern).matches(Utf16View(utf16(name)));
}
bool is_in(std::string_view part, std::u16string_view text) {
  return TextPart(part).is_in(Utf16View(utf16(text)));
}

TEST(EvtxTextMatch, PatternsFitTheWholeName) {
  EXPECT_TRUE(fits("Outlook", u"OUTLOOK"));
  EXPECT_FALSE(fits("Outlook", u"Outlook Express"));
  EXPECT_TRUE(fits("out*", u"Outlook Express"));
  EXPECT_TRUE(fits("*o*e*s", u"Outlook Express"));
  EXPECT_FALSE(fits("*o*z*", u"Outlook Express"));
  EXPECT_TRUE(fits("*", u""));
  EXPECT_TRUE(fits("", u""));
  EXPECT_FALSE(fits("", u"x"));
  // Only ASCII is compared without case, in the Turkish locale of the tests too.
  EXPECT_TRUE(fits("INDIGO", u"indigo"));
  EXPECT_FALSE(fits("Ü", u"ü"));
}

TEST(EvtxTextMatch, PartsAreFoundWithoutCaseAndLineBreaks) {
  EXPECT_TRUE(is_in("größe", u"Die GRÖßE"));
  EXPECT_TRUE(is_in("two lines", u"Two\r\nLines"));
  EXPECT_TRUE(is_in("two\nlines", u"two\tlines"));
  EXPECT_TRUE(is_in("i", u"\u0130"));
  EXPECT_TRUE(is_in("", u""));
  EXPECT_FALSE(is_in("a", u""));
  EXPECT_TRUE(is_in("aab", u"aaab"));
}

TEST(EvtxTextMatch, UnpairedSurrogatesAreTheCharacterThatReplacesThem) {
  const std::u16string broken = {u'a', char16_t{0xD83D}, u'b', char16_t{0xDE00}};
  EXPECT_TRUE(is_in("a\uFFFDb\uFFFD", broken));
  EXPECT_TRUE(fits("a\uFFFDb\uFFFD", broken));
  EXPECT_TRUE(is_in("\U0001F600", u"x\U0001F600y"));
  EXPECT_FALSE(is_in("\uFFFD", u"x\U0001F600y"));
  EXPECT_TRUE(fits("x*y", u"x\U0001F600y"));
  // Bytes that are no UTF-8 count as the same character.
  EXPECT_TRUE(is_in("a\xFF", broken));
}

TEST(EvtxTextMatch, SearchesAgreeWithSearchesInUtf8) {
  std::mt19937_64 engine(41);
  for (int i = 0; i < 20'000; ++i) {
    std::u16string units;
    for (std::uint64_t n = draw(engine, 12); n > 0; --n) {
      constexpr char16_t kUnits[] = {u'a',   u'A',   u'b',   u'.',   u'\r',  u'\n',  u'\t', u' ',
                                     0xD83D, 0xDE00, 0xFFFD, 0x0130, 0x00C4, 0x00E4, u'i',  0};
      units += kUnits[draw(engine, std::size(kUnits))];
    }
    const std::vector<std::byte> bytes = utf16(units);
    const Utf16View text{Bytes(bytes)};
    const std::string utf8 = to_utf8(text);
    const std::size_t from = draw(engine, utf8.size() + 1);
    const std::string part = test::mended(utf8.substr(from, draw(engine, 5)));
    const TextPart wanted(draw(engine, 2) == 0 ? fold_case(part) : part + "a");
    const bool found = plain_text(utf8).find(wanted.plain()) != std::string::npos;
    ASSERT_EQ(wanted.is_in(text), found) << utf8 << " / " << part;
    ASSERT_EQ(wanted.is_in(utf8), found) << utf8 << " / " << part;
    const std::string pattern = part + (draw(engine, 2) == 0 ? "*" : "");
    ASSERT_EQ(NamePattern(pattern).matches(text), test::pattern_fits(pattern, utf8)) << pattern;
    ASSERT_EQ(NamePattern("*" + pattern).matches(text), test::pattern_fits("*" + pattern, utf8));
  }
}

}  // namespace
}  // namespace dropscope::evtx
