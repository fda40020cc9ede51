#include "probe/text_server.h"

#include <array>
#include <chrono>
#include <list>
#include <utility>

#include "probe/sockets.h"

namespace dropscope::probe {
namespace {

using Clock = std::chrono::steady_clock;

/// One or two scrapers ask; more at a time are somebody else.
constexpr std::size_t kMostRequests = 8;
/// A request without a body is shorter.
constexpr std::size_t kLongestRequest = 4096;
/// Whoever takes longer, to ask or to take the answer, is not waited for.
constexpr auto kPatience = std::chrono::seconds{5};

class SystemTextServer : public TextServer {
 public:
  explicit SystemTextServer(Socket listener)
      : listener_(std::move(listener)), at_(local_of(listener_)) {}

  [[nodiscard]] IpEndpoint at() const override { return at_; }

  void serve(const Answer& answer) override {
    while (open_.size() < kMostRequests) {
      Connecting next = accept_from(listener_);
      if (!next.done) break;
      open_.push_back({std::move(next.socket), Clock::now() + kPatience, {}, {}});
    }
    std::erase_if(open_,
                  [&](Request& one) { return Clock::now() > one.until || !goes_on(one, answer); });
  }

 private:
  struct Request {
    Socket socket;
    Clock::time_point until;
    std::string asked;
    std::string left;  ///< Of the answer.
  };

  /// False when the request is done, or cannot be.
  static bool goes_on(Request& one, const Answer& answer) {
    if (one.left.empty()) {
      std::array<char, 1024> buffer{};
      const SocketResult got = receive(one.socket, buffer);
      if (got.end != SocketEnd::None) return false;
      one.asked.append(buffer.data(), got.bytes);
      if (one.asked.size() > kLongestRequest) return false;
      if (one.asked.find("\r\n\r\n") == std::string::npos) return true;
      one.left = answer(one.asked);
    }
    const SocketResult sent = send(one.socket, one.left);
    one.left.erase(0, sent.bytes);
    return sent.end == SocketEnd::None && !one.left.empty();
  }

  Socket listener_;
  IpEndpoint at_;
  std::list<Request> open_;
};

}  // namespace

Result<std::unique_ptr<TextServer>> make_text_server(const IpEndpoint& at) {
  auto listener = listen_on(at);
  if (!listener) return fail(listener.error());
  return std::make_unique<SystemTextServer>(std::move(*listener));
}

}  // namespace dropscope::probe
