#include "formats/evtx/template_store.h"

#include <gtest/gtest.h>

#include "formats/evtx/binxml.h"
#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/xml.h"

namespace dropscope::evtx {
namespace {

using test::BinXmlBytes;
using test::utf16;

/// A chunk with one record `<Name a='TEXT'>VALUE</Name>`, made from a template.
struct Sample {
  std::u16string_view name = u"Name";
  std::u16string_view text = u"text";
  std::size_t padding = 0;   ///< Bytes before the record.
  bool name_before = false;  ///< The name stands before the record instead of in it.
  bool optional = false;
};

struct Made {
  BinXmlBytes bytes;
  std::size_t at = 0;
};

Made make(const Sample& sample) {
  Made out;
  BinXmlBytes& b = out.bytes;
  b.append(std::vector<std::byte>(sample.padding));
  std::size_t name = 0;
  if (sample.name_before) {
    b.name(sample.name);
    name = b.pos() - 10 - 2 * sample.name.size();
  }
  out.at = b.pos();
  b.header().begin_template();
  if (sample.name_before) {
    b.open_ref(name, true);
  } else {
    b.open(sample.name, true);
  }
  b.attribute(u"a").text(sample.text).close();
  if (sample.optional) {
    b.optional(0, 1);
  } else {
    b.normal(0, 1);
  }
  b.end().end_template().values({{1, utf16(u"value")}});
  return out;
}

class Reader {
 public:
  explicit Reader(KeepTemplates keep = KeepTemplates::Yes) : reader_(keep) {}

  /// The number of the record's template, with its XML in `xml`.
  std::uint32_t read(const Made& made) {
    reader_.begin_chunk(made.bytes.bytes());
    const auto fragment = reader_.fragment(made.at, made.bytes.pos() - made.at);
    xml.clear();
    if (!fragment) return Program::kInline;
    EXPECT_TRUE(append_xml(xml, reader_, *fragment));
    return fragment->program->number;
  }
  [[nodiscard]] std::uint64_t generation() const { return reader_.generation(); }

  std::string xml;

 private:
  BinXmlReader reader_;
};

TEST(EvtxTemplateStore, KnowsATemplateInAnotherChunk) {
  const Made first = make({});
  const Made moved = make({.padding = 52});
  const Made named_before = make({.name_before = true});
  Reader reader;
  EXPECT_EQ(reader.read(first), 0u);
  const std::uint64_t generation = reader.generation();
  EXPECT_EQ(reader.xml, "<Name a='text'>value</Name>");
  for (const Made* again : {&moved, &named_before, &first}) {
    EXPECT_EQ(reader.read(*again), 0u);
    EXPECT_EQ(reader.xml, "<Name a='text'>value</Name>");
  }
  EXPECT_EQ(reader.generation(), generation);
}

TEST(EvtxTemplateStore, TellsTemplatesApart) {
  Reader reader;
  EXPECT_EQ(reader.read(make({})), 0u);
  EXPECT_EQ(reader.read(make({.name = u"Nane"})), 1u);
  EXPECT_EQ(reader.xml, "<Nane a='text'>value</Nane>");
  EXPECT_EQ(reader.read(make({.name = u"Nam"})), 2u);
  EXPECT_EQ(reader.read(make({.text = u"texts"})), 3u);
  EXPECT_EQ(reader.xml, "<Name a='texts'>value</Name>");
  // No more than four of a GUID are compared, so the first is not known any more.
  EXPECT_EQ(reader.read(make({.optional = true})), 4u);
  EXPECT_EQ(reader.read(make({.padding = 8, .optional = true})), 4u);
  EXPECT_EQ(reader.read(make({})), 5u);
}

TEST(EvtxTemplateStore, ReadsDamageAsIfItKnewNothing) {
  const Made sound = make({});
  for (std::size_t i = sound.at; i < sound.bytes.pos(); ++i) {
    for (const int change : {1, 0x40, 0xff}) {
      Made damaged = sound;
      damaged.bytes.buffer()[i] ^= static_cast<std::byte>(change);
      Reader knows;
      Reader alone(KeepTemplates::No);
      EXPECT_EQ(knows.read(sound), 0u);
      const bool read = knows.read(damaged) != Program::kInline;
      EXPECT_EQ(read, alone.read(damaged) != Program::kInline) << i;
      EXPECT_EQ(knows.xml, alone.xml) << i;
    }
  }
}

/// Nothing to keep and nothing to compare; what sanitizers said of null pointers.
TEST(EvtxTemplateStore, KnowsATemplateWithoutBytes) {
  BinXmlBytes made;
  made.header();
  made.u8(0x0c).u8(1).u32(7).u32(made.pos() + 4);
  made.u32(0).append(std::vector<std::byte>(16)).u32(0).u32(0);
  BinXmlReader reader;
  for (int i = 0; i < 2; ++i) {
    reader.begin_chunk(made.bytes());
    const auto fragment = reader.fragment(kChunkHeaderBytes, made.pos() - kChunkHeaderBytes);
    ASSERT_TRUE(fragment);
    EXPECT_EQ(fragment->program->number, 0u);
    EXPECT_TRUE(fragment->program->ops.empty());
  }
}

TEST(EvtxTemplateStore, ForgetsWhatIsTooMuchToKeep) {
  Reader reader;
  reader.read(make({}));
  const std::uint64_t generation = reader.generation();
  // Each costs about 24 KiB of the two megabytes that are kept.
  for (int i = 0; i < 200; ++i) {
    const std::u16string text(12'000, static_cast<char16_t>(u'A' + i));
    EXPECT_NE(reader.read(make({.text = text})), Program::kInline);
  }
  EXPECT_NE(reader.generation(), generation);
  EXPECT_EQ(reader.read(make({.text = u"after"})), reader.read(make({.text = u"after"})));
  EXPECT_EQ(reader.xml, "<Name a='after'>value</Name>");
}

}  // namespace
}  // namespace dropscope::evtx
