#include "present/redact/addresses.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/ip_network.h"
#include "present/redact/key.h"

namespace dropscope::redact {
namespace {

/// Ranges whose meaning is kept (RFC 6890 and the registries that it founded).
const std::vector<IpNetwork>& special_ranges() {
  static const std::vector<IpNetwork> kRanges = [] {
    std::vector<IpNetwork> ranges;
    for (const std::string_view text :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
          "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "64:ff9b::/96",
          "fc00::/7", "fe80::/10", "ff00::/8", "2000::/3"}) {
      if (const auto range = IpNetwork::parse(text)) ranges.push_back(*range);
    }
    return ranges;
  }();
  return kRanges;
}

/// Those in which no address belongs to anybody in particular.
bool is_everybodys(const IpAddress& address) {
  static const std::vector<IpNetwork> kRanges = [] {
    std::vector<IpNetwork> ranges;
    for (const std::string_view text :
         {"0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/127", "ff00::/8"}) {
      if (const auto range = IpNetwork::parse(text)) ranges.push_back(*range);
    }
    return ranges;
  }();
  return std::any_of(kRanges.begin(), kRanges.end(),
                     [&](const IpNetwork& range) { return range.contains(address); });
}

bool bit_of(const IpAddress& address, int bit) {
  const auto at = static_cast<std::size_t>(bit);
  return ((address.bytes()[at / 8] >> (7 - at % 8)) & 1) != 0;
}

/// Whether the first `bits` of the address are those of a special range that is longer.
bool leads_to_special(const IpAddress& address, int bits) {
  for (const IpNetwork& range : special_ranges()) {
    if (range.address().is_v4() != address.is_v4() || range.bits() <= bits) continue;
    bool same = true;
    for (int bit = 0; bit < bits && same; ++bit) {
      same = bit_of(range.address(), bit) == bit_of(address, bit);
    }
    if (same) return true;
  }
  return false;
}

}  // namespace

bool Addresses::flips(const IpAddress& original, int bit) {
  std::string prefix = fmt::format("{}/{}/", original.is_v4() ? 4 : 6, bit);
  for (int i = 0; i < bit; ++i) prefix += bit_of(original, i) ? '1' : '0';
  const auto known = known_.find(prefix);
  if (known != known_.end()) return known->second;
  const bool flip = !leads_to_special(original, bit) &&
                    (keyed_hash(secret_, "address:" + prefix).back() & 1) != 0;
  return known_.emplace(std::move(prefix), flip).first->second;
}

IpAddress Addresses::map(const IpAddress& address) {
  return map_network(address, address.bits());
}

IpAddress Addresses::map_network(const IpAddress& address, int bits) {
  if (is_everybodys(address)) return address;
  std::array<std::uint8_t, 16> bytes = address.bytes();
  for (int bit = 0; bit < std::min(bits, address.bits()); ++bit) {
    const auto at = static_cast<std::size_t>(bit);
    if (flips(address, bit)) {
      bytes[at / 8] = static_cast<std::uint8_t>(bytes[at / 8] ^ (0x80U >> (at % 8)));
    }
  }
  if (!address.is_v4()) return IpAddress::v6(bytes);
  return IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

std::string Addresses::map_hardware(std::string_view plain_hex, char separator) const {
  const std::string hash = keyed_hash(secret_, fmt::format("hardware:{}", plain_hex));
  std::string out = "02";
  for (std::size_t i = 0; i < 5; ++i) {
    out += separator;
    out += hash.substr(2 * i, 2);
  }
  return out;
}

}  // namespace dropscope::redact
