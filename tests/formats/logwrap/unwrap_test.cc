#include "formats/logwrap/unwrap.h"

#include <gtest/gtest.h>

#include <string>

#include "formats/logwrap/json_strings.h"

namespace dropscope::logwrap {
namespace {

std::string inside(std::string_view line) {
  std::string buffer;
  return std::string(unwrap(line, buffer));
}

TEST(Unwrap, TakesTheLineOutOfTheJournal) {
  EXPECT_EQ(
      inside(R"({"__REALTIME_TIMESTAMP":"1795927441779495","_HOSTNAME":"lb1","PRIORITY":"6",)"
             R"("SYSLOG_IDENTIFIER":"haproxy","_PID":"29217","MESSAGE":"10.0.0.1:4000 \"x\""})"),
      "<14>1 2026-11-29T04:44:01.7794950Z lb1 haproxy 29217 - - 10.0.0.1:4000 \"x\"");
  // What is not UTF-8 is written as numbers.
  EXPECT_EQ(inside(R"({"__REALTIME_TIMESTAMP":"1795927441779495","MESSAGE":[72,105,255,33]})"),
            "<14>1 2026-11-29T04:44:01.7794950Z - - - - - Hi !");
}

TEST(Unwrap, TakesTheLineOutOfContainers) {
  EXPECT_EQ(inside(R"({"log":"a\tb\n","stream":"stdout","time":"2026-11-29T04:41:56.123456789Z"})"),
            "<14>1 2026-11-29T04:41:56.123456789Z - - - - - a b");
  EXPECT_EQ(inside("2026-11-29T04:41:56.123456789Z stdout F hello world"),
            "<14>1 2026-11-29T04:41:56.123456789Z - - - - - hello world");
  EXPECT_EQ(inside("2026-11-29T04:41:56.123456789Z 10.0.0.1:4000 x"),
            "<14>1 2026-11-29T04:41:56.123456789Z - - - - - 10.0.0.1:4000 x");
  EXPECT_EQ(inside("2026-11-29T04:41:56.123456Z lb1 x: y"), "2026-11-29T04:41:56.123456Z lb1 x: y");
  EXPECT_EQ(inside("lb-1        | hello | world"), "hello | world");
}

TEST(Unwrap, TakesTheLineOutOfCollectors) {
  EXPECT_EQ(inside(R"({"labels":{"job":"lb"},"line":"hello","timestamp":"2026-11-29T04:41:56Z"})"),
            "<14>1 2026-11-29T04:41:56Z - - - - - hello");
  EXPECT_EQ(inside(R"({"line":"hello","timestamp":"1795927441779495000"})"),
            "<14>1 2026-11-29T04:44:01.7794950Z - - - - - hello");
  EXPECT_EQ(inside(R"({"@timestamp":"2026-11-29T04:41:56.1Z","host":{"name":"lb1"},)"
                   R"("error":{"message":"no"},"process":{"name":"nginx"},"message":"hello"})"),
            "<14>1 2026-11-29T04:41:56.1Z lb1 nginx - - - hello");
  EXPECT_EQ(inside(R"({"_index":"x","_source":{"@timestamp":"2026-11-29T04:41:56Z","host":)"
                   R"({"hostname":"lb1"},"message":"hello"},"sort":[1,2]})"),
            "<14>1 2026-11-29T04:41:56Z lb1 - - - - hello");
  // The line's own header is nearer to the program.
  EXPECT_EQ(inside(R"({"@timestamp":"2026-11-29T05:00:00Z","message":"Nov 29 04:41:56 lb1 x: y"})"),
            "Nov 29 04:41:56 lb1 x: y");
}

TEST(Unwrap, LeavesOtherLines) {
  for (const char* line :
       {"", "{", "{}", "{\"", R"({"message":"no time"})", R"({"log":"x"})", R"({"line":7})",
        R"({"termination_state":"--","timestamp":"2026-11-29T04:41:56Z"})",
        "Nov 29 04:41:56 lb1 haproxy[1]: a | b", "2026-11-29T04:41:56Z stdout",
        R"({"a":{"b":{"c":{"message":"deep"}}},"@timestamp":"x"})", "10.0.0.1:4000 | x"}) {
    EXPECT_EQ(inside(line), line);
  }
}

TEST(Unwrap, ResolvesEscapes) {
  std::string out;
  append_unescaped(out, R"(a\"\\\/\u00e4\ud83d\ude00\ud83d\n\u0000\u12)");
  EXPECT_EQ(out,
            "a\"\\/\xc3\xa4\xf0\x9f\x98\x80\xef\xbf\xbd  \xef\xbf\xbd"
            "12");
}

TEST(Unwrap, TakesEveryBeginningOfALine) {
  const std::string whole =
      R"({"_source":{"@timestamp":"2026-11-29T04:41:56Z","a":[{"b":"]"},2],"message":"hel\u00e4lo"}})";
  for (std::size_t size = 0; size < whole.size(); ++size) (void)inside(whole.substr(0, size));
  EXPECT_EQ(inside(whole), "<14>1 2026-11-29T04:41:56Z - - - - - hel\xc3\xa4lo");
}

}  // namespace
}  // namespace dropscope::logwrap
