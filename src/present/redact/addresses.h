#pragma once

// Addresses are replaced so that subnets keep their structure: two addresses with the same first n
// bits have the same first n bits afterwards, and not one more. Each bit is flipped or not by a
// keyed hash of the bits before it (Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address
// Anonymization, ICNP 2002).
//
// What a range means is kept, as a diagnosis rests on it: private stays private, link-local stays
// link-local (IANA's registries of special-purpose addresses). For that, no bit is flipped on the
// way to such a range.

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ip_address.h"

namespace dropscope::redact {

class Addresses {
 public:
  explicit Addresses(std::string secret) : secret_(std::move(secret)) {}

  /// Loopback, multicast, unspecified addresses and netmasks stay as they are.
  [[nodiscard]] IpAddress map(const IpAddress& address);
  /// The first `bits` alone; those behind stay as they are. Of a network's address they are zero,
  /// and a network it remains.
  [[nodiscard]] IpAddress map_network(const IpAddress& address, int bits);

  /// A hardware address of six bytes: its last three are replaced, and the maker's are too, by
  /// those of a locally administered one (IEEE 802, bit 1 of the first byte).
  [[nodiscard]] std::string map_hardware(std::string_view plain_hex, char separator) const;

 private:
  bool flips(const IpAddress& original, int bit);

  std::string secret_;
  std::unordered_map<std::string, bool> known_;  // Family, length and bits of a prefix.
};

}  // namespace dropscope::redact
