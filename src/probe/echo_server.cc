#include "probe/echo_server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "probe/long_poll.h"
#include "probe/sockets.h"

namespace dropscope::probe {
namespace {

/// A stop that does not interrupt the wait is noticed after so long.
constexpr int kLook_ms = 200;
/// Without descriptors left, accept() fails at once again and again; so it is asked less often.
constexpr auto kPause = std::chrono::milliseconds{50};

using Clock = std::chrono::steady_clock;

/// The other end of one connection.
struct Client {
  Socket socket;
  std::string first;  ///< What it said so far, while that may be the request for a long poll.
  bool knows_its_mind = false;                     ///< It is an echo, or a long poll.
  std::optional<std::chrono::milliseconds> every;  ///< Of a long poll.
  Clock::time_point due;                           ///< Its next piece.
};

class EchoServer {
 public:
  EchoServer(Socket listener, std::size_t most) : listener_(std::move(listener)), most_(most) {}

  EchoCounts run(const EchoWatch& watch) {
    while (!watch.stop()) {
      std::vector<Polled> watched;
      for (const Client& one : open_) watched.push_back({one.socket.get(), false, false});
      watched.push_back({listener_.get(), false, false});
      const bool any = wait_for(watched, milliseconds_to_wait());
      const Clock::time_point now = Clock::now();
      // The list has the order of `watched`; those with traffic move behind the others, so that the
      // first is always the one that has been idle longest.
      auto next = open_.begin();
      for (std::size_t i = 0; i + 1 < watched.size(); ++i) {
        const auto one = next++;
        const bool due = one->every && one->due <= now;
        if (!due && !(any && watched[i].ready)) continue;
        if ((!due || send_piece(*one)) && (!watched[i].ready || take(*one))) {
          open_.splice(open_.end(), open_, one);
        } else {
          open_.erase(one);
        }
      }
      if (any && watched.back().ready) accept_one();
    }
    return counts_;
  }

 private:
  [[nodiscard]] int milliseconds_to_wait() const {
    std::chrono::milliseconds out{kLook_ms};
    for (const Client& one : open_) {
      if (!one.every) continue;
      // Rounded up: a wait that ends a little too early would be begun again and again.
      out = std::min(out, std::chrono::ceil<std::chrono::milliseconds>(one.due - Clock::now()));
    }
    return static_cast<int>(std::max(out, std::chrono::milliseconds{0}).count());
  }

  void accept_one() {
    Connecting one = accept_from(listener_);
    if (!one.done) {
      if (one.problem.end == SocketEnd::Full) std::this_thread::sleep_for(kPause);
      return;
    }
    ++counts_.accepted;
    if (open_.size() >= most_) {
      open_.pop_front();
      ++counts_.evicted;
    }
    open_.push_back({std::move(one.socket), {}, false, {}, {}});
  }

  /// These give false when the connection ended, or has to.
  bool take(Client& one) {
    std::array<char, 4096> buffer{};
    const SocketResult got = receive(one.socket, buffer);
    if (got.end != SocketEnd::None) return false;
    if (got.bytes == 0) return true;
    const std::string_view bytes(buffer.data(), got.bytes);
    // Whoever says something during a long poll wants to know whether it still goes on.
    if (one.every) return send_piece(one);
    if (one.knows_its_mind) return send_all(one, bytes);
    one.first += bytes;
    const PollState state = poll_state(one.first);
    if (state == PollState::Reading) return true;
    one.knows_its_mind = true;
    const std::string first = std::exchange(one.first, {});
    if (state == PollState::Not) return send_all(one, first);
    one.every = poll_every(first);
    if (!one.every) {
      // The answer is on its way before the connection is closed, which is all that can be done.
      (void)send_all(one, long_poll_refusal());
      return false;
    }
    ++counts_.polls;
    return send_all(one, long_poll_head()) && send_piece(one);
  }

  bool send_piece(Client& one) {
    one.due = Clock::now() + *one.every;
    return send_all(one, long_poll_piece());
  }

  bool send_all(Client& one, std::string_view bytes) {
    // A peer that does not read is no probe; nothing is kept for it.
    const SocketResult sent = send(one.socket, bytes);
    counts_.bytes += sent.bytes;
    if (sent.bytes == bytes.size()) return true;
    if (sent.end == SocketEnd::None) ++counts_.choked;
    return false;
  }

  Socket listener_;
  std::size_t most_;
  std::list<Client> open_;  ///< Longest idle first.
  EchoCounts counts_;
};

}  // namespace

Result<EchoCounts> serve_echo(const IpEndpoint& at, const EchoWatch& watch, std::size_t most) {
  auto listener = listen_on(at);
  if (!listener) return fail(listener.error());
  if (watch.listening) watch.listening(local_of(*listener));
  return EchoServer(std::move(*listener), std::max<std::size_t>(1, most)).run(watch);
}

}  // namespace dropscope::probe
