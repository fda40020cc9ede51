#pragma once

// TCP sockets of the system, none of which waits: the little that the probe, its peer and the watch
// need of them, in words that are the same for POSIX (sockets_posix.cc) and Windows
// (sockets_win32.cc).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "base/result.h"

namespace dropscope::probe {

/// Owns a socket and closes it.
class Socket {
 public:
  /// A descriptor, or a SOCKET of Windows.
  using Handle = std::intptr_t;
  static constexpr Handle kNone = -1;

  explicit Socket(Handle handle = kNone) : handle_(handle) {}
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] Handle get() const { return handle_; }
  [[nodiscard]] bool is_open() const { return handle_ != kNone; }

 private:
  Handle handle_;
};

/// An address as the system has it; of IPv6 with the scope that an endpoint does not hold.
struct SocketAddress {
  alignas(std::max_align_t) std::array<std::byte, 128> bytes{};  ///< A sockaddr_storage.
  std::size_t length = 0;
};
[[nodiscard]] IpEndpoint endpoint_of(const SocketAddress& address);

/// The first address of the host. NotFound when it has none.
[[nodiscard]] Result<SocketAddress> resolve(const std::string& host, std::uint16_t port);

/// Io when it cannot listen there.
[[nodiscard]] Result<Socket> listen_on(const IpEndpoint& at);

/// How a call ended that could not be done at once.
enum class SocketEnd : std::uint8_t {
  None,         ///< It did not: nothing is wrong.
  Closed,       ///< The other side sent a FIN.
  Reset,        ///< … a RST; of a connection that is being made: refused.
  Unreachable,  ///< No way there.
  Full,         ///< The system has no socket left.
  Other,        ///< Among them: no answer in the system's own time.
};

struct SocketResult {
  std::size_t bytes = 0;  ///< Sent or received; 0 also when there is nothing to do yet.
  SocketEnd end = SocketEnd::None;
  std::string text;  ///< What the system says; empty for None and Closed.
};

struct Connecting {
  Socket socket;
  bool done = false;     ///< Connected at once.
  SocketResult problem;  ///< `end` is None while it goes on.
};
/// Begins to connect. `keep_alive_s`: TCP keep-alive after so long without traffic, then each
/// second as Windows does by itself (KeepAliveInterval); 0 = off. Io when there is no socket.
/// `give_up_s`: Windows ends a connection when something was not acknowledged for so long; other
/// systems leave that to who asks acknowledged().
[[nodiscard]] Result<Connecting> connect_to(const SocketAddress& to, int keep_alive_s,
                                            int give_up_s);

/// What became of a connection that was begun, once it can be written to.
[[nodiscard]] SocketResult connected(const Socket& socket);

/// A socket that is not open, with `problem.end`, when nobody waits to be accepted.
[[nodiscard]] Connecting accept_from(const Socket& listener);

[[nodiscard]] SocketResult receive(const Socket& socket, std::span<char> into);
[[nodiscard]] SocketResult send(const Socket& socket, std::string_view bytes);

/// The own end; unspecified when the system does not tell.
[[nodiscard]] IpEndpoint local_of(const Socket& socket);

/// Whether the other side acknowledged everything that was sent; nothing where the system does not
/// tell.
[[nodiscard]] std::optional<bool> acknowledged(const Socket& socket);
/// Whether acknowledged() tells.
[[nodiscard]] bool tells_acknowledgements();

struct Polled {
  Socket::Handle handle = Socket::kNone;
  bool for_writing = false;  ///< Wait until it can be written to, or fails; else until it has data.
  bool ready = false;        ///< Set by wait_for().
};
/// Waits until one is ready, or so long. False when none is.
[[nodiscard]] bool wait_for(std::span<Polled> sockets, int milliseconds);

}  // namespace dropscope::probe
