#pragma once

// Addresses of IPv4 and IPv6, as logs write them.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dropscope {

/// An address without a port. IPv4 inside of IPv6 (::ffff:192.0.2.1, RFC 4291 section 2.5.5.2) is
/// the IPv4 address: load balancers write one and their servers the other.
class IpAddress {
 public:
  /// 0.0.0.0
  IpAddress() = default;

  /// "192.0.2.1", "2001:db8::1", "fe80::1%12" (the zone is dropped), "[2001:db8::1]". Nothing for
  /// anything else; parts of IPv4 with leading zeros are refused, as some programs read them as
  /// octal (RFC 6943, section 3.1.1).
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  /// `bytes` in network order.
  [[nodiscard]] static IpAddress v4(const std::array<std::uint8_t, 4>& bytes);
  [[nodiscard]] static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);

  [[nodiscard]] bool is_v4() const { return v4_; }
  /// 0.0.0.0 or ::, "any address".
  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_loopback() const;
  /// Network order; the first four count for IPv4.
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  /// 32 or 128.
  [[nodiscard]] int bits() const { return v4_ ? 32 : 128; }

  /// Canonical (RFC 5952 for IPv6): equal addresses give equal texts.
  [[nodiscard]] std::string to_string() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};
};

/// An address and a port; port 0 means unknown.
struct IpEndpoint {
  IpAddress address;
  std::uint16_t port = 0;

  /// "192.0.2.1:443", "[2001:db8::1]:443"; also "192.0.2.1/443" as Cisco ASA writes it, and
  /// "2001:db8::1:443" is read as an address without a port. An address alone has port 0.
  [[nodiscard]] static std::optional<IpEndpoint> parse(std::string_view text);
  /// Without the port where it is unknown.
  [[nodiscard]] std::string to_string() const;

  auto operator<=>(const IpEndpoint&) const = default;
};

}  // namespace dropscope
