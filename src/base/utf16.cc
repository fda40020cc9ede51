#include "base/utf16.h"

#include <array>
#include <cstring>

#include "base/utf8_decode.h"
#include "base/utf8_encode.h"

// Almost all text in an event log is ASCII in UTF-16LE, and a run over a folder of logs converts
// hundreds of megabytes of it. So four code units at a time are tested and narrowed inside one
// 64-bit word; only what is not ASCII is taken one character at a time. The output is gathered in a
// small buffer because growing a std::string byte by byte costs more than the conversion.

namespace dropscope {
namespace {

constexpr char16_t lower_ascii(char16_t unit) {
  return unit >= u'A' && unit <= u'Z' ? static_cast<char16_t>(unit + (u'a' - u'A')) : unit;
}

}  // namespace

bool Utf16View::equals_ascii_nocase(std::string_view ascii) const {
  if (size() != ascii.size()) return false;
  for (std::size_t i = 0; i < ascii.size(); ++i) {
    const auto wanted = static_cast<char16_t>(static_cast<unsigned char>(ascii[i]));
    if (lower_ascii((*this)[i]) != lower_ascii(wanted)) return false;
  }
  return true;
}

void append_utf8(std::string& out, Utf16View text) {
  constexpr std::uint64_t kNotAscii = 0xFF80'FF80'FF80'FF80;
  std::array<char, 512> buffer;
  std::size_t filled = 0;
  const std::byte* const bytes = text.bytes().data();
  const std::size_t count = text.size();
  std::size_t i = 0;
  while (i < count) {
    // The longest single step writes four bytes.
    if (filled + 4 > buffer.size()) {
      out.append(buffer.data(), filled);
      filled = 0;
    }
    if (count - i >= 4) {
      std::uint64_t word = load_le<std::uint64_t>(bytes + 2 * i);
      if ((word & kNotAscii) == 0) {
        // 00dd 00cc 00bb 00aa → 00dd 0000 ddcc … → ddcc bbaa.
        word = (word | (word >> 8)) & 0x0000'FFFF'0000'FFFF;
        word = word | (word >> 16);
        store_le(reinterpret_cast<std::byte*>(buffer.data() + filled),
                 static_cast<std::uint32_t>(word));
        filled += 4;
        i += 4;
        continue;
      }
    }
    const char16_t unit = text[i++];
    char32_t code_point = unit;
    if (is_high_surrogate(unit) && i < count && is_low_surrogate(text[i])) {
      code_point = 0x10000 + ((static_cast<char32_t>(unit) - 0xD800) << 10) +
                   (static_cast<char32_t>(text[i++]) - 0xDC00);
    }
    filled += encode_utf8(buffer.data() + filled, code_point);
  }
  out.append(buffer.data(), filled);
}

void append_windows_1252(std::string& out, std::string_view bytes) {
  // 0x80 to 0x9f; the rest equals Latin-1. 0 marks the five bytes that stand for nothing. Source:
  // the Unicode consortium's mapping table CP1252.TXT.
  static constexpr std::array<char16_t, 32> kUpper = {
      0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
      0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
      0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
  out.reserve(out.size() + bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    char32_t code = byte;
    if (byte >= 0x80 && byte < 0xa0) {
      code = kUpper[byte - 0x80u];
      if (code == 0) code = 0xfffd;
    }
    append_code_point(out, code);
  }
}

std::string to_utf8(Utf16View text) {
  std::string out;
  append_utf8(out, text);
  return out;
}

void append_code_point(std::string& out, char32_t code_point) {
  std::array<char, 4> bytes;
  out.append(bytes.data(), encode_utf8(bytes.data(), code_point));
}

std::u16string to_utf16(std::string_view utf8) {
  std::u16string out;
  out.reserve(utf8.size());
  const auto append_unit = [&out](char32_t value) {
    // The units are stored low byte first whatever the machine, because the result is written to
    // files.
    std::byte stored[2];
    store_le(stored, static_cast<std::uint16_t>(value));
    char16_t unit = 0;
    std::memcpy(&unit, stored, sizeof unit);
    out += unit;
  };
  while (!utf8.empty()) {
    const Utf8Character next = decode_utf8(utf8);
    utf8.remove_prefix(next.size);
    if (next.code_point >= 0x10000) {
      append_unit(0xD800 + ((next.code_point - 0x10000) >> 10));
      append_unit(0xDC00 + ((next.code_point - 0x10000) & 0x3FF));
    } else {
      append_unit(next.code_point);
    }
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character next = decode_utf8(text);
    if (!next.valid) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

}  // namespace dropscope
