#include "base/guid.h"

#include <cstring>

namespace dropscope {
namespace {

// Where the two digits of each written byte come from: groups one to three are little-endian
// integers, the rest is written in stored order (MS-DTYP 2.3.4.3).
constexpr std::array<std::uint8_t, 16> kWrittenOrder = {3, 2, 1,  0,  5,  4,  7,  6,
                                                        8, 9, 10, 11, 12, 13, 14, 15};

constexpr bool dash_before(std::size_t written_byte) {
  return written_byte == 4 || written_byte == 6 || written_byte == 8 || written_byte == 10;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Guid Guid::from_bytes(const std::byte* p) {
  Guid guid;
  std::memcpy(guid.bytes.data(), p, guid.bytes.size());
  return guid;
}

std::optional<Guid> Guid::parse(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') {
    text = text.substr(1, 36);
  }
  if (text.size() != 36) return std::nullopt;
  Guid guid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < guid.bytes.size(); ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_digit(text[at++]);
    const int low = hex_digit(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    guid.bytes[kWrittenOrder[i]] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return guid;
}

std::string Guid::to_string() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(38);
  out += '{';
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (dash_before(i)) out += '-';
    const std::uint8_t byte = bytes[kWrittenOrder[i]];
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
  out += '}';
  return out;
}

}  // namespace dropscope
