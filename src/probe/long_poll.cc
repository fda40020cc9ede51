#include "probe/long_poll.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace dropscope::probe {
namespace {

constexpr std::string_view kBegin = "GET /dropscope-poll?every_ms=";
constexpr std::string_view kEnd = "\r\n\r\n";
/// Proxies add fields; more than this they do not.
constexpr std::size_t kLongestRequest = 8192;

}  // namespace

std::string long_poll_request(const std::string& host, double every_s) {
  return fmt::format(
      "{}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: dropscope-probe\r\nConnection: keep-alive\r\n\r\n",
      kBegin, std::llround(every_s * 1000), host);
}

PollState poll_state(std::string_view bytes) {
  const std::string_view begin = bytes.substr(0, kBegin.size());
  if (begin != kBegin.substr(0, begin.size()) || bytes.size() > kLongestRequest) {
    return PollState::Not;
  }
  return bytes.find(kEnd) == std::string_view::npos ? PollState::Reading : PollState::Asked;
}

std::optional<std::chrono::milliseconds> poll_every(std::string_view request) {
  if (!request.starts_with(kBegin)) return std::nullopt;
  const std::string_view rest = request.substr(kBegin.size());
  const auto number = parse_int(rest.substr(0, rest.find(' ')));
  if (!number || *number < kShortestPoll.count() || *number > kLongestPoll.count()) {
    return std::nullopt;
  }
  return std::chrono::milliseconds{*number};
}

std::string_view long_poll_head() {
  // nginx would keep the pieces back otherwise (X-Accel-Buffering).
  return "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
         "Transfer-Encoding: chunked\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n\r\n";
}

std::string_view long_poll_piece() {
  return "a\r\ndropscope\n\r\n";
}

std::string_view long_poll_refusal() {
  return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

}  // namespace dropscope::probe
