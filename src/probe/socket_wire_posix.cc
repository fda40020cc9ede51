// Non-blocking sockets and poll(). The time of an event is read as soon as poll() returns.

#include "probe/socket_wire.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "base/ip_address.h"

namespace dropscope::probe {
namespace {

/// Keep-alives begin after a second of silence and go on each second, so that they come in time for
/// any time-out that is worth measuring.
constexpr int kKeepAliveSeconds = 1;
/// poll() waits no longer at a time, so that its argument cannot overflow.
constexpr double kLongestWait = 60;

std::string system_text(int error) {
  return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): one thread uses the wire.
}

class PosixWire : public Wire {
 public:
  PosixWire(const sockaddr_storage& address, socklen_t length)
      : address_(address), length_(length) {}
  ~PosixWire() override {
    for (const auto& [id, one] : open_) ::close(one.file);
  }
  PosixWire(const PosixWire&) = delete;
  PosixWire& operator=(const PosixWire&) = delete;

  double now() override {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  Result<int> open(bool keep_alive) override {
    const int file =
        ::socket(address_.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (file < 0) {
      return fail(ErrorCode::Io,
                  "cannot make a socket (" + system_text(errno) + "); try fewer --connections");
    }
    if (keep_alive) {
      const int on = 1;
      ::setsockopt(file, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
      ::setsockopt(file, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepAliveSeconds, sizeof kKeepAliveSeconds);
      ::setsockopt(file, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepAliveSeconds, sizeof kKeepAliveSeconds);
    }
    const int id = next_id_++;
    open_[id] = Socket{file, false, false};
    if (::connect(file, generic(address_), length_) == 0) {
      open_[id].connected = true;
      pending_.push_back({id, WireEvent::Kind::Connected, now(), {}});
    } else if (errno != EINPROGRESS) {
      end(id, errno);
    }
    return id;
  }

  void send(int id, std::string_view bytes) override {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    // What a probe sends is far smaller than an empty send buffer, so it goes whole or not at all.
    const ssize_t sent = ::send(found->second.file, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) end(id, errno);
  }

  bool acknowledged(int id) override {
    const auto found = open_.find(id);
    int waiting = 0;
    return found != open_.end() && ::ioctl(found->second.file, TIOCOUTQ, &waiting) == 0 &&
           waiting == 0;
  }

  void close(int id) override {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    ::close(found->second.file);
    open_.erase(found);
  }

  void wait(double until, std::vector<WireEvent>& events) override {
    if (pending_.empty()) poll_until(until);
    events.insert(events.end(), pending_.begin(), pending_.end());
    pending_.clear();
  }

 private:
  struct Socket {
    int file = -1;
    bool connected = false;
    bool ended = false;  ///< Its end was told; nothing more is.
  };

  static const sockaddr* generic(const sockaddr_storage& address) {
    return reinterpret_cast<const sockaddr*>(&address);  // As the interface of sockets asks for.
  }

  void end(int id, int error) {
    Socket& one = open_[id];
    if (one.ended) return;
    one.ended = true;
    const bool reset = error == ECONNRESET || error == EPIPE || error == ECONNREFUSED;
    const auto kind = error == 0 ? WireEvent::Kind::Finished
                      : reset    ? WireEvent::Kind::Reset
                                 : WireEvent::Kind::Lost;
    pending_.push_back({id, kind, now(), error == 0 ? std::string() : system_text(error)});
  }

  void poll_until(double until) {
    std::vector<pollfd> watched;
    std::vector<int> ids;
    for (const auto& [id, one] : open_) {
      if (one.ended) continue;
      watched.push_back({one.file, static_cast<short>(one.connected ? POLLIN : POLLOUT), 0});
      ids.push_back(id);
    }
    const double left = std::clamp(until - now(), 0.0, kLongestWait);
    // Rounded up: waking too early would turn the last millisecond into a busy loop.
    const int wait_ms = static_cast<int>(std::ceil(left * 1000));
    if (::poll(watched.data(), watched.size(), wait_ms) <= 0) return;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].revents != 0) look(ids[i]);
    }
  }

  void look(int id) {
    Socket& one = open_[id];
    if (!one.connected) {
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(one.file, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) {
        end(id, error);
      } else {
        one.connected = true;
        pending_.push_back({id, WireEvent::Kind::Connected, now(), {}});
      }
      return;
    }
    std::array<char, 4096> buffer{};
    // One piece at a time, so that a server which never stops cannot hold up the others.
    const ssize_t got = ::recv(one.file, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      pending_.push_back({id, WireEvent::Kind::Answered, now(), {}});
    } else if (got == 0) {
      end(id, 0);
    } else if (errno != EAGAIN && errno != EINTR) {
      end(id, errno);
    }
  }

  sockaddr_storage address_;
  socklen_t length_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::map<int, Socket> open_;
  std::vector<WireEvent> pending_;
  int next_id_ = 0;
};

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::string address_text(const addrinfo& from, std::uint16_t port) {
  if (from.ai_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, from.ai_addr, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return IpEndpoint{IpAddress::v4(bytes), port}.to_string();
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, from.ai_addr, sizeof v6);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return IpEndpoint{IpAddress::v6(bytes), port}.to_string();
}

}  // namespace

Result<SocketWire> make_socket_wire(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int problem = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (problem != 0) {
    return fail(ErrorCode::NotFound,
                std::string("cannot find the address of the host: ") + ::gai_strerror(problem),
                host);
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    sockaddr_storage address{};
    std::memcpy(&address, one->ai_addr, one->ai_addrlen);
    return SocketWire{std::make_unique<PosixWire>(address, one->ai_addrlen),
                      address_text(*one, port)};
  }
  return fail(ErrorCode::NotFound, "the host has no address of IPv4 or IPv6", host);
}

}  // namespace dropscope::probe
