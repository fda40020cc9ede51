#include "formats/evtx/binxml.h"

#include <gtest/gtest.h>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/xml.h"
#include "formats/evtx/xml_check.h"

namespace dropscope::evtx {
namespace {

using test::BinXmlBytes;
using test::le;
using test::raw;
using test::TestValue;
using test::utf16;

constexpr int kString = 0x01;
constexpr int kNested = 0x21;
constexpr int kArray = 0x80;

/// The XML of what was written from `from` on, or "error: …". A damaged part adds "[damaged]".
std::string render(const BinXmlBytes& bytes, std::size_t from = kChunkHeaderBytes) {
  BinXmlReader reader;
  reader.begin_chunk(bytes.bytes());
  const auto fragment = reader.fragment(from, bytes.pos() - from);
  if (!fragment) return std::string("error: ") + reader.error().what;
  std::string out;
  if (!append_xml(out, reader, *fragment)) out += "[damaged]";
  return out;
}

/// Bytes of a fragment that is to be nested as a value; inline, with names in place, so its own
/// position in the chunk must be known: the names refer to it.
std::vector<std::byte> tail(const BinXmlBytes& bytes, std::size_t from) {
  return {bytes.bytes().begin() + static_cast<std::ptrdiff_t>(from), bytes.bytes().end()};
}

TEST(EvtxBinXml, InlineElementsAttributesAndText) {
  BinXmlBytes b;
  b.header().open(u"Event", true).attribute(u"xmlns").text(u"urn:x").close();
  b.open(u"Data").close().text(u"a<b&c>d").end();
  b.open(u"Empty").close_empty();
  b.open(u"None").close().end();
  b.end().eof();
  EXPECT_EQ(render(b),
            "<Event xmlns='urn:x'><Data>a&lt;b&amp;c&gt;d</Data><Empty/><None></None></Event>");
}

TEST(EvtxBinXml, EndOfFragmentMayBeMissing) {
  BinXmlBytes b;
  b.header().open(u"E").close().end();
  EXPECT_EQ(render(b), "<E></E>");
}

TEST(EvtxBinXml, NamesStoredElsewhere) {
  BinXmlBytes b;
  const std::size_t stored = b.pos();
  b.u32(0).u16(name_hash(u"Shared")).u16(6).append(utf16(u"Shared")).u16(0);
  const std::size_t from = b.pos();
  b.header().open_ref(stored).close().open_ref(stored).close_empty().end().eof();
  EXPECT_EQ(render(b, from), "<Shared><Shared/></Shared>");
}

TEST(EvtxBinXml, NamesOutsideTheChunkAreErrors) {
  for (const std::size_t offset : {std::size_t{70'000}, std::size_t{0xfffffff8}}) {
    BinXmlBytes b;
    b.header().open_ref(offset).close_empty().eof();
    EXPECT_EQ(render(b), "error: offset of a name points outside the chunk");
  }
  BinXmlBytes b;
  b.u32(0).u16(0).u16(60'000);
  const std::size_t from = b.pos();
  b.header().open_ref(from - 8).close_empty().eof();
  EXPECT_EQ(render(b, from), "error: name reaches beyond the chunk");
}

TEST(EvtxBinXml, CDataReferencesAndInstructions) {
  BinXmlBytes b;
  b.header().open(u"E").close();
  b.cdata(u"<&]]>").char_ref('A').char_ref(0x20ac).entity(u"lt").entity(u"nbsp");
  b.pi(u"target", u"a?>b").end().eof();
  EXPECT_EQ(render(b), "<E>&lt;&amp;]]&gt;&#65;&#8364;&lt;&amp;nbsp;<?target a? >b?></E>");
}

TEST(EvtxBinXml, AttributeOfSeveralParts) {
  BinXmlBytes b;
  b.header().open(u"E", true).attribute(u"a").text(u"x'\n").char_ref('y').entity(u"amp");
  b.attribute(u"b").close_empty().eof();
  EXPECT_EQ(render(b), "<E a='x&apos;&#10;&#121;&amp;' b=''/>");
}

/// <E a='%0'><D>%1</D><L>%1!</L></E> with optional substitutions.
BinXmlBytes small_template() {
  BinXmlBytes b;
  b.header().begin_template();
  b.open(u"E", true).attribute(u"a").optional(0, kString).close();
  b.open(u"D").close().optional(1, kString).end();
  b.open(u"L").close().optional(1, kString).text(u"!").end();
  b.end().end_template();
  return b;
}

TEST(EvtxBinXml, SubstitutionsFillATemplate) {
  auto b = small_template();
  b.values({{kString, utf16(u"1")}, {0x08, le(std::uint32_t{2})}});
  EXPECT_EQ(render(b), "<E a='1'><D>2</D><L>2!</L></E>");
}

TEST(EvtxBinXml, OptionalNullVanishes) {
  auto b = small_template();
  b.values({{0, {}}, {0, {}}});
  EXPECT_EQ(render(b), "<E><L>!</L></E>");
}

TEST(EvtxBinXml, MissingValuesCountAsNull) {
  auto b = small_template();
  b.values({});
  EXPECT_EQ(render(b), "<E><L>!</L></E>");
}

TEST(EvtxBinXml, NormalNullStaysEmpty) {
  BinXmlBytes b;
  b.header().begin_template();
  b.open(u"E", true).attribute(u"a").normal(0, kString).close().normal(0, kString).end();
  b.end_template().values({{0, {}}});
  EXPECT_EQ(render(b), "<E a=''></E>");
}

TEST(EvtxBinXml, EmptyStringDoesNotVanish) {
  auto b = small_template();
  b.values({{kString, {}}, {kString, {}}});
  EXPECT_EQ(render(b), "<E a=''><D></D><L>!</L></E>");
}

TEST(EvtxBinXml, ArrayRepeatsTheElementItFills) {
  auto b = small_template();
  b.values({{0, {}}, {kString | kArray, utf16(std::u16string_view(u"x\0\0y\0", 5))}});
  EXPECT_EQ(render(b), "<E><D>x</D><D></D><D>y</D><L>x, , y!</L></E>");
}

TEST(EvtxBinXml, ArrayWithoutElementsLeavesOneEmptyElement) {
  auto b = small_template();
  b.values({{0, {}}, {kString | kArray, {}}});
  EXPECT_EQ(render(b), "<E><D></D><L>!</L></E>");
}

TEST(EvtxBinXml, ArraysOfNumbers) {
  auto b = small_template();
  b.values({{0, {}}, {0x06 | kArray, raw({1, 0, 0xff, 0xff})}});
  EXPECT_EQ(render(b), "<E><D>1</D><D>65535</D><L>1, 65535!</L></E>");
}

TEST(EvtxBinXml, TemplateIsUsedAgain) {
  auto b = small_template();
  b.values({{kString, utf16(u"first")}, {0, {}}});
  const std::size_t second = b.pos();
  b.header().use_template(b.template_offset()).values({{kString, utf16(u"second")}, {0, {}}});
  EXPECT_EQ(render(b, second), "<E a='second'><L>!</L></E>");

  BinXmlReader reader;
  reader.begin_chunk(b.bytes());
  const auto one = reader.fragment(kChunkHeaderBytes, second - kChunkHeaderBytes);
  ASSERT_TRUE(one);
  const Program* program = one->program;
  const auto two = reader.fragment(second, b.pos() - second);
  ASSERT_TRUE(two);
  EXPECT_EQ(two->program, program);
}

TEST(EvtxBinXml, TemplateOffsetsThatPointNowhere) {
  for (const std::size_t offset : {std::size_t{66'000}, std::size_t{0xffffffff}}) {
    BinXmlBytes b;
    b.header().use_template(offset).values({});
    EXPECT_EQ(render(b), "error: offset of a template points outside the chunk");
  }
  BinXmlBytes b;
  b.header().use_template(0).values({});
  // The chunk header is zero here: a template without any operation.
  EXPECT_EQ(render(b), "");
}

TEST(EvtxBinXml, TemplateThatIsItsOwnInstance) {
  BinXmlBytes b;
  b.header();
  const std::size_t instance = b.pos();
  b.use_template(instance).values({{kString, utf16(u"x")}});
  EXPECT_TRUE(render(b).starts_with("error: ")) << render(b);
}

TEST(EvtxBinXml, TemplateLargerThanTheRecord) {
  auto b = small_template();
  b.set_u32(b.template_offset() + 20, 60'000);
  b.values({});
  EXPECT_EQ(render(b), "error: template reaches beyond the chunk");
  // Room in the chunk, but not in the record.
  b.buffer().resize(kChunkBytes);
  BinXmlReader reader;
  reader.begin_chunk(b.bytes());
  EXPECT_FALSE(reader.fragment(kChunkHeaderBytes, 200));
}

TEST(EvtxBinXml, DamagedTemplateStaysDamaged) {
  BinXmlBytes b;
  b.header().begin_template().u8(0x3f).end_template().values({});
  const std::size_t second = b.pos();
  b.header().use_template(b.template_offset()).values({});
  BinXmlReader reader;
  reader.begin_chunk(b.bytes());
  EXPECT_FALSE(reader.fragment(kChunkHeaderBytes, second - kChunkHeaderBytes));
  EXPECT_STREQ(reader.error().what, "unknown BinXML token");
  EXPECT_FALSE(reader.fragment(second, b.pos() - second));
  EXPECT_STREQ(reader.error().what, "template is damaged");
}

TEST(EvtxBinXml, SubstitutionCountsTooLarge) {
  for (const std::size_t count :
       {std::size_t{3}, std::size_t{0x40000000}, std::size_t{0xffffffff}}) {
    auto b = small_template();
    b.u32(count).u32(0).u32(0);
    EXPECT_EQ(render(b), "error: more substitution values than bytes") << count;
  }
  auto b = small_template();
  EXPECT_EQ(render(b), "error: number of substitution values is cut off");
}

TEST(EvtxBinXml, SubstitutionValueTooLarge) {
  auto b = small_template();
  b.u32(1).u16(9).u8(kString).u8(0).append(utf16(u"four"));
  EXPECT_EQ(render(b), "error: substitution values reach beyond the record");
}

/// A template <E>%0</E> whose value is the fragment that `fill` writes where the value will stand.
template <typename Fill>
BinXmlBytes with_nested(Fill fill) {
  BinXmlBytes b;
  b.header().begin_template();
  b.open(u"E").close().optional(0, kNested).end().end_template();
  b.u32(1);
  const std::size_t descriptor = b.pos();
  b.u32(kNested << 16);
  const std::size_t begin = b.pos();
  fill(b);
  b.set_u32(descriptor, (b.pos() - begin) | kNested << 16);
  return b;
}

TEST(EvtxBinXml, NestedFragmentWithoutTemplateHasNoDependencyIdentifiers) {
  const auto b = with_nested([](BinXmlBytes& nested) {
    nested.header().open(u"N", true).attribute(u"k").text(u"v").close().text(u"t").end().eof();
  });
  EXPECT_EQ(render(b), "<E><N k='v'>t</N></E>");
}

TEST(EvtxBinXml, NestedFragmentWithItsOwnTemplate) {
  const auto b = with_nested([](BinXmlBytes& nested) {
    nested.header().begin_template();
    nested.open(u"N").close().normal(0, 0x04).end().end_template().values({{0x04, raw({9})}});
  });
  EXPECT_EQ(render(b), "<E><N>9</N></E>");
}

TEST(EvtxBinXml, NestedFragmentThatIsDamagedIsToldAndTheRestStays) {
  const auto b = with_nested([](BinXmlBytes& nested) { nested.header().u8(0x3f); });
  EXPECT_EQ(render(b), "<E></E>[damaged]");
  EXPECT_EQ(render(with_nested([](BinXmlBytes&) {})), "<E></E>");
}

TEST(EvtxBinXml, FragmentsNestOnlySoDeep) {
  // Each level is an instance of the outermost template around the next.
  for (int levels = 1; levels < 12; ++levels) {
    BinXmlBytes b;
    b.header().begin_template();
    b.open(u"E").close().optional(0, kNested).end().end_template();
    const std::size_t definition = b.template_offset();
    std::vector<std::byte> value;
    for (int i = 1; i < levels; ++i) {
      BinXmlBytes inner;
      inner.header().use_template(definition).values({{kNested, value}});
      value = tail(inner, kChunkHeaderBytes);
    }
    b.values({{kNested, value}});
    const std::string xml = render(b);
    EXPECT_EQ(xml.ends_with("[damaged]"), levels > BinXmlReader::kMaxFragments) << levels;
    EXPECT_TRUE(test::XmlCheck::parse(xml));
  }
}

TEST(EvtxBinXml, ElementsNestOnlySoDeep) {
  for (const int levels : {kMaxDepth, kMaxDepth + 1}) {
    BinXmlBytes b;
    b.header();
    for (int i = 0; i < levels; ++i) b.open(u"E").close();
    for (int i = 0; i < levels; ++i) b.end();
    b.eof();
    if (levels <= kMaxDepth) {
      EXPECT_TRUE(test::XmlCheck::parse(render(b)));
    } else {
      EXPECT_EQ(render(b), "error: elements are nested too deeply");
    }
  }
}

TEST(EvtxBinXml, ElementsHaveOnlySoManyAttributes) {
  for (const int count : {kMaxAttributes, kMaxAttributes + 1}) {
    BinXmlBytes b;
    b.header().open(u"E", true);
    for (int i = 0; i < count; ++i) b.attribute(std::u16string(1, static_cast<char16_t>(u'À' + i)));
    b.close_empty().eof();
    EXPECT_EQ(render(b).starts_with("error: "), count > kMaxAttributes);
  }
}

TEST(EvtxBinXml, TokensThatDoNotMatch) {
  EXPECT_EQ(render(BinXmlBytes().header().end()), "error: end of an element that was not opened");
  EXPECT_EQ(render(BinXmlBytes().header().open(u"E").close()),
            "error: element is not closed before the fragment ends");
  EXPECT_EQ(render(BinXmlBytes().header().open(u"E").text(u"x")),
            "error: start of an element is not closed");
  EXPECT_EQ(render(BinXmlBytes().header().open(u"E")), "error: start of an element is cut off");
  EXPECT_EQ(render(BinXmlBytes().header().u8(0x10)), "error: unknown BinXML token");
  EXPECT_EQ(render(BinXmlBytes().header().u8(0x05).u8(0x08).u32(5)),
            "error: literal value of a type other than string");
}

TEST(EvtxBinXml, EveryCutIsAnErrorOrBalanced) {
  auto b = small_template();
  b.values(
      {{kString, utf16(u"abc")}, {kString | kArray, utf16(std::u16string_view(u"d\0e\0", 4))}});
  for (std::size_t size = 0; size < b.pos() - kChunkHeaderBytes; ++size) {
    // The bytes end with the cut, so that reading past it would be noticed by a sanitizer.
    const std::vector<std::byte> cut(
        b.bytes().begin(),
        b.bytes().begin() + static_cast<std::ptrdiff_t>(kChunkHeaderBytes + size));
    BinXmlReader reader;
    reader.begin_chunk(cut);
    const auto fragment = reader.fragment(kChunkHeaderBytes, size);
    if (!fragment) continue;
    std::string xml;
    append_xml(xml, reader, *fragment);
    EXPECT_TRUE(test::XmlCheck::parse(xml)) << xml;
  }
}

TEST(EvtxBinXml, FragmentOutsideTheChunk) {
  const auto b = small_template();
  BinXmlReader reader;
  reader.begin_chunk(b.bytes());
  EXPECT_FALSE(reader.fragment(b.pos() + 1, 0));
  EXPECT_FALSE(reader.fragment(b.pos() - 1, 2));
  EXPECT_FALSE(reader.fragment(kChunkHeaderBytes, ~std::size_t{0}));
}

TEST(EvtxBinXml, NextChunkForgetsTheTemplatesOfTheLast) {
  auto b = small_template();
  b.values({{kString, utf16(u"1")}, {0, {}}});
  BinXmlBytes other;
  other.header().begin_template().open(u"Other").close_empty().end_template().values({});
  BinXmlReader reader;
  for (int i = 0; i < 3; ++i) {
    for (const BinXmlBytes* bytes : {&b, &other}) {
      reader.begin_chunk(bytes->bytes());
      const auto fragment = reader.fragment(kChunkHeaderBytes, bytes->pos() - kChunkHeaderBytes);
      ASSERT_TRUE(fragment);
      std::string xml;
      append_xml(xml, reader, *fragment);
      EXPECT_EQ(xml, bytes == &b ? "<E a='1'><L>!</L></E>" : "<Other/>");
    }
  }
}

TEST(EvtxBinXml, ValueThatIsSubstitutedOverAndOverIsBounded) {
  // 7,000 references to a value of 30,000 bytes: 210 MB if nobody counts.
  BinXmlBytes b;
  b.header().begin_template().open(u"E").close();
  for (int i = 0; i < 7000; ++i) b.normal(0, kString);
  b.end().end_template().values({{0x0e, std::vector<std::byte>(30'000)}});
  const std::string xml = render(b);
  EXPECT_TRUE(xml.ends_with("</E>[damaged]"));
  EXPECT_LT(xml.size(), 20u << 20);
}

TEST(EvtxBinXml, ArrayThatRepeatsManyAttributesIsBounded) {
  BinXmlBytes b;
  b.header().begin_template().open(u"E", true);
  for (int i = 0; i < kMaxAttributes; ++i) {
    b.attribute(std::u16string(1, static_cast<char16_t>(u'À' + i))).normal(0, kString);
  }
  b.close().normal(0, kString).end().end_template();
  b.values({{0x04 | kArray, std::vector<std::byte>(20'000)}});
  const std::string xml = render(b);
  EXPECT_TRUE(xml.ends_with("[damaged]"));
  EXPECT_LT(xml.size(), 20u << 20);
  EXPECT_TRUE(test::XmlCheck::parse(xml));
}

TEST(EvtxBinXml, FragmentsThatMultiplyAreBounded) {
  // A template that nests its value a hundred times; seven levels of it would be 10^14 elements.
  BinXmlBytes b;
  b.header().begin_template().open(u"E").close();
  for (int i = 0; i < 100; ++i) b.normal(0, kNested);
  b.end().end_template();
  std::vector<std::byte> value;
  for (int i = 1; i < BinXmlReader::kMaxFragments; ++i) {
    BinXmlBytes inner;
    inner.header().use_template(b.template_offset()).values({{kNested, value}});
    value = tail(inner, kChunkHeaderBytes);
  }
  b.values({{kNested, value}});
  const std::string xml = render(b);
  EXPECT_TRUE(xml.ends_with("[damaged]"));
  EXPECT_LT(xml.size(), 20u << 20);
  EXPECT_TRUE(test::XmlCheck::parse(xml));
}

TEST(EvtxBinXml, TemplatesThatOverlapAreBounded) {
  // A header of 24 bytes that is also the end of the template before it: "07 size size" begins a
  // CDATA section, which steps over the next header. Each template therefore contains all that
  // follow it, and a thousand of them would compile to millions of operations.
  constexpr std::size_t kTemplates = 1000;
  constexpr std::size_t kStep = 35;  // CDATA of 32 bytes with its token.
  BinXmlBytes b;
  const std::size_t first = b.pos();
  const std::size_t end = first + kTemplates * kStep;
  for (std::size_t i = 0; i < kTemplates; ++i) {
    const std::size_t at = b.pos();
    b.u8(0x07).u16(16).append(std::vector<std::byte>(32));
    // The template begins so that its tokens begin with the next CDATA section.
    b.set_u32(at + kStep - 4, end - at - kStep);
  }
  const std::size_t from = b.pos();
  for (std::size_t i = 0; i < kTemplates; ++i) {
    b.header().use_template(first + i * kStep + kStep - 24).u32(0);
  }
  BinXmlReader reader;
  reader.begin_chunk(b.bytes());
  std::size_t good = 0;
  for (std::size_t i = 0; i < kTemplates; ++i) {
    const auto fragment = reader.fragment(from + i * 18, 18);
    if (!fragment) {
      EXPECT_STREQ(reader.error().what, "templates of the chunk overlap");
      continue;
    }
    ++good;
    EXPECT_EQ(fragment->program->ops.size(), kTemplates - 1 - i);
  }
  // Sixteen times the chunk's bytes are allowed; the first templates take about 33,000 each.
  EXPECT_GT(good, 25u);
  EXPECT_LT(good, 200u);
}

}  // namespace
}  // namespace dropscope::evtx
