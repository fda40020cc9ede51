#include "formats/evtx/event.h"

#include <gtest/gtest.h>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

using test::BinXmlBytes;
using test::le;
using test::raw;
using test::utf16;

using Items = std::vector<std::pair<std::string, std::string>>;

Items items(const EventView& event, bool whole = true) {
  std::vector<EventView::Item> found;
  EXPECT_EQ(event.data(found), whole);
  Items out;
  for (const EventView::Item& item : found) out.emplace_back(item.name, item.text);
  return out;
}

/// The event in hand-made bytes, with what it needs to live.
struct Made {
  BinXmlBytes bytes;
  BinXmlReader reader;
  std::optional<EventView> event;

  explicit Made(BinXmlBytes content) : bytes(std::move(content)) {
    reader.begin_chunk(bytes.bytes());
    const auto fragment = reader.fragment(kChunkHeaderBytes, bytes.pos() - kChunkHeaderBytes);
    EXPECT_TRUE(fragment) << reader.error().what;
    if (fragment) event.emplace(reader, *fragment);
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
};

/// The only event in a log that the writer made.
struct Written {
  std::vector<std::byte> file;
  std::optional<LogReader> reader;
  LogRecord record;

  explicit Written(const EventSpec& spec) {
    Writer writer;
    const auto added = writer.add(spec);
    EXPECT_TRUE(added) << (added ? "" : added.error().text());
    file = writer.finish();
    auto opened = LogReader::open(file);
    EXPECT_TRUE(opened);
    if (!opened) return;
    reader.emplace(std::move(*opened));
    EXPECT_TRUE(reader->next(record));
    EXPECT_TRUE(record.event);
  }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  [[nodiscard]] const EventView& event() const { return *record.event; }
};

EventSpec outlook(RecordStyle style) {
  EventSpec spec;
  spec.style = style;
  spec.provider = "Outlook";
  spec.event_id = 26;
  spec.qualifiers = 16384;
  spec.time = *parse_utc("2024-05-13T08:00:02.1234567Z");
  spec.record_id = 4711;
  spec.channel = "Application";
  spec.computer = "PC-0001.example.com";
  spec.data.push_back({"", OwnedValue::string("Connection to Microsoft Exchange has been lost.")});
  return spec;
}

TEST(EvtxEvent, FieldsAreTheSameInEveryStyle) {
  for (const RecordStyle style :
       {RecordStyle::Classic, RecordStyle::Manifest, RecordStyle::Inline}) {
    EventSpec spec = outlook(style);
    spec.process_id = 11640;
    spec.thread_id = 7;
    spec.version = std::uint8_t{1};
    spec.opcode = std::uint8_t{2};
    spec.user_sid = OwnedValue::sid(5, {21, 1, 2, 3, 1001});
    spec.activity_id = Guid::parse("{0ead09bd-2157-539a-8d6d-c87f95b64d70}");
    const Written log(spec);
    const EventView& event = log.event();
    EXPECT_TRUE(event.provider().equals_ascii("Outlook"));
    EXPECT_EQ(event.event_id(), 26);
    EXPECT_EQ(event.time_created(), spec.time);
    EXPECT_EQ(event.number(Field::Qualifiers), 16384u);
    EXPECT_EQ(event.number(Field::Version), 1u);
    EXPECT_EQ(event.number(Field::Level), 4u);
    EXPECT_EQ(event.number(Field::Task, 99), 0u);
    EXPECT_EQ(event.number(Field::Opcode), 2u);
    EXPECT_EQ(event.number(Field::Keywords), 0x80000000000000u);
    EXPECT_EQ(event.number(Field::RecordId), 4711u);
    EXPECT_EQ(event.number(Field::ProcessId), 11640u);
    EXPECT_EQ(event.number(Field::ThreadId), 7u);
    EXPECT_EQ(event.field(Field::Channel).to_text(), "Application");
    EXPECT_EQ(event.field(Field::Computer).to_text(), "PC-0001.example.com");
    EXPECT_EQ(event.field(Field::UserId).to_text(), "S-1-5-21-1-2-3-1001");
    EXPECT_EQ(event.field(Field::ActivityId).as_guid(), spec.activity_id);
    EXPECT_EQ(items(event), (Items{{style == RecordStyle::Classic || spec.data[0].name.empty()
                                        ? "Data"
                                        : spec.data[0].name,
                                    "Connection to Microsoft Exchange has been lost."}}));
  }
}

TEST(EvtxEvent, FieldsThatAreMissingAreNull) {
  for (const RecordStyle style : {RecordStyle::Classic, RecordStyle::Inline}) {
    const Written log(outlook(style));
    for (const Field field : {Field::ProcessId, Field::Version, Field::ActivityId, Field::UserId,
                              Field::ProviderGuid, Field::RelatedActivityId}) {
      const ValueView value = log.event().field(field);
      EXPECT_TRUE(value.bytes.empty()) << static_cast<int>(field);
      EXPECT_EQ(log.event().number(field, 77), 77u);
    }
  }
}

TEST(EvtxEvent, NothingThatIsNoEventHasFields) {
  BinXmlBytes b;
  b.header().open(u"Other").close().open(u"System").close();
  b.open(u"EventID").close().text(u"26").end().end().end().eof();
  const Made made(std::move(b));
  EXPECT_EQ(made.event->event_id(), 0);
  EXPECT_FALSE(made.event->time_created());
  EXPECT_TRUE(made.event->provider().empty());
}

TEST(EvtxEvent, EmptyFragmentHasNoFieldsAndNoData) {
  const Made made(std::move(BinXmlBytes().header().eof()));
  EXPECT_EQ(made.event->event_id(), 0);
  EXPECT_EQ(items(*made.event), Items{});
}

/// Begins an event up to the end of its System element.
BinXmlBytes begin_event() {
  BinXmlBytes b;
  b.header().open(u"Event").close().open(u"System").close();
  b.open(u"Provider", true).attribute(u"Name").text(u"P").close_empty();
  b.open(u"EventID").close().text(u"26").end();
  b.open(u"Data").close().text(u"of System").end();
  b.end();
  return b;
}

TEST(EvtxEvent, DataWithNamesAndWithout) {
  auto b = begin_event();
  b.open(u"EventData", true).attribute(u"Name").text(u"Whole").close();
  b.open(u"Data", true).attribute(u"Name").text(u"first").close().text(u"1").end();
  b.open(u"Data").close().text(u"2").cdata(u"<3>").char_ref('4').entity(u"amp").entity(u"x");
  b.end();
  b.open(u"Data").close_empty();
  b.open(u"Binary").close().text(u"00FF").end();
  b.end().end().eof();
  const Made made(std::move(b));
  EXPECT_EQ(items(*made.event),
            (Items{{"first", "1"}, {"Data", "2<3>4&&x;"}, {"Data", ""}, {"Binary", "00FF"}}));
}

TEST(EvtxEvent, UserDataGivesItsLeaves) {
  auto b = begin_event();
  b.open(u"UserData").close().open(u"Alert", true).attribute(u"xmlns").text(u"urn:a").close();
  b.open(u"Code", true).attribute(u"Name").text(u"n").close().text(u"5").end();
  b.open(u"Group").close().open(u"Inner").close().text(u"6").end().end();
  b.end().end().end().eof();
  const Made made(std::move(b));
  EXPECT_EQ(items(*made.event), (Items{{"Code", "5"}, {"Inner", "6"}}));
}

TEST(EvtxEvent, RenderingInfoOfForwardedEventsIsNoData) {
  auto b = begin_event();
  b.open(u"EventData").close().open(u"Data").close().text(u"x").end().end();
  b.open(u"RenderingInfo").close().open(u"Message").close().text(u"words").end().end();
  b.end().eof();
  const Made made(std::move(b));
  EXPECT_EQ(items(*made.event), (Items{{"Data", "x"}}));
}

TEST(EvtxEvent, EventWithoutPayloadHasNoData) {
  auto b = begin_event();
  b.end().eof();
  const Made made(std::move(b));
  EXPECT_EQ(made.event->event_id(), 26);
  EXPECT_EQ(items(*made.event), Items{});
}

TEST(EvtxEvent, FieldsOfATemplateAreLiteralsOrSubstitutions) {
  BinXmlBytes b;
  b.header().begin_template();
  b.open(u"Event").close().open(u"System").close();
  b.open(u"Provider", true).attribute(u"Name").text(u"Fixed").close_empty();
  b.open(u"EventID", true).attribute(u"Qualifiers").optional(1, 0x06).close();
  b.optional(0, 0x06).end();
  b.open(u"Level").close().normal(9, 0x04).end();
  b.open(u"Task").close().text(u"1").text(u"2").end();
  b.end().end().end_template();
  b.values({{0x06, le(std::uint16_t{26})}, {0x06, le(std::uint16_t{7})}});
  const Made made(std::move(b));
  EXPECT_TRUE(made.event->provider().equals_ascii("Fixed"));
  EXPECT_EQ(made.event->event_id(), 26);
  EXPECT_EQ(made.event->number(Field::Qualifiers), 7u);
  // A substitution without a value, and a field of two parts, are none.
  EXPECT_EQ(made.event->number(Field::Level, 55), 55u);
  EXPECT_EQ(made.event->number(Field::Task, 55), 55u);
}

TEST(EvtxEvent, DataOfADamagedPayloadIsToldAndWhatIsThereIsGiven) {
  BinXmlBytes b;
  b.header().begin_template();
  b.open(u"Event").close().open(u"System").close().end();
  b.open(u"EventData").close();
  b.open(u"Data").close().text(u"before").end();
  b.normal(0, 0x21);
  b.open(u"Data").close().text(u"after").end();
  b.end().end().end_template().values({{0x21, raw({0x3f, 0x3f})}});
  const Made made(std::move(b));
  EXPECT_EQ(items(*made.event, false), (Items{{"Data", "before"}, {"Data", "after"}}));
}

TEST(EvtxEvent, ClassicStringsComeOneByOneWithTheBinary) {
  EventSpec spec = outlook(RecordStyle::Classic);
  spec.data = {{"", OwnedValue::string("one")},
               {"", OwnedValue::string("")},
               {"", OwnedValue::string("Dritte Zeile: Ä")}};
  spec.binary = raw({0x58, 0x00, 0xff});
  const Written log(spec);
  EXPECT_EQ(
      items(log.event()),
      (Items{{"Data", "one"}, {"Data", ""}, {"Data", "Dritte Zeile: Ä"}, {"Binary", "5800FF"}}));
}

TEST(EvtxEvent, ManifestValuesKeepNamesAndOrderAndNullsVanish) {
  EventSpec spec = outlook(RecordStyle::Manifest);
  spec.data = {{"n", OwnedValue::integer(ValueType::Int32, ~std::uint64_t{1})},
               {"gone", OwnedValue::null()},
               {"h", OwnedValue::integer(ValueType::HexInt64, 0x8000)},
               {"list", OwnedValue::string_array({"a", "", "b"})},
               {"t", OwnedValue::file_time(spec.time)}};
  const Written log(spec);
  EXPECT_EQ(items(log.event()), (Items{{"n", "-2"},
                                       {"h", "0x8000"},
                                       {"list", "a"},
                                       {"list", ""},
                                       {"list", "b"},
                                       {"t", "2024-05-13T08:00:02.1234567Z"}}));
}

}  // namespace
}  // namespace dropscope::evtx
