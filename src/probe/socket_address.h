#pragma once

// Addresses between the form of the system and ours. The structures of IPv4 and IPv6 have the same
// members in POSIX and Windows and different headers, so they are given as types.

#include <array>
#include <cstdint>
#include <cstring>

#include "base/ip_address.h"
#include "probe/sockets.h"

namespace dropscope::probe {

namespace socket_address {

/// Ports are kept with the high byte first.
template <typename Port>
void set_port(Port& into, std::uint16_t port) {
  static_assert(sizeof into == 2);
  const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(port >> 8),
                                          static_cast<std::uint8_t>(port & 0xff)};
  std::memcpy(&into, bytes.data(), bytes.size());
}

template <typename Port>
std::uint16_t port_of(const Port& from) {
  static_assert(sizeof from == 2);
  std::array<std::uint8_t, 2> bytes{};
  std::memcpy(bytes.data(), &from, bytes.size());
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

template <typename Structure>
SocketAddress packed(const Structure& from) {
  static_assert(sizeof from <= sizeof(SocketAddress::bytes));
  SocketAddress out;
  std::memcpy(out.bytes.data(), &from, sizeof from);
  out.length = sizeof from;
  return out;
}

}  // namespace socket_address

/// `V4` and `V6` are sockaddr_in and sockaddr_in6 of the system, the families its numbers of them.
template <typename V4, typename V6>
SocketAddress system_address(const IpEndpoint& from, int v4_family, int v6_family) {
  const auto& bytes = from.address.bytes();
  if (from.address.is_v4()) {
    V4 out{};
    out.sin_family = static_cast<decltype(out.sin_family)>(v4_family);
    socket_address::set_port(out.sin_port, from.port);
    std::memcpy(&out.sin_addr, bytes.data(), sizeof out.sin_addr);
    return socket_address::packed(out);
  }
  V6 out{};
  out.sin6_family = static_cast<decltype(out.sin6_family)>(v6_family);
  socket_address::set_port(out.sin6_port, from.port);
  std::memcpy(&out.sin6_addr, bytes.data(), sizeof out.sin6_addr);
  return socket_address::packed(out);
}

/// The other way; what is not of IPv4 is taken for IPv6.
template <typename V4, typename V6>
IpEndpoint own_endpoint(const SocketAddress& from, int v4_family) {
  V4 v4{};
  std::memcpy(&v4, from.bytes.data(), sizeof v4);
  if (v4.sin_family == v4_family) {
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return {IpAddress::v4(bytes), socket_address::port_of(v4.sin_port)};
  }
  V6 v6{};
  std::memcpy(&v6, from.bytes.data(), sizeof v6);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return {IpAddress::v6(bytes), socket_address::port_of(v6.sin6_port)};
}

}  // namespace dropscope::probe
