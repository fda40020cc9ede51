#include "formats/w3clog/w3clog.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace dropscope::w3clog {
namespace {

struct Read {
  std::vector<std::vector<std::string>> values;
  std::vector<std::string> times;
  std::vector<std::string> problems;
  Summary summary;
  bool local = false;
  bool mended = false;
};

Read read_all(std::string_view text) {
  Read out;
  Reader reader(as_bytes(text));
  for (Record record; reader.next(record);) {
    if (!record.problem.empty()) out.problems.push_back(record.problem);
    if (record.values.empty()) continue;
    out.values.emplace_back(record.values.begin(), record.values.end());
    out.times.push_back(record.has_time ? format_utc(record.time, 3) : "");
    out.local = record.local_time;
    out.mended = out.mended || record.mended;
  }
  out.summary = reader.summary();
  return out;
}

using Rows = std::vector<std::vector<std::string>>;
using Texts = std::vector<std::string>;

TEST(W3cLog, TakesColumnsByTheHeaderInForce) {
  const std::string text =
      "#Fields: date time c-ip sc-status\r\n"
      "2024-05-13 08:00:02 192.0.2.1 200\r\n"
      "#Fields: sc-status date time\r\n"
      "401 2024-05-13 08:00:03\r\n";
  Reader reader(as_bytes(text));
  Record record;
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record[reader.header().column("SC-Status")], "200");
  EXPECT_EQ(record[reader.header().column("cs-uri")], "");
  const std::uint64_t version = reader.header().version;
  ASSERT_TRUE(reader.next(record));
  EXPECT_NE(reader.header().version, version);
  EXPECT_EQ(record[reader.header().column("sc-status")], "401");
  EXPECT_EQ(format_utc(record.time), "2024-05-13T08:00:03Z");
  EXPECT_EQ(record.line, 4u);
  EXPECT_FALSE(reader.next(record));
}

TEST(W3cLog, LeavesOutCommentsBehindHeaderValues) {
  const Read read = read_all(
      "#Software: Something 2.0   // whatever \"http://example.test\"\n"
      "#Fields: date time x   // the names\n"
      "2024-05-13 08:00:02 //kept\n");
  EXPECT_EQ(read.values, (Rows{{"2024-05-13", "08:00:02", "//kept"}}));
}

TEST(W3cLog, TakesTheDayFromTheHeaderAndPassesMidnight) {
  const Read read = read_all(
      "#Date: 2024-12-31 23:59:58\n#Fields: time x\n"
      "23:59:59 a\n00:00:01 b\n00:00:00 c\n13:00:00 d\n00:30:00 e\n"
      "#Date: 2024-06-01 00:00:00\n#Fields: time x\n23:00:00 f\n");
  EXPECT_EQ(read.times, (Texts{"2024-12-31T23:59:59.000Z", "2025-01-01T00:00:01.000Z",
                               "2025-01-01T00:00:00.000Z", "2025-01-01T13:00:00.000Z",
                               "2025-01-02T00:30:00.000Z", "2024-06-01T23:00:00.000Z"}));
}

TEST(W3cLog, TellsLocalTimes) {
  EXPECT_TRUE(read_all("#Fields: date-local time-local x\n2012-08-15 17:00:00.363 a\n").local);
  EXPECT_TRUE(read_all("#Time Format: Local\n#Fields: date time\n2012-08-15 17:00:00\n").local);
  EXPECT_FALSE(read_all("#Fields: date time x\n2012-08-15 17:00:00 a\n").local);
}

TEST(W3cLog, ReadsQuotedValuesAndStrayQuotes) {
  const Read read = read_all(
      "#Fields: date time a b c\n"
      "2024-05-13 08:00 \"x \"\"y\"\" z\" \"\" -\n"
      "2024-05-13 08:00 \"open b c\n");
  EXPECT_EQ(read.values, (Rows{{"2024-05-13", "08:00", "x \"y\" z", "", ""},
                               {"2024-05-13", "08:00", "\"open", "b", "c"}}));
}

// A line is read twice where it has too many values; the sanitizer sees whether the first ones
// last.
TEST(W3cLog, KeepsQuotedValuesOfALineWithSurplusValues) {
  const std::string a(40, 'a');
  const std::string b(40, 'b');
  const Read read = read_all("#Fields: x y cs(User-Agent) z\n\"" + a + "\"\"\" \"" + b +
                             "\"\"\" Mozilla/5.0 (X11) \"\"\"z\"\n");
  EXPECT_EQ(read.values, (Rows{{a + "\"", b + "\"", "Mozilla/5.0 (X11)", "\"z"}}));
  EXPECT_TRUE(read.mended);
}

TEST(W3cLog, GivesSurplusValuesToTheUserAgent) {
  const Read read = read_all(
      "#Fields: date time cs(User-Agent) sc-status time-taken\n"
      "2024-05-13 08:00:00 Mozilla/5.0 (X11; Linux) - 200 7\n");
  EXPECT_EQ(read.values,
            (Rows{{"2024-05-13", "08:00:00", "Mozilla/5.0 (X11; Linux) -", "200", "7"}}));
  EXPECT_TRUE(read.mended);
}

TEST(W3cLog, CountsLinesThatAreNoRecords) {
  const Read read = read_all(
      "prose\n#Fields: date time x\n2024-05-13 08:00:00\nnot a record\n"
      "2024-05-13 08:00:00 good\n```\nprose\n");
  EXPECT_EQ(read.values, (Rows{{"2024-05-13", "08:00:00", "good"}}));
  EXPECT_EQ(read.problems, (Texts{"line 3: expected 3 values as #Fields says, found 2",
                                  "line 4: expected a time in \"date\", found \"not\""}));
  EXPECT_EQ(read.summary.foreign, 3u);
  EXPECT_EQ(read.summary.header_lines, 1u);
  EXPECT_EQ(read.summary.records, 1u);
  EXPECT_EQ(read.summary.problems, 2u);
}

TEST(W3cLog, ReadsCommasWithQuotes) {
  const Read read = read_all(
      "\xef\xbb\xbf#Software: Microsoft Exchange Server\n#Log-type: HttpProxy Logs\n"
      "#Fields: DateTime,User,Error\n"
      "2024-05-13T08:00:02.123Z,\"CONTOSO\\anna, b\",\"say \"\"no\"\"\"\n"
      "2024-05-13T08:00:03.000Z,,-\n"
      "2024-05-13T08:00:04.000Z,anna\n"
      "2024-05-13T08:00:05.000Z,a,b,c\n"
      "2024-05-13T08:00:06.000Z,a,\"b\n");
  EXPECT_EQ(read.values, (Rows{{"2024-05-13T08:00:02.123Z", "CONTOSO\\anna, b", "say \"no\""},
                               {"2024-05-13T08:00:03.000Z", "", "-"},
                               {"2024-05-13T08:00:04.000Z", "anna", ""},
                               {"2024-05-13T08:00:05.000Z", "a", "b"},
                               {"2024-05-13T08:00:06.000Z", "a", "b"}}));
  EXPECT_EQ(read.times.front(), "2024-05-13T08:00:02.123Z");
  EXPECT_EQ(read.problems.size(), 3u);
}

TEST(W3cLog, ListsHeadersForRecognition) {
  const auto headers = headers_in(
      "text\n#Software: A\n#Log-type: L\n#Fields: a,b\nrow\n#Software: B\n# Fields: c d "
      "e\n#Remark");
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[0].log_type, "L");
  EXPECT_EQ(headers[0].fields, (Texts{"a", "b"}));
  EXPECT_EQ(headers[1].software, "B");
  EXPECT_EQ(headers[1].log_type, "");
  EXPECT_EQ(headers[1].fields, (Texts{"c", "d", "e"}));
}

TEST(W3cLog, ReadsTimesOfDay) {
  EXPECT_EQ(parse_time_of_day("08:35"), std::chrono::hours{8} + std::chrono::minutes{35});
  EXPECT_EQ(parse_time_of_day("00:00:00.5"), std::chrono::milliseconds{500});
  for (const char* bad : {"", "8:35", "24:00", "08:60", "08:00:60", "08:00:00.", "08:00:00x"}) {
    EXPECT_FALSE(parse_time_of_day(bad)) << bad;
  }
  EXPECT_FALSE(parse_day("2024-02-30"));
  EXPECT_FALSE(parse_day("2024-2-3"));
}

RC_GTEST_PROP(W3cLogProperty, WrittenRecordsReadTheSame, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab\", -x;")));
  const auto columns = *rc::gen::inRange<std::size_t>(1, 6);
  const auto rows =
      *rc::gen::container<Rows>(rc::gen::container<std::vector<std::string>>(columns, text));
  std::string log = "#Fields: Timestamp";
  for (std::size_t i = 0; i < columns; ++i) log += ",c" + std::to_string(i);
  log += "\n";
  for (const auto& row : rows) {
    log += "2024-05-13T08:00:02Z";
    for (const std::string& value : row) {
      log += ",\"";
      for (const char c : value) {
        if (c == '"') log += '"';
        log += c;
      }
      log += '"';
    }
    log += "\n";
  }
  Reader reader(as_bytes(log));
  Record record;
  for (const auto& row : rows) {
    RC_ASSERT(reader.next(record));
    RC_ASSERT(record.problem.empty());
    for (std::size_t i = 0; i < columns; ++i) {
      RC_ASSERT(std::string(record.values[i + 1]) == row[i]);
    }
  }
  RC_ASSERT(!reader.next(record));
}

}  // namespace
}  // namespace dropscope::w3clog
