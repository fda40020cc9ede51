#pragma once

// Where an answer of HTTP/1.1 (RFC 9112) ends that comes in pieces, and what it says about how long
// the connection stays. It is the answer to a HEAD request, so it has no body.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dropscope::probe {

struct HttpAnswer {
  int status = 0;                        ///< 200 to 599.
  bool closes = false;                   ///< The server closes behind this answer.
  std::optional<double> keep_alive_s{};  ///< "Keep-Alive: timeout=5": for so long it does not.

  bool operator==(const HttpAnswer&) const = default;
};

class HttpReader {
 public:
  enum class State : std::uint8_t {
    Reading,  ///< More has to come.
    Done,     ///< answer() is whole. What comes behind it is passed over.
    Broken,   ///< It is no answer of HTTP/1.0 or 1.1; problem() says what it is.
  };

  /// Takes the next piece, of any size.
  State add(std::string_view bytes);
  [[nodiscard]] const HttpAnswer& answer() const { return answer_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  State broken(std::string problem);
  /// Reads the whole head without the empty line behind it. Reading: it is of an interim answer.
  State read_head(std::string_view head);

  State state_ = State::Reading;
  std::string head_;
  HttpAnswer answer_;
  std::string problem_;
};

/// The value of a Host field: with the port unless it is the usual one.
[[nodiscard]] std::string http_host(const std::string& host, std::uint16_t port, bool tls);

/// A request that leaves the connection open. `path` holds no space and no control character.
[[nodiscard]] std::string http_request(const std::string& host, const std::string& path);

}  // namespace dropscope::probe
