#pragma once

// Ranges of addresses with a common beginning: "10.20.0.0/16", "2001:db8::/32".

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace dropscope {

/// A network; all bits of its address behind the prefix are zero.
class IpNetwork {
 public:
  /// 0.0.0.0/0
  IpNetwork() = default;
  /// The network of that length that `address` is in. `bits` is at most address.bits().
  IpNetwork(const IpAddress& address, int bits);

  /// "10.20.0.0/16", "10.20.0.0/255.255.0.0", "2001:db8::/32", or an address alone, which is a
  /// network of itself. Of "10.20.0.5/16" the network is taken. Nothing for anything else, and for
  /// a mask with gaps.
  [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);

  [[nodiscard]] const IpAddress& address() const { return address_; }
  /// Length of the prefix.
  [[nodiscard]] int bits() const { return bits_; }
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] std::string to_string() const;

  auto operator<=>(const IpNetwork&) const = default;

 private:
  IpAddress address_;
  int bits_ = 0;
};

}  // namespace dropscope
