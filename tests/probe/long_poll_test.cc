#include "probe/long_poll.h"

#include <gtest/gtest.h>

#include "probe/http_reader.h"

namespace dropscope::probe {
namespace {

TEST(LongPoll, ARequestIsKnownByItsBeginningAndItsEnd) {
  const std::string request = long_poll_request("mail.example", 2.5);
  for (std::size_t size = 0; size < request.size(); ++size) {
    EXPECT_EQ(poll_state(request.substr(0, size)), PollState::Reading) << size;
  }
  EXPECT_EQ(poll_state(request), PollState::Asked);
  EXPECT_EQ(poll_every(request), std::chrono::milliseconds{2500});
  EXPECT_EQ(poll_state("dropscope probe\n"), PollState::Not);
  EXPECT_EQ(poll_state("GET / HTTP/1.1\r\n\r\n"), PollState::Not);
  EXPECT_EQ(poll_state(request.substr(0, 40) + std::string(9000, 'x')), PollState::Not);
}

TEST(LongPoll, OnlyPossibleLengthsAreTaken) {
  for (const char* const length :
       {"", "-5", "0", "19", "172800001", "99999999999999999999", "5x"}) {
    EXPECT_FALSE(
        poll_every(std::string("GET /dropscope-poll?every_ms=") + length + " HTTP/1.1\r\n\r\n"))
        << length;
  }
  EXPECT_TRUE(poll_every("GET /dropscope-poll?every_ms=172800000 HTTP/1.1\r\n\r\n"));
}

TEST(LongPoll, ThePeerAnswersWithHttp) {
  HttpReader reader;
  EXPECT_EQ(reader.add(long_poll_head()), HttpReader::State::Done);
  EXPECT_EQ(reader.answer(), (HttpAnswer{200, false, {}}));
  HttpReader refused;
  EXPECT_EQ(refused.add(long_poll_refusal()), HttpReader::State::Done);
  EXPECT_EQ(refused.answer(), (HttpAnswer{400, true, {}}));
  // A chunk: its length in hexadecimal, then so many bytes.
  EXPECT_EQ(long_poll_piece(), "a\r\ndropscope\n\r\n");
}

}  // namespace
}  // namespace dropscope::probe
