#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "probe/socket_address.h"
#include "probe/sockets.h"

namespace dropscope::probe {
namespace {

/// As many as may wait to be accepted; the system cuts it to its own limit.
constexpr int kBacklog = 128;
/// As Windows repeats a keep-alive that is not answered (KeepAliveInterval).
constexpr int kKeepAliveEvery_s = 1;

static_assert(sizeof(sockaddr_storage) <= sizeof(SocketAddress::bytes));

int file_of(const Socket& socket) {
  return static_cast<int>(socket.get());
}

std::string system_text(int error) {
  return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): one thread uses the sockets.
}

/// As the interface of sockets asks for.
sockaddr* generic(SocketAddress& address) {
  return reinterpret_cast<sockaddr*>(address.bytes.data());
}
const sockaddr* generic(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr*>(address.bytes.data());
}

SocketResult problem(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == EINPROGRESS) return {};
  SocketEnd end = SocketEnd::Other;
  switch (error) {
    case ECONNRESET:
    case EPIPE:
    case ECONNREFUSED:
      end = SocketEnd::Reset;
      break;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
      end = SocketEnd::Unreachable;
      break;
    case EMFILE:
    case ENFILE:
      end = SocketEnd::Full;
      break;
    default:
      break;
  }
  return {0, end, system_text(error)};
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

Socket::~Socket() {
  if (is_open()) ::close(static_cast<int>(handle_));
}

IpEndpoint endpoint_of(const SocketAddress& address) {
  return own_endpoint<sockaddr_in, sockaddr_in6>(address, AF_INET);
}

Result<SocketAddress> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) {
    return fail(ErrorCode::NotFound,
                std::string("cannot find the address of the host: ") + ::gai_strerror(error), host);
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    SocketAddress address;
    std::memcpy(address.bytes.data(), one->ai_addr, one->ai_addrlen);
    address.length = one->ai_addrlen;
    return address;
  }
  return fail(ErrorCode::NotFound, "the host has no address of IPv4 or IPv6", host);
}

Result<Socket> listen_on(const IpEndpoint& at) {
  const SocketAddress address = system_address<sockaddr_in, sockaddr_in6>(at, AF_INET, AF_INET6);
  Socket socket(::socket(generic(address)->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                         IPPROTO_TCP));
  // Without it, a port whose last connections are still being forgotten could not be taken again.
  const int on = 1;
  const int file = file_of(socket);
  if (!socket.is_open() || ::setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(file, generic(address), static_cast<socklen_t>(address.length)) != 0 ||
      ::listen(file, kBacklog) != 0) {
    return fail(ErrorCode::Io,
                "cannot listen there (" + system_text(errno) +
                    "); choose an address of this computer and a port that is free",
                at.to_string());
  }
  return socket;
}

Result<Connecting> connect_to(const SocketAddress& to, int keep_alive_s, int /*give_up_s*/) {
  Connecting out;
  out.socket = Socket(
      ::socket(generic(to)->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!out.socket.is_open()) {
    return fail(ErrorCode::Io, "cannot make a socket (" + system_text(errno) +
                                   "); try fewer connections at a time");
  }
  const int file = file_of(out.socket);
  if (keep_alive_s > 0) {
    const int on = 1;
    ::setsockopt(file, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(file, IPPROTO_TCP, TCP_KEEPIDLE, &keep_alive_s, sizeof keep_alive_s);
    ::setsockopt(file, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepAliveEvery_s, sizeof kKeepAliveEvery_s);
  }
  out.done = ::connect(file, generic(to), static_cast<socklen_t>(to.length)) == 0;
  if (!out.done) out.problem = problem(errno);
  return out;
}

SocketResult connected(const Socket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(file_of(socket), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? SocketResult{} : problem(error);
}

Connecting accept_from(const Socket& listener) {
  Connecting out;
  out.socket = Socket(::accept4(file_of(listener), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  out.done = out.socket.is_open();
  if (!out.done) out.problem = problem(errno);
  return out;
}

SocketResult receive(const Socket& socket, std::span<char> into) {
  const ssize_t got = ::recv(file_of(socket), into.data(), into.size(), 0);
  if (got < 0) return problem(errno);
  if (got == 0) return {0, SocketEnd::Closed, {}};
  return {static_cast<std::size_t>(got), SocketEnd::None, {}};
}

SocketResult send(const Socket& socket, std::string_view bytes) {
  const ssize_t sent = ::send(file_of(socket), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0) return problem(errno);
  return {static_cast<std::size_t>(sent), SocketEnd::None, {}};
}

IpEndpoint local_of(const Socket& socket) {
  SocketAddress address;
  socklen_t length = sizeof(sockaddr_storage);
  if (::getsockname(file_of(socket), generic(address), &length) != 0) return {};
  return endpoint_of(address);
}

std::optional<bool> acknowledged(const Socket& socket) {
  int waiting = 0;
  return ::ioctl(file_of(socket), TIOCOUTQ, &waiting) == 0 && waiting == 0;
}

bool tells_acknowledgements() {
  return true;
}

bool wait_for(std::span<Polled> sockets, int milliseconds) {
  std::vector<pollfd> watched;
  watched.reserve(sockets.size());
  for (const Polled& one : sockets) {
    watched.push_back(
        {static_cast<int>(one.handle), static_cast<short>(one.for_writing ? POLLOUT : POLLIN), 0});
  }
  const bool any = ::poll(watched.data(), watched.size(), milliseconds) > 0;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    sockets[i].ready = any && watched[i].revents != 0;
  }
  return any;
}

}  // namespace dropscope::probe
