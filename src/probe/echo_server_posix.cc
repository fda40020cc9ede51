#include "probe/echo_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <list>
#include <utility>
#include <vector>

namespace dropscope::probe {
namespace {

/// A stop that does not interrupt the wait is noticed after so long.
constexpr int kLook_ms = 200;
/// Without descriptors left, accept() fails at once again and again; so it is asked less often.
constexpr int kPause_ms = 50;
/// As many as may wait to be accepted; the system cuts it to its own limit.
constexpr int kBacklog = 128;

/// Owns a descriptor and closes it.
class SocketFile {
 public:
  explicit SocketFile(int file) : file_(file) {}
  ~SocketFile() {
    if (file_ >= 0) ::close(file_);
  }
  SocketFile(SocketFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  SocketFile& operator=(SocketFile&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;

  [[nodiscard]] int get() const { return file_; }

 private:
  int file_;
};

/// The address as sockets take it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  // As the interface of sockets asks for.
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress socket_address(const IpEndpoint& from) {
  SocketAddress out;
  const auto& bytes = from.address.bytes();
  if (from.address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(from.port);
    std::memcpy(&v4.sin_addr, bytes.data(), sizeof v4.sin_addr);
    std::memcpy(&out.storage, &v4, sizeof v4);
    out.length = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(from.port);
    std::memcpy(&v6.sin6_addr, bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&out.storage, &v6, sizeof v6);
    out.length = sizeof v6;
  }
  return out;
}

Result<SocketFile> listen_on(const IpEndpoint& at) {
  SocketAddress address = socket_address(at);
  SocketFile socket(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  // Without it, a port whose last connections are still being forgotten could not be taken again.
  const int on = 1;
  if (socket.get() < 0 ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(socket.get(), address.generic(), address.length) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    const std::string why = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): one thread.
    return fail(ErrorCode::Io,
                "cannot listen there (" + why +
                    "); choose an address of this computer and a port that is free",
                at.to_string());
  }
  return socket;
}

/// The port that a socket is bound to; of both families it stands at the same place.
std::uint16_t port_of(const SocketFile& socket) {
  SocketAddress address;
  if (::getsockname(socket.get(), address.generic(), &address.length) != 0) return 0;
  sockaddr_in any{};
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::memcpy(&any, &address.storage, sizeof any);
  return ntohs(any.sin_port);
}

class EchoServer {
 public:
  EchoServer(SocketFile listener, std::size_t most) : listener_(std::move(listener)), most_(most) {}

  EchoCounts run(const EchoWatch& watch) {
    while (!watch.stop()) {
      std::vector<pollfd> watched;
      for (const SocketFile& one : open_) watched.push_back({one.get(), POLLIN, 0});
      watched.push_back({listener_.get(), POLLIN, 0});
      if (::poll(watched.data(), watched.size(), kLook_ms) <= 0) continue;
      // The list has the order of `watched`; those with traffic move behind the others, so that the
      // first is always the one that has been idle longest.
      auto next = open_.begin();
      for (std::size_t i = 0; i + 1 < watched.size(); ++i) {
        const auto one = next++;
        if (watched[i].revents == 0) continue;
        if (echo(one->get())) {
          open_.splice(open_.end(), open_, one);
        } else {
          open_.erase(one);
        }
      }
      if (watched.back().revents != 0) accept_one();
    }
    return counts_;
  }

 private:
  void accept_one() {
    SocketFile one(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (one.get() < 0) {
      if (errno == EMFILE || errno == ENFILE) ::poll(nullptr, 0, kPause_ms);
      return;
    }
    ++counts_.accepted;
    if (open_.size() >= most_) {
      open_.pop_front();
      ++counts_.evicted;
    }
    open_.push_back(std::move(one));
  }

  /// False when the connection ended, or has to.
  bool echo(int file) {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::recv(file, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got <= 0) return false;
    // A peer that does not read is no probe; nothing is kept for it.
    const ssize_t sent = ::send(file, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
    if (sent > 0) counts_.bytes += static_cast<std::uint64_t>(sent);
    if (sent == got) return true;
    if (sent >= 0 || errno == EAGAIN) ++counts_.choked;
    return false;
  }

  SocketFile listener_;
  std::size_t most_;
  std::list<SocketFile> open_;  ///< Longest idle first.
  EchoCounts counts_;
};

}  // namespace

Result<EchoCounts> serve_echo(const IpEndpoint& at, const EchoWatch& watch, std::size_t most) {
  auto listener = listen_on(at);
  if (!listener) return fail(listener.error());
  if (watch.listening) watch.listening({at.address, port_of(*listener)});
  return EchoServer(std::move(*listener), std::max<std::size_t>(1, most)).run(watch);
}

}  // namespace dropscope::probe
