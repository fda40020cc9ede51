#include "formats/event_export/event_json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/utf16.h"
#include "formats/event_export/json_object.h"

namespace dropscope::event_export {
namespace {

struct Found {
  std::vector<JsonEvent> events;
  std::vector<Trouble> troubles;
  std::uint64_t others = 0;
};

Found read(Bytes bytes) {
  Found found;
  EventJsonReader reader(bytes);
  reader.on_trouble([&](const Trouble& trouble) { found.troubles.push_back(trouble); });
  JsonEvent event;
  while (reader.next(event)) found.events.push_back(event);
  found.others = reader.others();
  return found;
}
Found read(std::string_view text) {
  return read(as_bytes(text));
}

/// The only event of a text, as one line.
std::string one(std::string_view text) {
  const Found found = read(text);
  if (found.events.size() != 1) return std::to_string(found.events.size()) + " events";
  const Record& r = found.events[0].record;
  std::string line = format_utc(r.time, 3) + ' ' + r.computer + ' ' + r.channel + ' ' + r.provider +
                     ' ' + std::to_string(r.event_id) + " #" + std::to_string(r.record_id);
  for (const Item& item : r.items) line += " [" + item.name + "=" + item.text + "]";
  if (!r.message.empty()) line += " \"" + r.message + '"';
  return line;
}

TEST(EventJson, ReadsWinlogbeat7) {
  EXPECT_EQ(one(R"({"@timestamp":"2019-10-20T20:14:13.625Z","host":{"name":"COLLECTOR"},
      "agent":{"hostname":"COLLECTOR"},"event":{"code":"26","created":"2019-10-20T20:15:00Z",
      "provider":"Outlook"},"message":"lost","winlog":{"record_id":"12","provider_name":"Outlook",
      "channel":"Application","computer_name":"PC01","event_id":26,
      "event_data":{"param10":"j","param1":"a","param2":"b"}}})"),
            "2019-10-20T20:14:13.625Z PC01 Application Outlook 26 #12 [=a] [=b] [=j] \"lost\"");
}

TEST(EventJson, ReadsWhatElasticsearchWraps) {
  const std::string document =
      R"({"@timestamp":"2023-03-01T08:00:05.123Z","winlog":{"channel":"Application",
      "provider_name":"Outlook","computer_name":"PC05","record_id":12,"event_id":26}})";
  const std::string hit = R"({"_index":"winlogbeat-8","_id":"a","_source":)" + document + "}\n";
  // As elasticdump writes it, and as the answer to a search has it.
  EXPECT_EQ(one(hit), "2023-03-01T08:00:05.123Z PC05 Application Outlook 26 #12");
  const Found found =
      read(R"({"took":3,"hits":{"total":{"value":2},"hits":[)" + hit + "," + hit + "]}}");
  EXPECT_EQ(found.events.size(), 2u);
  EXPECT_TRUE(found.troubles.empty());
  EXPECT_TRUE(holds_event_json(hit));
}

TEST(EventJson, ReadsWinlogbeat6AndWhatKibanaMakesOfIt) {
  const char* const kEvent =
      R"("@timestamp":"2019-05-18T20:36:46.254Z","host":{"name":"WEC"},"beat":{"name":"WEC"},
      "record_number":"54","source_name":"Microsoft-Windows-Kernel-Power","log_name":"System",
      "event_data":{"TargetState":"4"},"event_id":42,"computer_name":"PC02","type":"wineventlog")";
  const std::string expected =
      "2019-05-18T20:36:46.254Z PC02 System Microsoft-Windows-Kernel-Power 42 #54 [TargetState=4]";
  EXPECT_EQ(one(std::string("{") + kEvent + "}"), expected);
  EXPECT_EQ(one(std::string(R"({"_index":"x","_source":{)") + kEvent + "}}"), expected);
}

TEST(EventJson, ReadsNxlogByTheOriginatingComputer) {
  const Found found = read(
      R"({"EventTime":"2020-09-22 14:53:01","@timestamp":"2020-09-22T18:53:04.182Z","host":"wec",)"
      R"("Hostname":"PC03","SourceName":"Outlook","EventID":26,"RecordNumber":7,)"
      R"("Channel":"Application","Message":"lost","Severity":"INFO"})");
  ASSERT_EQ(found.events.size(), 1u);
  EXPECT_EQ(found.events[0].record.computer, "PC03");
  EXPECT_TRUE(found.events[0].record.items.empty());
  EXPECT_EQ(found.events[0].time_kind, TimeKind::Receipt);
  EXPECT_EQ(format_utc(found.events[0].record.time), "2020-09-22T18:53:04Z");
  // With its zone, the event's own time counts.
  EXPECT_EQ(one(R"({"EventTime":"2020-09-22T14:53:01-04:00","@timestamp":"2020-09-22T18:53:04Z",)"
                R"("Hostname":"PC03","SourceName":"Outlook","EventID":26})"),
            "2020-09-22T18:53:01.000Z PC03  Outlook 26 #0");
}

TEST(EventJson, ReadsPowerShell) {
  EXPECT_EQ(one(R"([
    {
        "Id":  26,
        "Properties":  [
                           {
                               "Value":  "Connection lost"
                           },
                           {
                               "Value":  ""
                           }
                       ],
        "ProviderName":  "Outlook",
        "LogName":  "Application",
        "MachineName":  "PC04.corp.example",
        "RecordId":  142609,
        "UserId":  null,
        "TimeCreated":  "\/Date(1603279692485)\/",
        "Message":  null
    }
])"),
            "2020-10-21T11:28:12.485Z PC04.corp.example Application Outlook 26 #142609 "
            "[=Connection lost] [=]");
  // Get-EventLog.
  EXPECT_EQ(one(R"({"EventID":26,"MachineName":"PC05","Index":9,"Source":"Outlook",
      "ReplacementStrings":["a","b"],"TimeGenerated":"\/Date(1603279692000)\/","InstanceId":1073741850,
      "Message":"a b"})"),
            "2020-10-21T11:28:12.000Z PC05  Outlook 26 #9 [=a] [=b] \"a b\"");
}

TEST(EventJson, ReadsTablesOfLogAnalytics) {
  EXPECT_EQ(one(R"({"TenantId":"x","TimeGenerated":"2022-05-13T08:54:05.21Z","Computer":"PC06",
      "Source":"Outlook","EventLog":"Application","EventID":26,"RenderedDescription":"lost",
      "ParameterXml":"<Param>lost &amp; gone</Param>",
      "EventData":"<DataItem type=\"System.XmlData\"><EventData><Data>lost</Data></EventData></DataItem>"})"),
            "2022-05-13T08:54:05.210Z PC06 Application Outlook 26 #0 [=lost] \"lost\"");
}

TEST(EventJson, ReadsTheShapeOfXmlAndOurOwnLines) {
  const std::string expected = "2018-08-05T10:34:37.552Z PC07 Application Outlook 26 #5 [=lost]";
  EXPECT_EQ(one(R"({"Event":{"#attributes":{"xmlns":"x"},"EventData":{"Data":{"#text":["lost"]}},
      "System":{"Channel":"Application","Computer":"PC07","EventID":{"#attributes":
      {"Qualifiers":16384},"#text":26},"EventRecordID":5,"Provider":{"#attributes":
      {"Name":"Outlook"}},"TimeCreated":{"#attributes":
      {"SystemTime":"2018-08-05T10:34:37.552Z"}}}}})"),
            expected);
  EXPECT_EQ(one(R"({"offset":4608,"record_id":5,"time":"2018-08-05T10:34:37.552Z","level":4,)"
                R"("provider":"Outlook","event_id":26,"channel":"Application","computer":"PC07",)"
                R"("data":[{"value":"lost"}]})"),
            expected);
}

std::string line(int id) {
  return R"({"EventID":)" + std::to_string(id) +
         R"(,"SourceName":"Outlook","TimeCreated":"2020-10-21T11:28:08Z","Message":"a"})";
}

TEST(EventJson, TakesObjectsHoweverTheyStand) {
  for (const std::string& text :
       {line(1) + "\n" + line(2) + "\r\n" + line(3), line(1) + line(2) + line(3),
        "[" + line(1) + ",\n" + line(2) + "," + line(3) + "]",
        "# Title {x}\n```json\n" + line(1) + "\n" + line(2) + "\n```\n{\"a\": 1}\n    " +
            line(3)}) {
    const Found found = read(text);
    ASSERT_EQ(found.events.size(), 3u) << text;
    EXPECT_TRUE(found.troubles.empty());
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(found.events[i].record.event_id, i + 1);
      EXPECT_EQ(text[found.events[i].record.place], '{');
    }
  }
  const std::u16string units = u"\xfeff" + to_utf16(line(1) + "\n" + line(2));
  EXPECT_EQ(
      read(Bytes(reinterpret_cast<const std::byte*>(units.data()), units.size() * 2)).events.size(),
      2u);
}

TEST(EventJson, CountsWhatIsBrokenAndGoesOn) {
  const std::string whole = line(2);
  for (std::size_t cut = whole.find("Outlook"); cut < whole.size(); ++cut) {
    const Found middle =
        read(line(1) + "\n" + whole.substr(0, cut) + "\n" + line(3) + "\n" + line(4));
    ASSERT_EQ(middle.events.size(), 3u) << cut;
    EXPECT_EQ(middle.events[1].record.event_id, 3) << cut;
    const Found end = read(line(1) + "\n" + whole.substr(0, cut));
    EXPECT_EQ(end.events.size(), 1u) << cut;
  }
  const Found found = read(line(1) + "\n" + whole.substr(0, whole.size() - 4) + "\n" + line(3));
  ASSERT_EQ(found.troubles.size(), 1u);
  EXPECT_EQ(found.troubles[0].line, 2u);
  EXPECT_EQ(found.troubles[0].lost_events, 1u);
}

TEST(EventJson, ReadsALineOfAnOldCodePage) {
  const Found found =
      read(line(1) +
           "\n{\"EventID\":2,\"SourceName\":\"Outlook\",\"TimeCreated\":\"2020-10-21T11:28:08Z\","
           "\"Message\":\"Gr\xf6\xdf"
           "e\"}\n" +
           line(3));
  ASSERT_EQ(found.events.size(), 3u);
  EXPECT_EQ(found.events[1].record.message, "Größe");
  EXPECT_TRUE(found.events[1].assumed_code_page);
  EXPECT_FALSE(found.events[2].assumed_code_page);
}

TEST(EventJson, RecognisesEventsOnly) {
  EXPECT_TRUE(holds_event_json(line(1)));
  EXPECT_TRUE(holds_event_json("text\n" + line(1).substr(0, 90)));
  EXPECT_FALSE(holds_event_json(R"({"id": 26, "source": "x", "time": "2020-10-21T11:28:08Z"})"));
  EXPECT_FALSE(holds_event_json(R"({"EventID": 26})"));
  EXPECT_FALSE(holds_event_json("{}"));
  EXPECT_FALSE(holds_event_json("int main() { \"x\"; }"));
}

TEST(JsonObject, IsBounded) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{\"a\":";
  EXPECT_EQ(read_json_object(deep).end, JsonEnd::Broken);
  const JsonObject object =
      read_json_object(R"({"a":{"b":[1,{"c":"x"},2.50],"d":null},"e":true} rest)");
  EXPECT_EQ(object.end, JsonEnd::Whole);
  ASSERT_EQ(object.fields.size(), 4u);
  EXPECT_EQ(object.fields[1].path, "a.b.c");
  EXPECT_EQ(object.fields[2].path, "a.b");
  EXPECT_EQ(object.fields[2].value, "2.50");
  EXPECT_EQ(object.fields[3].path, "e");
}

}  // namespace
}  // namespace dropscope::event_export
