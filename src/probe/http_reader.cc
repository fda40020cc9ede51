#include "probe/http_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace dropscope::probe {
namespace {

constexpr std::string_view kProtocol = "HTTP/1.";
/// nginx sends at most 32 KiB of a head by default, and Exchange some 2 KiB.
constexpr std::size_t kLongestHead = 65'536;
/// So much of what is no answer is shown.
constexpr std::size_t kShownBytes = 40;
/// A year, as in results of the probe: a longer announcement is none.
constexpr double kLongestKeepAlive = 366.0 * 86'400;

/// Behind the empty line that ends a head; 0 when there is none yet. Lines may end with a line feed
/// alone (RFC 9112, section 2.2).
std::size_t end_of_head(std::string_view text) {
  const std::size_t strict = text.find("\r\n\r\n");
  const std::size_t lenient = text.find("\n\n");
  if (strict == std::string_view::npos && lenient == std::string_view::npos) return 0;
  return strict < lenient ? strict + 4 : lenient + 2;
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The next of a list with commas, in lower case.
std::string next_item(std::string_view& rest) {
  const std::size_t end = rest.find(',');
  std::string item = to_lower_ascii(trim(rest.substr(0, end)));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return item;
}

/// What the fields that matter say.
struct Fields {
  bool close = false;
  bool keep_alive = false;
  std::optional<double> keep_alive_s;
};

void read_field(std::string_view line, Fields& fields) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = to_lower_ascii(line.substr(0, colon));
  std::string_view value = line.substr(colon + 1);
  if (name != "connection" && name != "keep-alive") return;
  while (!value.empty()) {
    const std::string item = next_item(value);
    constexpr std::string_view kTimeOut = "timeout=";
    if (name == "connection") {
      if (item == "close") fields.close = true;
      if (item == "keep-alive") fields.keep_alive = true;
    } else if (item.starts_with(kTimeOut)) {
      double seconds = 0;
      const char* const end = item.data() + item.size();
      const auto [last, error] =
          std::from_chars(item.data() + kTimeOut.size(), end, seconds, std::chars_format::fixed);
      const bool right =
          error == std::errc() && last == end && seconds >= 0 && seconds <= kLongestKeepAlive;
      if (right) fields.keep_alive_s = seconds;
    }
  }
}

}  // namespace

HttpReader::State HttpReader::broken(std::string problem) {
  problem_ = std::move(problem);
  return State::Broken;
}

HttpReader::State HttpReader::read_head(std::string_view head) {
  std::string_view rest = head;
  const std::string_view line = next_line(rest);
  // "HTTP/1.1 200 OK"
  const std::size_t at = kProtocol.size() + 2;
  const auto status = parse_int(line.substr(std::min(line.size(), at), 3));
  if (line.size() < at + 3 || line[at - 1] != ' ' || !status || *status < 100 || *status > 599) {
    return broken(fmt::format("expected a status of HTTP/1.1 and found \"{}\"",
                              printable(line.substr(0, kShownBytes))));
  }
  if (*status < 200) return State::Reading;
  Fields fields;
  while (!rest.empty()) read_field(next_line(rest), fields);
  const bool stays = line[kProtocol.size()] != '0' || fields.keep_alive;
  answer_ = {static_cast<int>(*status), fields.close || !stays, fields.keep_alive_s};
  return State::Done;
}

HttpReader::State HttpReader::add(std::string_view bytes) {
  head_.append(bytes);
  while (state_ == State::Reading) {
    const std::string_view head = head_;
    const std::string_view begin = head.substr(0, kProtocol.size());
    const std::size_t end = end_of_head(head);
    if (begin != kProtocol.substr(0, begin.size())) {
      const std::string_view line = head.substr(0, head.find('\n'));
      state_ = broken(fmt::format("the server does not speak HTTP/1.1, it says \"{}\"",
                                  printable(trim(line.substr(0, kShownBytes)))));
    } else if (end > 0) {
      state_ = read_head(head.substr(0, end));
      head_.erase(0, end);
    } else if (head.size() > kLongestHead) {
      state_ = broken(
          fmt::format("the head of the server's answer has more than {} bytes", kLongestHead));
    } else {
      return state_;
    }
  }
  head_.clear();
  return state_;
}

std::string http_host(const std::string& host, std::uint16_t port, bool tls) {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string http_request(const std::string& host, const std::string& path) {
  return fmt::format(
      "HEAD {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: dropscope-probe\r\nConnection: keep-alive\r\n"
      "\r\n",
      path, host);
}

}  // namespace dropscope::probe
