#include "base/ip_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace dropscope {
namespace {

constexpr std::size_t kGroups = 8;

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (!all_digits(text) || text.size() > 5) return std::nullopt;
  const auto number = parse_int(text);
  if (!number || *number > 0xffff) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<std::uint8_t, 4> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t end = i + 1 < out.size() ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view part = text.substr(0, end);
    if (!all_digits(part) || part.size() > 3 || (part.size() > 1 && part[0] == '0')) {
      return std::nullopt;
    }
    unsigned value = 0;
    for (const char c : part) value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) return std::nullopt;
    out[i] = static_cast<std::uint8_t>(value);
    text.remove_prefix(i + 1 < out.size() ? end + 1 : end);
  }
  return out;
}

std::optional<unsigned> parse_group(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    if (lower >= '0' && lower <= '9') {
      value = value * 16 + static_cast<unsigned>(lower - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<unsigned>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// Appends the groups of one side of "::"; false if they are too many or no groups. IPv4 may stand
/// at the very end of the address only.
bool parse_groups(std::string_view text, bool at_end, std::array<std::uint8_t, 16>& out,
                  std::size_t& count) {
  if (text.empty()) return true;
  for (const std::string_view part : split(text, ':')) {
    if (part.find('.') != std::string_view::npos) {
      // It takes the place of the last two groups.
      const auto v4 = parse_v4(part);
      if (!v4 || !at_end || count + 2 > kGroups || part.end() != text.end()) return false;
      for (std::size_t i = 0; i < v4->size(); ++i) out[2 * count + i] = (*v4)[i];
      count += 2;
      continue;
    }
    const auto group = parse_group(part);
    if (!group || count == kGroups) return false;
    out[2 * count] = static_cast<std::uint8_t>(*group >> 8);
    out[2 * count + 1] = static_cast<std::uint8_t>(*group & 0xff);
    ++count;
  }
  return true;
}

std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
  std::array<std::uint8_t, 16> out{};
  const std::size_t gap = text.find("::");
  std::size_t count = 0;
  if (gap == std::string_view::npos) {
    if (!parse_groups(text, true, out, count) || count != kGroups) return std::nullopt;
    return out;
  }
  if (!parse_groups(text.substr(0, gap), false, out, count)) return std::nullopt;
  std::array<std::uint8_t, 16> tail{};
  std::size_t behind = 0;
  if (!parse_groups(text.substr(gap + 2), true, tail, behind)) return std::nullopt;
  if (count + behind >= kGroups) return std::nullopt;
  std::copy_n(tail.begin(), 2 * behind, out.end() - static_cast<std::ptrdiff_t>(2 * behind));
  return out;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (text.find(':') == std::string_view::npos) return std::nullopt;
  }
  if (text.find(':') == std::string_view::npos) {
    const auto bytes = parse_v4(text);
    return bytes ? std::optional(v4(*bytes)) : std::nullopt;
  }
  const auto bytes = parse_v6(text.substr(0, text.find('%')));
  return bytes ? std::optional(v6(*bytes)) : std::nullopt;
}

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  const bool zeros = std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; });
  if (zeros && bytes[10] == 0xff && bytes[11] == 0xff) {
    return v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  }
  IpAddress address;
  address.v4_ = false;
  address.bytes_ = bytes;
  return address;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](auto b) { return b == 0; });
}

bool IpAddress::is_loopback() const {
  if (v4_) return bytes_[0] == 127;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto b) { return b == 0; }) &&
         bytes_[15] == 1;
}

std::string IpAddress::to_string() const {
  if (v4_) return fmt::format("{}.{}.{}.{}", bytes_[0], bytes_[1], bytes_[2], bytes_[3]);
  std::array<unsigned, kGroups> groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<unsigned>(bytes_[2 * i]) << 8 | bytes_[2 * i + 1];
  }
  // The first of the longest runs of two or more zero groups (RFC 5952, section 4.2).
  std::size_t best = 0;
  std::size_t best_size = 1;
  for (std::size_t i = 0; i < kGroups; ++i) {
    std::size_t size = 0;
    while (i + size < kGroups && groups[i + size] == 0) ++size;
    if (size > best_size) {
      best = i;
      best_size = size;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < kGroups; ++i) {
    if (best_size > 1 && i == best) {
      out += "::";
      i += best_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += fmt::format("{:x}", groups[i]);
  }
  return out;
}

std::optional<IpEndpoint> IpEndpoint::parse(std::string_view text) {
  const auto make = [](std::string_view address_text,
                       std::string_view port_text) -> std::optional<IpEndpoint> {
    const auto ip = IpAddress::parse(address_text);
    const auto number = parse_port(port_text);
    if (!ip || !number) return std::nullopt;
    return IpEndpoint{*ip, *number};
  };
  if (const auto address = IpAddress::parse(text)) return IpEndpoint{*address, 0};
  if (const std::size_t slash = text.rfind('/'); slash != std::string_view::npos) {
    return make(text.substr(0, slash), text.substr(slash + 1));
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view address = text.substr(0, colon);
  if (address.find(':') != std::string_view::npos && !address.starts_with('[')) return std::nullopt;
  return make(address, text.substr(colon + 1));
}

std::string IpEndpoint::to_string() const {
  if (port == 0) return address.to_string();
  return address.is_v4() ? fmt::format("{}:{}", address.to_string(), port)
                         : fmt::format("[{}]:{}", address.to_string(), port);
}

}  // namespace dropscope
