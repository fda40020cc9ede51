// The textual forms follow what wevtutil prints; FORMAT.md lists the rules and the sample that
// shows each. Debian's MinGW uses a C library whose number formatting differs from glibc's for
// floating point, so numbers go through fmt, which is the same everywhere.

#include "formats/evtx/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>

namespace dropscope::evtx {
namespace {

/// Bytes of one element of a fixed-size type; 0 for types of variable size.
std::size_t fixed_size(ValueType type) {
  switch (type) {
    case ValueType::Int8:
    case ValueType::UInt8:
      return 1;
    case ValueType::Int16:
    case ValueType::UInt16:
      return 2;
    case ValueType::Int32:
    case ValueType::UInt32:
    case ValueType::Real32:
    case ValueType::Bool:
    case ValueType::HexInt32:
      return 4;
    case ValueType::Int64:
    case ValueType::UInt64:
    case ValueType::Real64:
    case ValueType::FileTime:
    case ValueType::HexInt64:
    case ValueType::SizeT:
      return 8;
    case ValueType::Guid:
    case ValueType::SystemTime:
      return 16;
    default:
      return 0;
  }
}

/// Little-endian integer of 1, 2, 4 or 8 bytes.
std::optional<std::uint64_t> load_unsigned(Bytes bytes) {
  switch (bytes.size()) {
    case 1:
      return load_le<std::uint8_t>(bytes.data());
    case 2:
      return load_le<std::uint16_t>(bytes.data());
    case 4:
      return load_le<std::uint32_t>(bytes.data());
    case 8:
      return load_le<std::uint64_t>(bytes.data());
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> load_signed(Bytes bytes) {
  switch (bytes.size()) {
    case 1:
      return load_le<std::int8_t>(bytes.data());
    case 2:
      return load_le<std::int16_t>(bytes.data());
    case 4:
      return load_le<std::int32_t>(bytes.data());
    case 8:
      return load_le<std::int64_t>(bytes.data());
    default:
      return std::nullopt;
  }
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    std::uint64_t digit = 16;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint64_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<std::uint64_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<std::uint64_t>(c - 'A') + 10;
    if (digit >= base || value > (~std::uint64_t{0} - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

/// SYSTEMTIME: eight 16-bit fields (MS-DTYP 2.3.13): year, month, weekday, day, hour, minute,
/// second, ms.
CivilTime load_system_time(const std::byte* p) {
  CivilTime civil;
  civil.year = load_le<std::uint16_t>(p);
  civil.month = load_le<std::uint16_t>(p + 2);
  civil.day = load_le<std::uint16_t>(p + 6);
  civil.hour = load_le<std::uint16_t>(p + 8);
  civil.minute = load_le<std::uint16_t>(p + 10);
  civil.second = load_le<std::uint16_t>(p + 12);
  civil.ticks = load_le<std::uint16_t>(p + 14) * 10'000;
  return civil;
}

/// SID: revision, count, 48-bit big-endian authority, 32-bit sub-authorities (MS-DTYP 2.4.2.2).
/// Nothing when the bytes are too few.
std::optional<std::size_t> sid_size(Bytes bytes) {
  if (bytes.size() < 8) return std::nullopt;
  const std::size_t size = 8 + 4 * std::to_integer<std::size_t>(bytes[1]);
  if (size > bytes.size()) return std::nullopt;
  return size;
}

template <typename Number>
void append_decimal(std::string& out, Number number) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

void append_sid(std::string& out, Bytes bytes) {
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < 8; ++i) {
    authority = authority << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  auto it = std::back_inserter(out);
  // Authorities of 2^32 and above are written in hexadecimal (MS-DTYP 2.4.2.1).
  if (authority >> 32 != 0) {
    fmt::format_to(it, "S-{}-0x{:012X}", std::to_integer<int>(bytes[0]), authority);
  } else {
    fmt::format_to(it, "S-{}-{}", std::to_integer<int>(bytes[0]), authority);
  }
  for (std::size_t i = 8; i + 4 <= bytes.size(); i += 4) {
    out += '-';
    append_decimal(out, load_le<std::uint32_t>(bytes.data() + i));
  }
}

void append_hex_bytes(std::string& out, Bytes bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  out.reserve(out.size() + 2 * bytes.size());
  for (const std::byte b : bytes) {
    out += kDigits[std::to_integer<unsigned>(b) >> 4];
    out += kDigits[std::to_integer<unsigned>(b) & 15u];
  }
}

/// ANSI strings carry no code page; the part below 0x80 is the same in all of them, and the rest is
/// read as Windows-1252, the commonest on the systems that still write them. 0x81 and its four
/// unassigned fellows become U+FFFD.
void append_ansi(std::string& out, Bytes bytes) {
  static constexpr char16_t kHigh[32] = {
      0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
      0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
      0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};
  while (!bytes.empty() && bytes.back() == std::byte{0}) bytes = bytes.first(bytes.size() - 1);
  for (const std::byte b : bytes) {
    const auto unit = std::to_integer<std::uint8_t>(b);
    if (unit < 0x80) {
      out += static_cast<char>(unit);
    } else {
      append_code_point(out, unit < 0xa0 ? char32_t{kHigh[unit - 0x80]} : char32_t{unit});
    }
  }
}

template <typename Float, typename Bits>
void append_real(std::string& out, Bytes bytes) {
  const auto value = std::bit_cast<Float>(load_le<Bits>(bytes.data()));
  fmt::format_to(std::back_inserter(out), "{:.6g}", value);  // Six digits, as C's %g.
}

/// Appends a value that is no array and whose size suits its type; false when it does not.
bool append_scalar(std::string& out, ValueType type, Bytes bytes) {
  auto it = std::back_inserter(out);
  const std::size_t expected = fixed_size(type);
  const bool is_size_t = type == ValueType::SizeT;
  if (expected != 0 && bytes.size() != expected && !(is_size_t && bytes.size() == 4)) return false;
  switch (type) {
    case ValueType::Null:
      return true;
    case ValueType::String:
    case ValueType::EvtXml:
      append_utf8(out, Utf16View(bytes).trim_nul());
      return true;
    case ValueType::AnsiString:
      append_ansi(out, bytes);
      return true;
    case ValueType::Int8:
    case ValueType::Int16:
    case ValueType::Int32:
    case ValueType::Int64:
      append_decimal(out, *load_signed(bytes));
      return true;
    case ValueType::UInt8:
    case ValueType::UInt16:
    case ValueType::UInt32:
    case ValueType::UInt64:
      append_decimal(out, *load_unsigned(bytes));
      return true;
    case ValueType::SizeT:
    case ValueType::HexInt32:
    case ValueType::HexInt64:
      fmt::format_to(it, "{:#x}", *load_unsigned(bytes));
      return true;
    case ValueType::Real32:
      append_real<float, std::uint32_t>(out, bytes);
      return true;
    case ValueType::Real64:
      append_real<double, std::uint64_t>(out, bytes);
      return true;
    case ValueType::Bool:
      out += *load_unsigned(bytes) != 0 ? "true" : "false";
      return true;
    case ValueType::Guid:
      out += Guid::from_bytes(bytes.data()).to_string();
      return true;
    case ValueType::FileTime: {
      const auto count = load_le<std::uint64_t>(bytes.data());
      if (count > 0x7fffffffffffffff) return false;
      out += format_utc(instant_from_filetime(count), 7);
      return true;
    }
    case ValueType::SystemTime: {
      const auto t = from_civil_utc(load_system_time(bytes.data()));
      if (!t) return false;
      out += format_utc(*t, 7);
      return true;
    }
    case ValueType::Sid: {
      const auto size = sid_size(bytes);
      if (!size) return false;
      append_sid(out, bytes.first(*size));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

std::optional<std::uint64_t> ValueView::as_u64() const {
  if (array) return std::nullopt;
  switch (type) {
    case ValueType::Int8:
    case ValueType::Int16:
    case ValueType::Int32:
    case ValueType::Int64: {
      const auto value = load_signed(bytes);
      if (!value) return std::nullopt;
      return static_cast<std::uint64_t>(*value);
    }
    case ValueType::UInt8:
    case ValueType::UInt16:
    case ValueType::UInt32:
    case ValueType::UInt64:
    case ValueType::Bool:
    case ValueType::SizeT:
    case ValueType::HexInt32:
    case ValueType::HexInt64:
      return load_unsigned(bytes);
    case ValueType::String:
    case ValueType::AnsiString:
      if (bytes.size() > 64) return std::nullopt;  // Longer than any number in 64 bits.
      return parse_number(to_text());
    default:
      return std::nullopt;
  }
}

std::optional<Instant> ValueView::as_instant() const {
  if (array) return std::nullopt;
  if (type == ValueType::FileTime && bytes.size() == 8) {
    const auto count = load_le<std::uint64_t>(bytes.data());
    if (count > 0x7fffffffffffffff) return std::nullopt;
    return instant_from_filetime(count);
  }
  if (type == ValueType::SystemTime && bytes.size() == 16) {
    return from_civil_utc(load_system_time(bytes.data()));
  }
  if (type == ValueType::String && bytes.size() <= 128) return parse_utc(to_text());
  return std::nullopt;
}

std::optional<Guid> ValueView::as_guid() const {
  if (array) return std::nullopt;
  if (type == ValueType::Guid && bytes.size() == 16) return Guid::from_bytes(bytes.data());
  if (type == ValueType::String && bytes.size() <= 128) return Guid::parse(to_text());
  return std::nullopt;
}

Utf16View ValueView::as_utf16() const {
  if (type != ValueType::String || array) return {};
  return Utf16View(bytes).trim_nul();
}

void ValueView::append_text(std::string& out) const {
  if (array) {
    bool first = true;
    for_each_element([&](const ValueView& element) {
      if (!first) out += ", ";
      first = false;
      element.append_text(out);
    });
    return;
  }
  if (!append_scalar(out, type, bytes)) append_hex_bytes(out, bytes);
}

std::string ValueView::to_text() const {
  std::string out;
  append_text(out);
  return out;
}

ValueView::Step ValueView::element_at(std::size_t offset) const {
  const Bytes rest = bytes.subspan(offset);
  if (type == ValueType::String || type == ValueType::EvtXml) {
    for (std::size_t i = 0; i + 2 <= rest.size(); i += 2) {
      if (rest[i] == std::byte{0} && rest[i + 1] == std::byte{0}) return {i, i + 2};
    }
    return {rest.size(), rest.size()};
  }
  if (type == ValueType::AnsiString) {
    const auto end = std::find(rest.begin(), rest.end(), std::byte{0});
    const auto size = static_cast<std::size_t>(end - rest.begin());
    return {size, std::min(size + 1, rest.size())};
  }
  std::size_t size = fixed_size(type);
  if (type == ValueType::Sid) size = sid_size(rest).value_or(rest.size());
  if (size == 0 || size > rest.size()) size = rest.size();
  return {size, size};
}

}  // namespace dropscope::evtx
