// What the writer writes, the reader reads: for random events of every style, value type and odd
// string, and however the events fall into chunks.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/utf16.h"
#include "formats/evtx/exercise.h"
#include "formats/evtx/random_event.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/writer.h"
#include "formats/evtx/xml.h"
#include "formats/evtx/xml_check.h"

namespace dropscope::evtx {
namespace {

using test::XmlCheck;
using test::XmlNode;

std::vector<EventSpec> random_events(std::uint64_t seed, std::size_t count,
                                     const RandomEventLimits& limits = {}) {
  std::mt19937_64 engine(seed);
  std::vector<EventSpec> out;
  std::uint64_t id = 1;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(random_event(engine, limits));
    id += 1 + draw(engine, 3);
    out.back().record_id = id;
  }
  return out;
}

std::vector<std::byte> write(const std::vector<EventSpec>& events) {
  Writer writer;
  for (const EventSpec& event : events) {
    const auto added = writer.add(event);
    EXPECT_TRUE(added) << (added ? "" : added.error().text());
  }
  return writer.finish();
}

std::string text_of(const OwnedValue& value) {
  return ValueView{value.type, value.array, value.bytes}.to_text();
}

std::string xml_of(const EventView& event) {
  std::string xml;
  EXPECT_TRUE(append_xml(xml, event.reader(), event.fragment()));
  return xml;
}

/// The Data items that a reader is to find, with the name "Data" where they have none.
std::vector<EventView::Item> expected_items(const EventSpec& spec) {
  std::vector<EventView::Item> out;
  for (const DataItem& item : spec.data) {
    const std::string name = item.name.empty() ? "Data" : item.name;
    const ValueView view{item.value.type, item.value.array, item.value.bytes};
    if (spec.style == RecordStyle::Manifest && view.vanishes()) continue;
    if (spec.style == RecordStyle::Inline && view.array && view.bytes.empty()) continue;
    const bool single = spec.style == RecordStyle::Classic || !view.array || view.bytes.empty();
    if (single) {
      out.push_back({name, view.to_text()});
    } else {
      view.for_each_element([&](const ValueView& part) { out.push_back({name, part.to_text()}); });
    }
  }
  if (spec.binary) {
    out.push_back({"Binary", ValueView{ValueType::Binary, false, *spec.binary}.to_text()});
  }
  return out;
}

/// As an XML parser gives it: line ends become line feeds (XML 1.0, 2.11).
std::string line_feeds(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else {
      out += text[i];
    }
  }
  return out;
}

void expect_fields(const EventView& event, const EventSpec& spec) {
  EXPECT_EQ(to_utf8(event.provider()), spec.provider);
  EXPECT_EQ(event.event_id(), spec.event_id);
  EXPECT_EQ(event.time_created(), spec.time);
  EXPECT_EQ(event.number(Field::Qualifiers, 70'000),
            spec.qualifiers ? std::uint64_t{*spec.qualifiers} : 70'000);
  EXPECT_EQ(event.number(Field::Level, 999), spec.level);
  EXPECT_EQ(event.number(Field::Task, 99'999), spec.task);
  EXPECT_EQ(event.number(Field::Keywords, 1), spec.keywords);
  EXPECT_EQ(event.number(Field::RecordId), spec.record_id);
  EXPECT_EQ(event.field(Field::ActivityId).as_guid(), spec.activity_id);
  EXPECT_EQ(event.field(Field::Channel).to_text(), spec.channel);
  EXPECT_EQ(event.field(Field::Computer).to_text(), spec.computer);
  EXPECT_EQ(event.field(Field::UserId).to_text(), spec.user_sid ? text_of(*spec.user_sid) : "");
  EXPECT_EQ(event.number(Field::ProcessId, ~std::uint64_t{0}),
            spec.process_id ? *spec.process_id : ~std::uint64_t{0});
}

void expect_xml(const std::string& xml, const EventSpec& spec) {
  std::string error;
  const auto parsed = XmlCheck::parse(xml, &error);
  ASSERT_TRUE(parsed) << error << "\n" << xml;
  ASSERT_EQ(parsed->children.size(), 1u);
  const XmlNode& root = parsed->children[0];
  ASSERT_EQ(root.name, "Event");
  EXPECT_EQ(root.attribute("xmlns"), "http://schemas.microsoft.com/win/2004/08/events/event");
  const XmlNode* system = root.child("System");
  ASSERT_TRUE(system);
  // An empty name is written as null and leaves no attribute.
  EXPECT_EQ(system->child("Provider")->attribute("Name"),
            spec.provider.empty() ? "(no attribute)" : spec.provider);
  EXPECT_EQ(system->child("EventID")->text, std::to_string(spec.event_id));
  EXPECT_EQ(system->child("EventRecordID")->text, std::to_string(*spec.record_id));
  const std::string time = system->child("TimeCreated")->attribute("SystemTime");
  EXPECT_EQ(parse_utc(time), spec.time);

  std::vector<EventView::Item> found;
  if (const XmlNode* data = root.child("EventData")) {
    for (const XmlNode& node : data->children) {
      const bool named = node.name == "Data" && !node.attributes.empty();
      found.push_back({named ? node.attribute("Name") : node.name, node.text});
    }
  }
  const auto expected = expected_items(spec);
  ASSERT_EQ(found.size(), expected.size()) << xml;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].name, expected[i].name);
    EXPECT_EQ(found[i].text, line_feeds(expected[i].text));
  }
}

TEST(EvtxRoundTrip, IdsTimesFieldsValuesAndXml) {
  RandomEventLimits limits;
  limits.plain_text_only = true;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto events = random_events(seed, 100, limits);
    const auto file = write(events);
    auto reader = LogReader::open(file);
    ASSERT_TRUE(reader);
    LogRecord record;
    std::vector<EventView::Item> items;
    for (const EventSpec& spec : events) {
      ASSERT_TRUE(reader->next(record));
      ASSERT_TRUE(record.event);
      EXPECT_EQ(record.id, *spec.record_id);
      EXPECT_EQ(record.written, spec.time);
      EXPECT_FALSE(record.doubtful);
      expect_fields(*record.event, spec);
      EXPECT_TRUE(record.event->data(items));
      const auto expected = expected_items(spec);
      ASSERT_EQ(items.size(), expected.size()) << xml_of(*record.event);
      for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(items[i].name, expected[i].name);
        EXPECT_EQ(items[i].text, expected[i].text);
      }
      expect_xml(xml_of(*record.event), spec);
      if (testing::Test::HasFailure()) return;
    }
    EXPECT_FALSE(reader->next(record));
    EXPECT_EQ(reader->summary().damages, 0u);
  }
}

TEST(EvtxRoundTrip, OddTextIsReadAndItsXmlIsSound) {
  for (std::uint64_t seed = 100; seed < 115; ++seed) {
    const auto events = random_events(seed, 100);
    const auto file = write(events);
    const auto result = test::Exercise::run(file, false);
    EXPECT_EQ(result.complaint, "");
    EXPECT_EQ(result.summary.records, events.size());
    EXPECT_EQ(result.summary.damages, 0u);
  }
}

TEST(EvtxRoundTrip, NothingDependsOnChunkBoundaries) {
  for (std::uint64_t seed = 200; seed < 210; ++seed) {
    const auto events = random_events(seed, 150);
    const auto file = write(events);
    auto reader = LogReader::open(file);
    ASSERT_TRUE(reader);
    LogRecord record;
    for (const EventSpec& spec : events) {
      ASSERT_TRUE(reader->next(record));
      const auto alone = write({spec});
      auto other = LogReader::open(alone);
      ASSERT_TRUE(other);
      LogRecord single;
      ASSERT_TRUE(other->next(single));
      EXPECT_EQ(record.id, single.id);
      EXPECT_EQ(xml_of(*record.event), xml_of(*single.event));
    }
    EXPECT_GT(reader->summary().chunks, 1u);
  }
}

TEST(EvtxRoundTrip, ChunksMayStandInAnyOrder) {
  const auto events = random_events(300, 400);
  const auto file = write(events);
  const std::size_t chunks = (file.size() - kFileBlockBytes) / kChunkBytes;
  ASSERT_GT(chunks, 2u);
  // A ring that has gone round begins in the middle: rotate by one chunk.
  auto rotated = file;
  std::rotate(rotated.begin() + kFileBlockBytes, rotated.begin() + kFileBlockBytes + kChunkBytes,
              rotated.end());
  const auto ids_and_xml = [](const std::vector<std::byte>& bytes) {
    std::vector<std::pair<std::uint64_t, std::string>> out;
    auto reader = LogReader::open(bytes);
    LogRecord record;
    while (reader && reader->next(record)) out.emplace_back(record.id, xml_of(*record.event));
    std::sort(out.begin(), out.end());
    return out;
  };
  EXPECT_EQ(ids_and_xml(file), ids_and_xml(rotated));
}

}  // namespace
}  // namespace dropscope::evtx
