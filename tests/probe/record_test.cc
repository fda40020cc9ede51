#include "probe/record.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope::probe {
namespace {

Record example() {
  Record out{"mail.example", 443, "192.0.2.7:443", {}, {}};
  out.options.mode = Mode::Confirm;
  out.options.confirm_s = 300;
  out.options.max_s = 600;
  out.options.connections = 8;
  out.options.payload = Payload::Http;
  out.options.tls = true;
  out.options.path = "/owa/";
  out.seen.samples = {{Outcome::Survived, 240.5, 241, 0}, {Outcome::Reset, 300.25, 301, 1}};
  out.seen.controls = {{ControlKind::Busy, Outcome::Survived, 331},
                       {ControlKind::KeepAlive, Outcome::Silent, 300},
                       {ControlKind::Fresh, Outcome::Finished, 310}};
  out.seen.http = HttpAnswer{302, false, 120.0};
  out.seen.rounds = 2;
  out.seen.connected = 19;
  out.seen.failed = 1;
  out.seen.failure = "refused";
  out.seen.unanswered = true;
  out.computer = "PC07";
  out.began = instant_from_unix(1'790'000'000);
  out.ended = instant_from_unix(1'790'003'600);
  return out;
}

TEST(Record, IsReadAsItWasWritten) {
  const Record before = example();
  const std::string json = to_json(before, judge(before.options, before.seen, false), "1.2.3");
  const auto after = read_record(json);
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_EQ(to_json(*after, judge(after->options, after->seen, false), "1.2.3"), json);
  EXPECT_EQ(after->host, "mail.example");
  EXPECT_EQ(after->port, 443);
  EXPECT_EQ(after->options, before.options);
  EXPECT_EQ(after->seen.samples.size(), 2U);
  EXPECT_EQ(after->seen.controls.size(), 3U);
  EXPECT_EQ(after->seen.http, before.seen.http);
  EXPECT_EQ(after->computer, "PC07");
  EXPECT_EQ(after->began, before.began);
  EXPECT_EQ(after->ended, before.ended);
}

TEST(Record, OneOfAnEarlierVersionTellsNoTime) {
  std::string json = to_json(example(), judge(example().options, example().seen, false), "1");
  const std::size_t from = json.find("  \"computer\"");
  json.erase(from, json.find("  \"finding\"") - from);
  const auto record = read_record(json);
  ASSERT_TRUE(record) << record.error().text();
  EXPECT_TRUE(record->computer.empty());
  EXPECT_FALSE(record->began);
}

TEST(Record, OneOfTheEarlierSchemaHasNoTls) {
  Record record = example();
  record.options.payload = Payload::Echo;
  std::string json = to_json(record, judge(record.options, record.seen, false), "1");
  const auto take_out = [&](const std::string& from, const std::string& until) {
    const std::size_t at = json.find(from);
    ASSERT_NE(at, std::string::npos);
    json.erase(at, json.find(until, at) - at);
  };
  json.replace(json.find("probe/2"), 7, "probe/1");
  take_out(",\n    \"tls\"", "\n  },\n  \"seen\"");
  take_out("    \"http\"", "    \"samples\"");
  const auto read = read_record(json);
  ASSERT_TRUE(read) << read.error().text() << json;
  EXPECT_FALSE(read->options.tls);
  EXPECT_FALSE(read->seen.http);
}

TEST(Record, SaysWhatIsWrongWithADamagedOne) {
  const Record record = example();
  const std::string good = to_json(record, judge(record.options, record.seen, false), "1");
  const auto problem = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto read = read_record(text);
    return read ? std::string("read") : read.error().message;
  };
  EXPECT_NE(problem("dropscope.probe/2", "dropscope.scope/1").find("schema"), std::string::npos);
  EXPECT_NE(problem("240.5", "-1").find("idle_s"), std::string::npos);
  EXPECT_NE(problem("240.5", "1e300").find("idle_s"), std::string::npos);
  EXPECT_NE(problem("\"port\": 443", "\"port\": 70000").find("port"), std::string::npos);
  EXPECT_NE(problem("\"port\": 443", "\"port\": 0").find("port"), std::string::npos);
  // No idle times can be planned with these.
  EXPECT_NE(problem("\"connections\": 8", "\"connections\": 0").find("connections"),
            std::string::npos);
  EXPECT_NE(problem("\"max_s\": 600.0", "\"max_s\": 0").find("max_s"), std::string::npos);
  EXPECT_NE(problem("\"survived\"", "\"eaten\"").find("outcome"), std::string::npos);
  EXPECT_NE(problem("\"samples\"", "\"simples\"").find("samples"), std::string::npos);
  EXPECT_NE(problem("\"tls\": true", "\"tls\": 1").find("tls"), std::string::npos);
  EXPECT_NE(problem("\"path\"", "\"pith\"").find("path"), std::string::npos);
  EXPECT_NE(problem("\"status\": 302", "\"status\": 7").find("status"), std::string::npos);
  EXPECT_NE(problem("120.0", "-120.0").find("keep_alive_s"), std::string::npos);
  EXPECT_NE(problem("{", "").find("JSON"), std::string::npos);
}

}  // namespace
}  // namespace dropscope::probe
