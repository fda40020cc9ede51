#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace dropscope {

/// A GUID in its stored byte order: the first three groups little-endian (MS-DTYP 2.3.4.2).
struct Guid {
  std::array<std::uint8_t, 16> bytes{};

  /// From exactly 16 bytes; the caller has checked the size.
  static Guid from_bytes(const std::byte* p);
  /// Reads "{0ead09bd-…}", braces optional, any case.
  static std::optional<Guid> parse(std::string_view text);
  /// Lower case with braces, as Windows renders it: "{0ead09bd-2157-539a-8d6d-c87f95b64d70}".
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Guid&, const Guid&) = default;
};

}  // namespace dropscope
