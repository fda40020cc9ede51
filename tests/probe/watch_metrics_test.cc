#include "probe/watch_metrics.h"

#include <gtest/gtest.h>

namespace dropscope::probe {
namespace {

TEST(WatchMetrics, CountsBySessionAndCause) {
  WatchMetrics metrics({"mail.example:443", "a\"b:1"});
  SessionEvent event;
  event.kind = SessionEvent::Kind::Up;
  metrics.count(event);
  event.kind = SessionEvent::Kind::Lost;
  event.cause = Cause::Rst;
  metrics.count(event);
  metrics.count(event);
  const std::vector<SessionState> states = {{.up = true, .since = 110, .up_before = 7, .tries = 3},
                                            {}};
  const std::string text = metrics.text(states, 100, 130);
  const auto holds = [&](const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
  };
  const std::string first = "session=\"1\",target=\"mail.example:443\"";
  EXPECT_TRUE(holds("dropscope_watch_session_up{" + first + "} 1")) << text;
  EXPECT_TRUE(holds("dropscope_watch_session_age_seconds{" + first + "} 20.000")) << text;
  EXPECT_TRUE(holds("dropscope_watch_session_up_seconds_total{" + first + "} 27.000")) << text;
  EXPECT_TRUE(holds("dropscope_watch_losses_total{" + first + ",cause=\"rst\"} 2")) << text;
  EXPECT_TRUE(holds("dropscope_watch_losses_total{" + first + ",cause=\"fin\"} 0")) << text;
  EXPECT_TRUE(holds("dropscope_watch_uptime_seconds 30.000")) << text;
  EXPECT_TRUE(holds("dropscope_watch_session_up{session=\"2\",target=\"a\\\"b:1\"} 0")) << text;
}

TEST(WatchMetrics, OnlyGetOfTheMetricsIsAnswered) {
  const auto status = [](std::string_view request) {
    const std::string answer = http_answer(request, "metric 1\n");
    return answer.substr(9, 3);
  };
  EXPECT_EQ(status("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"), "200");
  EXPECT_EQ(status("GET /?a=b HTTP/1.0\r\n\r\n"), "200");
  EXPECT_EQ(status("GET /other HTTP/1.1\r\n\r\n"), "404");
  EXPECT_EQ(status("POST /metrics HTTP/1.1\r\n\r\n"), "405");
  EXPECT_EQ(status("nonsense\r\n\r\n"), "400");
  EXPECT_EQ(status(""), "400");
  EXPECT_TRUE(http_answer("GET / HTTP/1.1\r\n\r\n", "metric 1\n").ends_with("\r\n\r\nmetric 1\n"));
}

}  // namespace
}  // namespace dropscope::probe
