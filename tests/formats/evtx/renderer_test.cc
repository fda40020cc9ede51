// JSON lines as docs/cli.md describes them. That XML is what append_xml() gives is part of
// exercise.h, which runs on every log and every mutant of the other tests.

#include "formats/evtx/renderer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

using nlohmann::json;

EventSpec classic() {
  EventSpec event;
  event.style = RecordStyle::Classic;
  event.provider = "Outlook";
  event.event_id = 26;
  event.channel = "Application";
  event.computer = "PC01.example.test";
  event.record_id = 7;
  event.time = instant_from_unix(1'700'000'000);
  return event;
}

std::vector<json> lines_of(const std::vector<EventSpec>& events, std::string_view members = {}) {
  Writer writer;
  for (const EventSpec& event : events) EXPECT_TRUE(writer.add(event));
  const std::vector<std::byte> bytes = writer.finish();
  auto reader = LogReader::open(Bytes(bytes));
  std::vector<json> out;
  if (!reader) return out;
  Renderer renderer(TextFormat::JsonLines);
  LogRecord record;
  TextBuffer text;
  while (reader->next(record)) {
    text.clear();
    EXPECT_TRUE(renderer.append(text, record, members));
    out.push_back(json::parse(text.view()));
  }
  return out;
}

TEST(EvtxRenderer, AClassicEvent) {
  EventSpec event = classic();
  event.data = {{"", OwnedValue::string("Connection \"lost\"\r\n")}, {"", OwnedValue::string("")}};
  const auto lines = lines_of({event}, "\"file\":\"a.evtx\"");
  ASSERT_EQ(lines.size(), 1u);
  const json& line = lines[0];
  EXPECT_EQ(line["file"], "a.evtx");
  EXPECT_EQ(line["record_id"], 7);
  EXPECT_EQ(line["time"], "2023-11-14T22:13:20.0000000Z");
  EXPECT_EQ(line["provider"], "Outlook");
  EXPECT_EQ(line["event_id"], 26);
  EXPECT_EQ(line["channel"], "Application");
  EXPECT_EQ(line["computer"], "PC01.example.test");
  EXPECT_FALSE(line.contains("user_sid"));
  EXPECT_FALSE(line.contains("doubtful"));
  EXPECT_EQ(line["data"], json::parse(R"([{"value":"Connection \"lost\"\r\n"},{"value":""}])"));
}

TEST(EvtxRenderer, NamesOrderAndTypesAreKept) {
  EventSpec event = classic();
  event.style = RecordStyle::Manifest;
  event.data = {{"Twice", OwnedValue::string("one")},
                {"Twice", OwnedValue::integer(ValueType::UInt32, 4000000000)},
                {"Flag", OwnedValue::integer(ValueType::Bool, 1)}};
  const auto lines = lines_of({event});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["data"], json::parse(R"([{"name":"Twice","value":"one"},
            {"name":"Twice","value":4000000000},{"name":"Flag","value":true}])"));
}

/// One renderer goes from log to log: nothing of an earlier one may be left.
TEST(EvtxRenderer, IsUsedForSeveralLogs) {
  Renderer renderer(TextFormat::JsonLines);
  for (int log = 0; log < 4; ++log) {
    EventSpec event = classic();
    event.provider = "Provider" + std::to_string(log);
    Writer writer;
    ASSERT_TRUE(writer.add(event));
    const std::vector<std::byte> bytes = writer.finish();
    auto reader = LogReader::open(Bytes(bytes));
    ASSERT_TRUE(reader);
    LogRecord record;
    TextBuffer text;
    ASSERT_TRUE(reader->next(record));
    renderer.append(text, record);
    EXPECT_EQ(json::parse(text.view())["provider"], event.provider);
  }
}

}  // namespace
}  // namespace dropscope::evtx
