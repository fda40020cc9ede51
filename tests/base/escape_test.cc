#include "base/escape.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace dropscope {
namespace {

std::string escaped(std::u16string_view text, Markup markup) {
  std::vector<std::byte> bytes;
  for (const char16_t unit : text) {
    bytes.push_back(static_cast<std::byte>(unit & 0xff));
    bytes.push_back(static_cast<std::byte>(unit >> 8));
  }
  std::string out(text.size() * kEscapedPerUnit + kEscapeSlack, '\0');
  char* const end = put_escaped(out.data(), Utf16View(Bytes(bytes)), markup);
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

std::string escaped_utf8(std::string_view text, Markup markup) {
  std::string out(text.size() * kEscapedPerUnit + kEscapeSlack, '\0');
  char* const end = put_escaped(out.data(), text, markup);
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

TEST(Escape, XmlText) {
  EXPECT_EQ(escaped(u"a<b>&c'\"\t\r\n", Markup::XmlText), "a&lt;b&gt;&amp;c'\"\t\r\n");
  EXPECT_EQ(escaped(std::u16string_view(u"\x01\0\x1f\xfffe\xffff", 5), Markup::XmlText),
            "\ufffd\ufffd\ufffd\ufffd\ufffd");
}

TEST(Escape, XmlAttribute) {
  EXPECT_EQ(escaped(u"a<b>&c'\"\t\r\n", Markup::XmlAttribute),
            "a&lt;b&gt;&amp;c&apos;\"&#9;&#13;&#10;");
}

TEST(Escape, Json) {
  EXPECT_EQ(escaped(std::u16string_view(u"a\"\\/<\t\n\r\0\x1f", 10), Markup::Json),
            "a\\\"\\\\/<\\t\\n\\r\\u0000\\u001f");
  EXPECT_EQ(escaped(u"\xfffe", Markup::Json), "\xef\xbf\xbe");
}

TEST(Escape, SurrogatesArePairedOrReplaced) {
  const std::u16string units = {u'a', 0xd83d, 0xde00, 0xd83d, u'b', 0xde00};
  for (const Markup markup : {Markup::XmlText, Markup::XmlAttribute, Markup::Json}) {
    EXPECT_EQ(escaped(units, markup), "a\U0001F600\ufffdb\ufffd");
  }
}

TEST(Escape, Utf8IsTreatedLikeUtf16) {
  EXPECT_EQ(escaped_utf8("Gr\u00fc\u00dfe & \U0001F600\n", Markup::XmlAttribute),
            escaped(u"Gr\u00fc\u00dfe & \U0001F600\n", Markup::XmlAttribute));
  EXPECT_EQ(escaped_utf8("a\xff\xc3", Markup::Json), "a\ufffd\ufffd");
}

/// Every kernel finds the same run and writes the same bytes, wherever an odd character stands.
TEST(Escape, TheKernelsAgree) {
  using escape_detail::NarrowRun;
  const NarrowRun kernels[] = {escape_detail::narrow_run_sse2(), escape_detail::narrow_run_avx2()};
  const std::u16string odd = {u'&',   u'<',   u'>',   u'\'',  u'"',   u'\\',  u'\t',  0,
                              0x1f,   0x7f,   0x80,   0xff,   0x100,  0x2026, 0x7fff, 0x8000,
                              0xd800, 0xdc00, 0xfffe, 0xffff, 0x3c00, 0x26ff};
  std::mt19937_64 engine(20261123);
  for (std::size_t units = 0; units < 150; ++units) {
    for (int round = 0; round < 60; ++round) {
      std::vector<std::byte> bytes(2 * units);
      for (std::size_t i = 0; i < units; ++i) {
        // Odd ones are rare, so that long runs occur.
        const bool is_odd = engine() % 40 == 0;
        const char16_t unit =
            is_odd ? odd[engine() % odd.size()] : static_cast<char16_t>('A' + engine() % 26);
        store_le(bytes.data() + 2 * i, static_cast<std::uint16_t>(unit));
      }
      for (const Markup markup : {Markup::XmlText, Markup::XmlAttribute, Markup::Json}) {
        std::string expected(units + kEscapeSlack, '\0');
        const std::size_t run =
            escape_detail::narrow_run_portable(expected.data(), bytes.data(), units, markup);
        for (const NarrowRun kernel : kernels) {
          if (kernel == nullptr) continue;
          std::string got(units + kEscapeSlack, '\0');
          ASSERT_EQ(kernel(got.data(), bytes.data(), units, markup), run) << units;
          ASSERT_EQ(got.substr(0, run), expected.substr(0, run)) << units;
        }
      }
    }
  }
}

}  // namespace
}  // namespace dropscope
