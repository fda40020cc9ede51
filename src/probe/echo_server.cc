#include "probe/echo_server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include "probe/sockets.h"

namespace dropscope::probe {
namespace {

/// A stop that does not interrupt the wait is noticed after so long.
constexpr int kLook_ms = 200;
/// Without descriptors left, accept() fails at once again and again; so it is asked less often.
constexpr auto kPause = std::chrono::milliseconds{50};

class EchoServer {
 public:
  EchoServer(Socket listener, std::size_t most) : listener_(std::move(listener)), most_(most) {}

  EchoCounts run(const EchoWatch& watch) {
    while (!watch.stop()) {
      std::vector<Polled> watched;
      for (const Socket& one : open_) watched.push_back({one.get(), false, false});
      watched.push_back({listener_.get(), false, false});
      if (!wait_for(watched, kLook_ms)) continue;
      // The list has the order of `watched`; those with traffic move behind the others, so that the
      // first is always the one that has been idle longest.
      auto next = open_.begin();
      for (std::size_t i = 0; i + 1 < watched.size(); ++i) {
        const auto one = next++;
        if (!watched[i].ready) continue;
        if (echo(*one)) {
          open_.splice(open_.end(), open_, one);
        } else {
          open_.erase(one);
        }
      }
      if (watched.back().ready) accept_one();
    }
    return counts_;
  }

 private:
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
    open_.push_back(std::move(one.socket));
  }

  /// False when the connection ended, or has to.
  bool echo(const Socket& socket) {
    std::array<char, 4096> buffer{};
    const SocketResult got = receive(socket, buffer);
    if (got.end != SocketEnd::None) return false;
    if (got.bytes == 0) return true;
    // A peer that does not read is no probe; nothing is kept for it.
    const SocketResult sent = send(socket, {buffer.data(), got.bytes});
    counts_.bytes += sent.bytes;
    if (sent.bytes == got.bytes) return true;
    if (sent.end == SocketEnd::None) ++counts_.choked;
    return false;
  }

  Socket listener_;
  std::size_t most_;
  std::list<Socket> open_;  ///< Longest idle first.
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
