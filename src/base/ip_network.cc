#include "base/ip_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/result.h"
#include "base/text.h"

namespace dropscope {
namespace {

/// `address` with zeros behind its first `bits`.
IpAddress masked(const IpAddress& address, int bits) {
  std::array<std::uint8_t, 16> bytes = address.bytes();
  for (int i = 0; i < 16; ++i) {
    const int keep = std::clamp(bits - 8 * i, 0, 8);
    bytes[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(0xff00u >> keep);
  }
  if (!address.is_v4()) return IpAddress::v6(bytes);
  return IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

/// Length of the prefix that a mask such as 255.255.0.0 stands for.
std::optional<int> bits_of_mask(const IpAddress& mask) {
  if (!mask.is_v4()) return std::nullopt;
  const auto& bytes = mask.bytes();
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | bytes[i];
  const int ones = std::countl_one(word);
  return ones + std::countr_zero(word) >= 32 ? std::optional<int>(ones) : std::nullopt;
}

}  // namespace

IpNetwork::IpNetwork(const IpAddress& address, int bits)
    : address_(masked(address, bits)), bits_(bits) {
  check(bits >= 0 && bits <= address.bits(), "a prefix fits its address");
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  text = trim(text);
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpNetwork(*address, address->bits());
  const std::string_view length = text.substr(slash + 1);
  // At most three digits; parse_int() takes signs too.
  if (!length.empty() && length.size() <= 3 &&
      length.find_first_not_of("0123456789") == std::string_view::npos) {
    const auto bits = parse_int(length);
    if (!bits || *bits > address->bits()) return std::nullopt;
    return IpNetwork(*address, static_cast<int>(*bits));
  }
  const auto mask = IpAddress::parse(length);
  const auto bits = mask && address->is_v4() ? bits_of_mask(*mask) : std::nullopt;
  if (!bits) return std::nullopt;
  return IpNetwork(*address, *bits);
}

bool IpNetwork::contains(const IpAddress& address) const {
  return address.is_v4() == address_.is_v4() && masked(address, bits_) == address_;
}

std::string IpNetwork::to_string() const {
  return fmt::format("{}/{}", address_.to_string(), bits_);
}

}  // namespace dropscope
