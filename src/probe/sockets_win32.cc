// Waits with select(): WSAPoll() of Windows before 10 2004 does not report a connection that
// could not be made.

// Room for the connections of the probe's peer and its listener (kMostEchoConnections); the header
// asks for it before it is included.
#define FD_SETSIZE 513
// winsock2.h has to come before windows.h, which is not needed here.
#include <winsock2.h>
// Their order matters.
#include <mstcpip.h>
#include <ws2tcpip.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "probe/socket_address.h"
#include "probe/sockets.h"

namespace dropscope::probe {
namespace {

constexpr int kBacklog = 128;
/// As Windows repeats a keep-alive that is not answered by itself (KeepAliveInterval).
constexpr ULONG kKeepAliveEvery_ms = 1000;
/// TCP_MAXRT of Microsoft's ws2ipdef.h, which MinGW's lacks.
constexpr int kTcpMaxRt = 5;

static_assert(sizeof(sockaddr_storage) <= sizeof(SocketAddress::bytes));
static_assert(static_cast<Socket::Handle>(INVALID_SOCKET) == Socket::kNone);

/// Winsock is begun once and lasts as long as the program.
bool is_begun() {
  static const bool begun = [] {
    WSADATA data{};
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
  }();
  return begun;
}

SOCKET socket_of(const Socket& socket) {
  return static_cast<SOCKET>(socket.get());
}

std::string system_text(int error) {
  return std::system_category().message(error);
}

/// As the interface of sockets asks for.
sockaddr* generic(SocketAddress& address) {
  return reinterpret_cast<sockaddr*>(address.bytes.data());
}
const sockaddr* generic(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr*>(address.bytes.data());
}

SocketResult problem(int error) {
  if (error == WSAEWOULDBLOCK || error == WSAEINPROGRESS || error == WSAEINTR) return {};
  SocketEnd end = SocketEnd::Other;
  switch (error) {
    case WSAECONNRESET:
    case WSAECONNREFUSED:
      end = SocketEnd::Reset;
      break;
    // The own side gave up: nothing that was sent is acknowledged.
    case WSAECONNABORTED:
    case WSAETIMEDOUT:
      end = SocketEnd::Other;
      break;
    case WSAENETUNREACH:
    case WSAEHOSTUNREACH:
    case WSAENETDOWN:
    case WSAEHOSTDOWN:
    case WSAEADDRNOTAVAIL:
      end = SocketEnd::Unreachable;
      break;
    case WSAEMFILE:
    case WSAENOBUFS:
      end = SocketEnd::Full;
      break;
    default:
      break;
  }
  return {0, end, system_text(error)};
}

bool set_non_blocking(const Socket& socket) {
  u_long on = 1;
  return ioctlsocket(socket_of(socket), static_cast<long>(FIONBIO), &on) == 0;
}

Socket make_socket(int family) {
  if (!is_begun()) return Socket();
  Socket out(static_cast<Socket::Handle>(::socket(family, SOCK_STREAM, IPPROTO_TCP)));
  return out.is_open() && set_non_blocking(out) ? std::move(out) : Socket();
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

Socket::~Socket() {
  if (is_open()) ::closesocket(static_cast<SOCKET>(handle_));
}

IpEndpoint endpoint_of(const SocketAddress& address) {
  return own_endpoint<sockaddr_in, sockaddr_in6>(address, AF_INET);
}

Result<SocketAddress> resolve(const std::string& host, std::uint16_t port) {
  if (!is_begun()) return fail(ErrorCode::Io, "Windows gives no sockets", host);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) {
    return fail(ErrorCode::NotFound, "cannot find the address of the host: " + system_text(error),
                host);
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
  Socket socket = make_socket(generic(address)->sa_family);
  const SOCKET handle = socket_of(socket);
  if (!socket.is_open() ||
      ::bind(handle, generic(address), static_cast<int>(address.length)) != 0 ||
      ::listen(handle, kBacklog) != 0) {
    return fail(ErrorCode::Io,
                "cannot listen there (" + system_text(WSAGetLastError()) +
                    "); choose an address of this computer and a port that is free",
                at.to_string());
  }
  return socket;
}

Result<Connecting> connect_to(const SocketAddress& to, int keep_alive_s, int give_up_s) {
  Connecting out;
  out.socket = make_socket(generic(to)->sa_family);
  if (!out.socket.is_open()) {
    return fail(ErrorCode::Io, "cannot make a socket (" + system_text(WSAGetLastError()) +
                                   "); try fewer connections at a time");
  }
  const SOCKET handle = socket_of(out.socket);
  if (keep_alive_s > 0) {
    tcp_keepalive asked{};
    asked.onoff = 1;
    asked.keepalivetime = static_cast<ULONG>(keep_alive_s) * 1000;
    asked.keepaliveinterval = kKeepAliveEvery_ms;
    DWORD bytes = 0;
    WSAIoctl(handle, SIO_KEEPALIVE_VALS, &asked, sizeof asked, nullptr, 0, &bytes, nullptr,
             nullptr);
  }
  const auto give_up = static_cast<DWORD>(give_up_s);
  ::setsockopt(handle, IPPROTO_TCP, kTcpMaxRt, reinterpret_cast<const char*>(&give_up),
               sizeof give_up);
  out.done = ::connect(handle, generic(to), static_cast<int>(to.length)) == 0;
  if (!out.done) out.problem = problem(WSAGetLastError());
  return out;
}

SocketResult connected(const Socket& socket) {
  int error = 0;
  int size = sizeof error;
  ::getsockopt(socket_of(socket), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size);
  return error == 0 ? SocketResult{} : problem(error);
}

Connecting accept_from(const Socket& listener) {
  Connecting out;
  out.socket = Socket(static_cast<Socket::Handle>(::accept(socket_of(listener), nullptr, nullptr)));
  const int error = WSAGetLastError();
  out.done = out.socket.is_open() && set_non_blocking(out.socket);
  if (!out.done) out.problem = problem(error);
  return out;
}

SocketResult receive(const Socket& socket, std::span<char> into) {
  const int got = ::recv(socket_of(socket), into.data(), static_cast<int>(into.size()), 0);
  if (got < 0) return problem(WSAGetLastError());
  if (got == 0) return {0, SocketEnd::Closed, {}};
  return {static_cast<std::size_t>(got), SocketEnd::None, {}};
}

SocketResult send(const Socket& socket, std::string_view bytes) {
  const int sent = ::send(socket_of(socket), bytes.data(), static_cast<int>(bytes.size()), 0);
  if (sent < 0) return problem(WSAGetLastError());
  return {static_cast<std::size_t>(sent), SocketEnd::None, {}};
}

IpEndpoint local_of(const Socket& socket) {
  SocketAddress address;
  int length = sizeof(sockaddr_storage);
  if (::getsockname(socket_of(socket), generic(address), &length) != 0) return {};
  return endpoint_of(address);
}

std::optional<bool> acknowledged(const Socket&) {
  return std::nullopt;  // Windows before 10 1703 has no query for it.
}

bool tells_acknowledgements() {
  return false;
}

bool wait_for(std::span<Polled> sockets, int milliseconds) {
  for (Polled& one : sockets) one.ready = false;
  if (sockets.empty()) {
    ::Sleep(static_cast<DWORD>(milliseconds));
    return false;
  }
  check(sockets.size() <= FD_SETSIZE, "no more sockets are waited for than a set has room for");
  fd_set reading;
  fd_set writing;
  fd_set failing;
  FD_ZERO(&reading);
  FD_ZERO(&writing);
  FD_ZERO(&failing);
  for (const Polled& one : sockets) {
    const auto handle = static_cast<SOCKET>(one.handle);
    FD_SET(handle, one.for_writing ? &writing : &reading);
    if (one.for_writing) FD_SET(handle, &failing);
  }
  timeval wait{milliseconds / 1000, (milliseconds % 1000) * 1000};
  if (::select(0, &reading, &writing, &failing, &wait) <= 0) return false;
  for (Polled& one : sockets) {
    const auto handle = static_cast<SOCKET>(one.handle);
    one.ready =
        FD_ISSET(handle, &reading) || FD_ISSET(handle, &writing) || FD_ISSET(handle, &failing);
  }
  return true;
}

}  // namespace dropscope::probe
