#include "formats/evtx/event_values.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "formats/evtx/random_event.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

struct Named {
  std::string name;
  ValueType type = ValueType::Null;
  std::string text;
  bool operator==(const Named&) const = default;
};

void PrintTo(const Named& value, std::ostream* out) {
  *out << value.name << " type " << static_cast<int>(value.type) << " [" << value.text << "]";
}

std::vector<Named> values(const EventView& event) {
  std::vector<Named> out;
  EXPECT_TRUE(for_each_value(event, [&](Utf16View name, const ValueView& value) {
    out.push_back({to_utf8(name), value.type, value.to_text()});
  }));
  return out;
}

/// The values of the only event in a log of this one.
std::vector<Named> values_of(const EventSpec& spec) {
  Writer writer;
  EXPECT_TRUE(writer.add(spec));
  const std::vector<std::byte> file = writer.finish();
  auto reader = LogReader::open(file);
  LogRecord record;
  EXPECT_TRUE(reader && reader->next(record) && record.event);
  return record.event ? values(*record.event) : std::vector<Named>{};
}

EventSpec spec_of(RecordStyle style, std::vector<DataItem> data) {
  EventSpec spec;
  spec.style = style;
  spec.provider = "Data";  // Must not be taken for data.
  spec.event_id = 7;
  spec.computer = "PC";
  spec.data = std::move(data);
  return spec;
}

TEST(EventValues, KeepNamesAndTypes) {
  EXPECT_EQ(values_of(spec_of(RecordStyle::Manifest,
                              {{"Count", OwnedValue::integer(ValueType::UInt32, 3)},
                               {"", OwnedValue::string("text")},
                               {"Flag", OwnedValue::integer(ValueType::Bool, 1)}})),
            (std::vector<Named>{{"Count", ValueType::UInt32, "3"},
                                {"Data", ValueType::String, "text"},
                                {"Flag", ValueType::Bool, "true"}}));
}

TEST(EventValues, GiveArraysElementByElement) {
  EXPECT_EQ(
      values_of(spec_of(RecordStyle::Manifest, {{"Names", OwnedValue::string_array({"a", "b"})}})),
      (std::vector<Named>{{"Names", ValueType::String, "a"}, {"Names", ValueType::String, "b"}}));
}

TEST(EventValues, GiveTheStringsAndTheBinaryOfClassicEvents) {
  EventSpec spec = spec_of(RecordStyle::Classic,
                           {{"", OwnedValue::string("one")}, {"", OwnedValue::string("two")}});
  spec.binary = std::vector<std::byte>{std::byte{0xab}};
  EXPECT_EQ(values_of(spec), (std::vector<Named>{{"Data", ValueType::String, "one"},
                                                 {"Data", ValueType::String, "two"},
                                                 {"Binary", ValueType::Binary, "AB"}}));
}

TEST(EventValues, OfForwardedEventsAreTexts) {
  EXPECT_EQ(
      values_of(spec_of(RecordStyle::Inline, {{"Count", OwnedValue::integer(ValueType::UInt32, 3)},
                                              {"Text", OwnedValue::string("more")}})),
      (std::vector<Named>{{"Count", ValueType::String, "3"}, {"Text", ValueType::String, "more"}}));
}

/// Each value is what data() writes as text, under the same name.
TEST(EventValues, AgreeWithTheTexts) {
  std::mt19937_64 engine(7);
  RandomEventLimits limits;
  limits.inline_style = false;  // Their texts may be in parts.
  std::size_t compared = 0;
  for (int log = 0; log < 30; ++log) {
    Writer writer;
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer.add(random_event(engine, limits)));
    const std::vector<std::byte> file = writer.finish();
    auto reader = LogReader::open(file);
    ASSERT_TRUE(reader);
    LogRecord record;
    while (reader->next(record)) {
      ASSERT_TRUE(record.event);
      std::vector<EventView::Item> items;
      ASSERT_TRUE(record.event->data(items));
      std::erase_if(items, [](const EventView::Item& item) { return item.text.empty(); });
      std::vector<Named> found = values(*record.event);
      std::erase_if(found, [](const Named& value) { return value.text.empty(); });
      ASSERT_EQ(found.size(), items.size()) << "log " << log << ", record " << record.id;
      for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(found[i].name, items[i].name);
        EXPECT_EQ(found[i].text, items[i].text);
        ++compared;
      }
    }
  }
  EXPECT_GE(compared, 1'000u);
}

}  // namespace
}  // namespace dropscope::evtx
