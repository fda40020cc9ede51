#include "formats/text/code_page.h"

#include <array>
#include <cstddef>

#include "base/utf16.h"

namespace dropscope::text {
namespace {

/// The upper half of code page 850 (unicode.org, VENDORS/MICSFT/PC/CP850.TXT).
constexpr std::array<char16_t, 128> kOem850 = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
    0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
    0x00ff, 0x00d6, 0x00dc, 0x00f8, 0x00a3, 0x00d8, 0x00d7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
    0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x00ae, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x00c1, 0x00c2, 0x00c0, 0x00a9, 0x2563, 0x2551, 0x2557,
    0x255d, 0x00a2, 0x00a5, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x00e3, 0x00c3,
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x00a4, 0x00f0, 0x00d0, 0x00ca, 0x00cb,
    0x00c8, 0x0131, 0x00cd, 0x00ce, 0x00cf, 0x2518, 0x250c, 0x2588, 0x2584, 0x00a6, 0x00cc, 0x2580,
    0x00d3, 0x00df, 0x00d4, 0x00d2, 0x00f5, 0x00d5, 0x00b5, 0x00fe, 0x00de, 0x00da, 0x00db, 0x00d9,
    0x00fd, 0x00dd, 0x00af, 0x00b4, 0x00ad, 0x00b1, 0x2017, 0x00be, 0x00b6, 0x00a7, 0x00f7, 0x00b8,
    0x00b0, 0x00a8, 0x00b7, 0x00b9, 0x00b3, 0x00b2, 0x25a0, 0x00a0,
};

constexpr bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Letters of 850 that are no letters in 1252: üéâåçêë, and äàïôöò, which are quotation marks and
/// dots there and so tell only between two letters.
constexpr bool is_letter_of_850(unsigned char c, bool between) {
  constexpr std::string_view kAlone = "\x81\x82\x83\x86\x87\x88\x89";
  constexpr std::string_view kBetween = "\x84\x85\x8b\x93\x94\x95";
  const char wanted = static_cast<char>(c);
  return kAlone.find(wanted) != std::string_view::npos ||
         (between && kBetween.find(wanted) != std::string_view::npos);
}

/// Letters of 1252 that are lines and signs in 850; 0xe1 is ß there.
constexpr bool is_letter_of_1252(unsigned char c) {
  return c >= 0xc0 && c != 0xe1 && c != 0xd7 && c != 0xf7;
}

}  // namespace

std::string_view to_string(CodePage page) {
  return page == CodePage::Oem850 ? "code page 850" : "Windows-1252";
}

CodePage guess_code_page(std::string_view bytes) {
  std::size_t of_850 = 0;
  std::size_t of_1252 = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c < 0x80) continue;
    const bool before = i > 0 && is_letter(bytes[i - 1]);
    const bool behind = i + 1 < bytes.size() && is_letter(bytes[i + 1]);
    if (!before && !behind) continue;
    if (is_letter_of_850(c, before && behind)) ++of_850;
    if (is_letter_of_1252(c)) ++of_1252;
  }
  return of_850 > of_1252 ? CodePage::Oem850 : CodePage::Windows1252;
}

void append_code_page(std::string& out, std::string_view bytes, CodePage page) {
  if (page == CodePage::Windows1252) {
    append_windows_1252(out, bytes);
    return;
  }
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      append_code_point(out, kOem850[byte - 0x80]);
    }
  }
}

}  // namespace dropscope::text
