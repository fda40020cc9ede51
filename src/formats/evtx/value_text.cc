#include "formats/evtx/value_text.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace dropscope::evtx {
namespace {

constexpr std::uint64_t kTicksPerDay = 864'000'000'000;

template <bool upper>
constexpr std::array<char, 512> hex_pairs() {
  constexpr std::string_view kDigits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::array<char, 512> out{};
  for (std::size_t i = 0; i < 256; ++i) {
    out[2 * i] = kDigits[i >> 4];
    out[2 * i + 1] = kDigits[i & 15];
  }
  return out;
}
constexpr auto kLowerHex = hex_pairs<false>();
constexpr auto kUpperHex = hex_pairs<true>();

constexpr std::array<char, 200> decimal_pairs() {
  std::array<char, 200> out{};
  for (std::size_t i = 0; i < 100; ++i) {
    out[2 * i] = static_cast<char>('0' + i / 10);
    out[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return out;
}
constexpr auto kDecimal = decimal_pairs();

char* put_pair(char* out, std::uint64_t below_100) {
  std::memcpy(out, kDecimal.data() + 2 * below_100, 2);
  return out + 2;
}

char* put_hex_byte(char* out, std::byte b, const std::array<char, 512>& table) {
  std::memcpy(out, table.data() + 2 * std::to_integer<std::size_t>(b), 2);
  return out + 2;
}

char* put_signed(char* out, std::int64_t value) {
  return std::to_chars(out, out + 24, value).ptr;
}

/// Unpadded, in lower case, as Windows writes HexInt32 and HexInt64.
char* put_hex(char* out, std::uint64_t value) {
  *out++ = '0';
  *out++ = 'x';
  return std::to_chars(out, out + 16, value, 16).ptr;
}

char* put_guid(char* out, const std::byte* p) {
  // The first three groups are stored little-endian (MS-DTYP 2.3.4.2).
  constexpr std::array<std::uint8_t, 16> kOrder = {3, 2, 1,  0,  5,  4,  7,  6,
                                                   8, 9, 10, 11, 12, 13, 14, 15};
  *out++ = '{';
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    out = put_hex_byte(out, p[kOrder[i]], kLowerHex);
  }
  *out++ = '}';
  return out;
}

bool is_ascii(Bytes text) {
  std::byte any{0};
  for (const std::byte b : text) any |= b;
  return (any & std::byte{0x80}) == std::byte{0};
}

char* put_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

/// "2026-11-23T".
std::string date_of(Instant time) {
  const CivilTime civil = to_civil_utc(time);
  if (civil.year < 1000 || civil.year > 9999) {
    std::string text = format_utc(time, 0);
    text.resize(text.find('T') + 1);
    return text;
  }
  std::array<char, 11> text;
  const auto year = static_cast<std::uint64_t>(civil.year);
  char* out = put_pair(put_pair(text.data(), year / 100), year % 100);
  *out++ = '-';
  out = put_pair(out, static_cast<std::uint64_t>(civil.month));
  *out++ = '-';
  out = put_pair(out, static_cast<std::uint64_t>(civil.day));
  *out = 'T';
  return std::string(text.data(), text.size());
}

}  // namespace

char* put_long_decimal(char* out, std::uint64_t value) {
  // Ids, levels and process ids; the rest is left to the library.
  if (value < 100) return put_pair(out, value);
  if (value < 1000) {
    *out = static_cast<char>('0' + value / 100);
    return put_pair(out + 1, value % 100);
  }
  if (value < 10'000) return put_pair(put_pair(out, value / 100), value % 100);
  return std::to_chars(out, out + 24, value).ptr;
}

char* ValueWriter::put_filetime(char* out, std::uint64_t filetime) {
  const std::uint64_t day = filetime / kTicksPerDay;
  if (day != day_) {
    day_ = day;
    date_ = date_of(instant_from_filetime(filetime));
  }
  out = put_text(out, date_);
  const std::uint64_t ticks = filetime % kTicksPerDay;
  const std::uint64_t seconds = ticks / 10'000'000;
  const std::uint64_t fraction = ticks % 10'000'000;
  out = put_pair(out, seconds / 3600);
  *out++ = ':';
  out = put_pair(out, seconds / 60 % 60);
  *out++ = ':';
  out = put_pair(out, seconds % 60);
  *out++ = '.';
  out = put_pair(out, fraction / 100'000);
  out = put_pair(out, fraction / 1'000 % 100);
  out = put_pair(out, fraction / 10 % 100);
  *out++ = static_cast<char>('0' + fraction % 10);
  *out++ = 'Z';
  return out;
}

char* ValueWriter::put_time(char* out, Instant time) {
  if (time.time_since_epoch().count() >= 0) return put_filetime(out, to_filetime(time));
  return put_text(out, format_utc(time, 7));
}

char* ValueWriter::put_by_text(char* out, const ValueView& value, Markup markup) {
  scratch_.clear();
  value.append_text(scratch_);
  return put_escaped(out, std::string_view(scratch_), markup);
}

char* ValueWriter::put(char* out, const ValueView& value, Markup markup) {
  if (value.array) return put_by_text(out, value, markup);
  const std::byte* const p = value.bytes.data();
  const std::size_t size = value.bytes.size();
  switch (value.type) {
    case ValueType::Null:
      return out;
    case ValueType::String:
      return put_escaped(out, Utf16View(value.bytes).trim_nul(), markup);
    case ValueType::AnsiString: {
      Bytes text = value.bytes;
      while (!text.empty() && text.back() == std::byte{0}) text = text.first(text.size() - 1);
      // What is ASCII in every code page needs no conversion.
      if (!is_ascii(text)) break;
      return put_escaped(out, as_text(text), markup);
    }
    case ValueType::UInt8:
      if (size != 1) break;
      return put_decimal(out, load_le<std::uint8_t>(p));
    case ValueType::UInt16:
      if (size != 2) break;
      return put_decimal(out, load_le<std::uint16_t>(p));
    case ValueType::UInt32:
      if (size != 4) break;
      return put_decimal(out, load_le<std::uint32_t>(p));
    case ValueType::UInt64:
      if (size != 8) break;
      return put_decimal(out, load_le<std::uint64_t>(p));
    case ValueType::Int8:
      if (size != 1) break;
      return put_signed(out, load_le<std::int8_t>(p));
    case ValueType::Int16:
      if (size != 2) break;
      return put_signed(out, load_le<std::int16_t>(p));
    case ValueType::Int32:
      if (size != 4) break;
      return put_signed(out, load_le<std::int32_t>(p));
    case ValueType::Int64:
      if (size != 8) break;
      return put_signed(out, load_le<std::int64_t>(p));
    case ValueType::HexInt32:
      if (size != 4) break;
      return put_hex(out, load_le<std::uint32_t>(p));
    case ValueType::HexInt64:
      if (size != 8) break;
      return put_hex(out, load_le<std::uint64_t>(p));
    case ValueType::Bool:
      if (size != 4) break;
      return put_text(out, load_le<std::uint32_t>(p) != 0 ? "true" : "false");
    case ValueType::Guid:
      if (size != 16) break;
      return put_guid(out, p);
    case ValueType::FileTime: {
      if (size != 8) break;
      const auto count = load_le<std::uint64_t>(p);
      if (count > 0x7fffffffffffffff) break;
      return put_filetime(out, count);
    }
    case ValueType::Sid: {
      // Authorities below 2^16 are all that exist; the others are left to append_text().
      if (size < 8 || size != 8 + 4 * std::to_integer<std::size_t>(p[1]) ||
          load_le<std::uint32_t>(p + 2) != 0) {
        break;
      }
      out = put_text(out, "S-");
      out = put_decimal(out, load_le<std::uint8_t>(p));
      *out++ = '-';
      out = put_decimal(
          out, std::to_integer<std::uint64_t>(p[6]) << 8 | std::to_integer<std::uint64_t>(p[7]));
      for (std::size_t i = 8; i < size; i += 4) {
        *out++ = '-';
        out = put_decimal(out, load_le<std::uint32_t>(p + i));
      }
      return out;
    }
    case ValueType::Binary:
      for (const std::byte b : value.bytes) out = put_hex_byte(out, b, kUpperHex);
      return out;
    default:
      break;
  }
  return put_by_text(out, value, markup);
}

char* ValueWriter::put_json(char* out, const ValueView& value) {
  const std::byte* const p = value.bytes.data();
  const std::size_t size = value.bytes.size();
  if (!value.array) {
    // A size that does not suit the type is shown as bytes, so as text.
    switch (value.type) {
      case ValueType::Null:
        return put_text(out, "null");
      case ValueType::String:
        *out++ = '"';
        out = put_escaped(out, Utf16View(value.bytes).trim_nul(), Markup::Json);
        *out++ = '"';
        return out;
      case ValueType::UInt8:
      case ValueType::UInt16:
      case ValueType::UInt32:
      case ValueType::UInt64:
      case ValueType::Int8:
      case ValueType::Int16:
      case ValueType::Int32:
      case ValueType::Int64:
        if (size != std::size_t{1} << ((static_cast<unsigned>(value.type) - 3) / 2)) break;
        return put(out, value, Markup::Json);
      case ValueType::Bool:
        if (size != 4) break;
        return put(out, value, Markup::Json);
      case ValueType::Real32:
        if (size != 4 || !std::isfinite(std::bit_cast<float>(load_le<std::uint32_t>(p)))) break;
        return put(out, value, Markup::Json);
      case ValueType::Real64:
        if (size != 8 || !std::isfinite(std::bit_cast<double>(load_le<std::uint64_t>(p)))) break;
        return put(out, value, Markup::Json);
      default:
        break;
    }
  }
  *out++ = '"';
  out = put(out, value, Markup::Json);
  *out++ = '"';
  return out;
}

}  // namespace dropscope::evtx
