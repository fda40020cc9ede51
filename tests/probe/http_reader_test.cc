#include "probe/http_reader.h"

#include <gtest/gtest.h>

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

namespace dropscope::probe {
namespace {

using State = HttpReader::State;

HttpAnswer read(const std::string& text) {
  HttpReader reader;
  EXPECT_EQ(reader.add(text), State::Done) << reader.problem();
  return reader.answer();
}

TEST(HttpReader, TellsStatusAndWhetherTheConnectionStays) {
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\n"), (HttpAnswer{200, false, {}}));
  EXPECT_EQ(read("HTTP/1.1 403 No\r\nconnection: Upgrade, CLOSE\r\n\r\n"),
            (HttpAnswer{403, true, {}}));
  EXPECT_EQ(read("HTTP/1.0 200 OK\r\n\r\n"), (HttpAnswer{200, true, {}}));
  EXPECT_EQ(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"),
            (HttpAnswer{200, false, {}}));
  EXPECT_EQ(read("HTTP/1.1 200\nConnection: keep-alive\nServer: x\n\n"),
            (HttpAnswer{200, false, {}}));
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=99\r\n\r\n"),
            (HttpAnswer{200, false, 5.0}));
}

TEST(HttpReader, PassesInterimAnswersAndWhatComesBehind) {
  EXPECT_EQ(read("HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n"
                 "HTTP/1.1 204 None\r\n\r\nHTTP/1.1 999"),
            (HttpAnswer{204, false, {}}));
}

TEST(HttpReader, AnAnnouncementThatIsNoNumberIsNone) {
  for (const char* const value : {"timeout=", "timeout=nan", "timeout=-1", "timeout=1e9",
                                  "timeout=99999999999", "timeout=5s", "max=7"}) {
    EXPECT_EQ(read(std::string("HTTP/1.1 200 OK\r\nKeep-Alive: ") + value + "\r\n\r\n"),
              (HttpAnswer{200, false, {}}))
        << value;
  }
}

TEST(HttpReader, SaysWhatIsNoAnswer) {
  const auto problem = [](const std::string& text) {
    HttpReader reader;
    EXPECT_EQ(reader.add(text), State::Broken) << text;
    return reader.problem();
  };
  EXPECT_NE(problem("220 mail\x1b ready\r\n").find("says \"220 mail\\x1b ready\""),
            std::string::npos);
  EXPECT_NE(problem("HTTP/2 200\r\n\r\n").find("HTTP/2 200"), std::string::npos);
  for (const char* const line : {"HTTP/1.1 20", "HTTP/1.1 600 x", "HTTP/1.1 099 x", "HTTP/1.1-200",
                                 "HTTP/1.1 abc", "HTTP/1."}) {
    EXPECT_NE(problem(std::string(line) + "\r\n\r\n").find("expected a status"), std::string::npos);
  }
  EXPECT_NE(problem("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x')).find("65536 bytes"),
            std::string::npos);
}

TEST(HttpReader, NamesTheHostAsTheProtocolAsks) {
  EXPECT_EQ(http_host("mail.example", 443, true), "mail.example");
  EXPECT_EQ(http_host("mail.example", 443, false), "mail.example:443");
  EXPECT_EQ(http_host("2001:db8::1", 80, false), "[2001:db8::1]");
  EXPECT_TRUE(http_request("mail.example", "/owa/")
                  .starts_with("HEAD /owa/ HTTP/1.1\r\nHost: mail.example\r\n"));
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
RC_GTEST_PROP(HttpReader, DoesNotDependOnThePieces, ()) {
  const std::string text =
      "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 401 Who\r\nKeep-Alive: timeout=15\r\n"
      "Connection: keep-alive\r\n\r\n";
  HttpReader reader;
  std::string_view rest = text;
  State state = State::Reading;
  while (!rest.empty()) {
    RC_ASSERT(state == State::Reading);
    const std::size_t size = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
    state = reader.add(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  RC_ASSERT(state == State::Done);
  RC_ASSERT(reader.answer() == (HttpAnswer{401, false, 15.0}));
}
#endif

}  // namespace
}  // namespace dropscope::probe
