#include "base/escape.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/utf8_decode.h"
#include "base/utf8_encode.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dropscope {
namespace {

constexpr std::string_view kReplacementUtf8 = "\xef\xbf\xbd";

/// Below U+0080: whether the character stands for itself, and is left to the fast run. Blanks are
/// not, so that the wide code has one comparison for all controls.
constexpr std::array<bool, 128> plain_characters(Markup markup) {
  std::array<bool, 128> plain{};
  for (std::size_t c = 0x20; c < 128; ++c) plain[c] = true;
  const std::string_view special = markup == Markup::Json           ? "\"\\"
                                   : markup == Markup::XmlAttribute ? "&<>'"
                                                                    : "&<>";
  for (const char c : special) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}
constexpr std::array<std::array<bool, 128>, 3> kPlain = {plain_characters(Markup::XmlText),
                                                         plain_characters(Markup::XmlAttribute),
                                                         plain_characters(Markup::Json)};

const std::array<bool, 128>& plain_of(Markup markup) {
  return kPlain[static_cast<std::size_t>(markup)];
}

bool is_plain(const std::array<bool, 128>& plain, char32_t c) {
  return c < 128 && plain[c];
}

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_json_control(char* out, char32_t c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out = put(out, "\\u00");
  *out++ = kDigits[c >> 4];
  *out++ = kDigits[c & 15];
  return out;
}

/// Writes one code point that the fast run left.
char* put_character(char* out, char32_t c, Markup markup) {
  if (c >= 0x80) {
    // XML 1.0, section 2.2: U+FFFE and U+FFFF are no characters of a document.
    if (markup != Markup::Json && (c == 0xFFFE || c == 0xFFFF)) return put(out, kReplacementUtf8);
    return out + encode_utf8(out, c);
  }
  if (markup == Markup::Json) {
    switch (c) {
      case '"':
        return put(out, "\\\"");
      case '\\':
        return put(out, "\\\\");
      case '\t':
        return put(out, "\\t");
      case '\n':
        return put(out, "\\n");
      case '\r':
        return put(out, "\\r");
      default:
        if (c < 0x20) return put_json_control(out, c);
        *out = static_cast<char>(c);
        return out + 1;
    }
  }
  const bool attribute = markup == Markup::XmlAttribute;
  switch (c) {
    case '&':
      return put(out, "&amp;");
    case '<':
      return put(out, "&lt;");
    case '>':
      return put(out, "&gt;");
    case '\'':
      if (attribute) return put(out, "&apos;");
      break;
    // A parser would turn the blanks of an attribute into spaces.
    case '\t':
      if (attribute) return put(out, "&#9;");
      break;
    case '\n':
      if (attribute) return put(out, "&#10;");
      break;
    case '\r':
      if (attribute) return put(out, "&#13;");
      break;
    default:
      if (c < 0x20) return put(out, kReplacementUtf8);
      break;
  }
  *out = static_cast<char>(c);
  return out + 1;
}

#if defined(__x86_64__)

/// The two characters besides controls that every markup escapes, and a third: & < > or " \ .
struct Specials {
  char first;
  char second;
  char third;
};
constexpr Specials specials_of(Markup markup) {
  // '<' and '>' differ in one bit, which the comparison ignores.
  if (markup == Markup::Json) return {'"', '\\', '\\'};
  return {'&', '>', markup == Markup::XmlAttribute ? '\'' : '&'};
}

/// Bits of the bytes that do not stand for themselves. Packing with saturation has made units from
/// U+0100 on 0x00 or 0xff, so one signed comparison with a blank finds them with the controls.
inline unsigned odd_bytes_sse2(__m128i bytes, const Specials& special, bool json) {
  const __m128i control = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  const __m128i folded = json ? bytes : _mm_or_si128(bytes, _mm_set1_epi8(2));
  __m128i odd = _mm_or_si128(control, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(special.first)));
  odd = _mm_or_si128(odd, _mm_cmpeq_epi8(folded, _mm_set1_epi8(special.second)));
  odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(special.third)));
  return static_cast<unsigned>(_mm_movemask_epi8(odd));
}

inline __m128i load_units(const std::byte* in) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
}

inline std::size_t narrow_sse2(char* out, const std::byte* in, std::size_t units, Markup markup) {
  const Specials special = specials_of(markup);
  const bool json = markup == Markup::Json;
  std::size_t i = 0;
  for (; i + 16 <= units; i += 16) {
    const __m128i bytes = _mm_packus_epi16(load_units(in + 2 * i), load_units(in + 2 * i + 16));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), bytes);
    const unsigned odd = odd_bytes_sse2(bytes, special, json);
    if (odd != 0) return i + static_cast<std::size_t>(std::countr_zero(odd));
  }
  if (i + 8 <= units) {
    const __m128i bytes = _mm_packus_epi16(load_units(in + 2 * i), _mm_set1_epi16('a'));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i), bytes);
    const unsigned odd = odd_bytes_sse2(bytes, special, json);
    if (odd != 0) return i + static_cast<std::size_t>(std::countr_zero(odd));
    i += 8;
  }
  if (i < units && units >= 8) {
    // The last eight units once more: those before `i` are known to be plain and are written again
    // as they are.
    const std::size_t at = units - 8;
    const __m128i bytes = _mm_packus_epi16(load_units(in + 2 * at), _mm_set1_epi16('a'));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + at), bytes);
    const unsigned odd = odd_bytes_sse2(bytes, special, json);
    return odd != 0 ? at + static_cast<std::size_t>(std::countr_zero(odd)) : units;
  }
  if (units >= 4 && i == 0) {
    // Four to seven units: the first four and the last four, which may be in part the same.
    const auto* const head = reinterpret_cast<const __m128i*>(in);
    const auto* const tail = reinterpret_cast<const __m128i*>(in + 2 * (units - 4));
    const __m128i both = _mm_unpacklo_epi64(_mm_loadl_epi64(head), _mm_loadl_epi64(tail));
    const __m128i bytes = _mm_packus_epi16(both, both);
    const auto first = static_cast<std::uint32_t>(_mm_cvtsi128_si32(bytes));
    const auto last = static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_srli_si128(bytes, 4)));
    std::memcpy(out + units - 4, &last, 4);
    std::memcpy(out, &first, 4);
    const unsigned odd = odd_bytes_sse2(bytes, special, json) & 0xffu;
    if (odd == 0) return units;
    const auto at = static_cast<std::size_t>(std::countr_zero(odd));
    return at < 4 ? at : units - 8 + at;
  }
  const auto& plain = plain_of(markup);
  for (; i < units; ++i) {
    const auto unit = load_le<std::uint16_t>(in + 2 * i);
    if (!is_plain(plain, unit)) break;
    out[i] = static_cast<char>(unit);
  }
  return i;
}

/// Copies the bytes at the beginning of `in` that stand for themselves.
inline std::size_t plain_run(char* out, const char* in, std::size_t size, Markup markup) {
  const Specials special = specials_of(markup);
  const bool json = markup == Markup::Json;
  std::size_t i = 0;
  for (; i + 16 <= size; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), bytes);
    const unsigned odd = odd_bytes_sse2(bytes, special, json);
    if (odd != 0) return i + static_cast<std::size_t>(std::countr_zero(odd));
  }
  const auto& plain = plain_of(markup);
  for (; i < size && is_plain(plain, static_cast<unsigned char>(in[i])); ++i) out[i] = in[i];
  return i;
}

std::size_t narrow_run_sse2_code(char* out, const std::byte* in, std::size_t units, Markup markup) {
  return narrow_sse2(out, in, units, markup);
}

__attribute__((target("avx2"))) std::size_t narrow_run_avx2_code(char* out, const std::byte* in,
                                                                 std::size_t units, Markup markup) {
  const Specials special = specials_of(markup);
  const __m256i first = _mm256_set1_epi8(special.first);
  const __m256i second = _mm256_set1_epi8(special.second);
  const __m256i third = _mm256_set1_epi8(special.third);
  const __m256i fold = _mm256_set1_epi8(markup == Markup::Json ? 0 : 2);
  const __m256i blank = _mm256_set1_epi8(0x20);
  std::size_t i = 0;
  for (; i + 32 <= units; i += 32) {
    const auto* p = reinterpret_cast<const __m256i*>(in + 2 * i);
    // Packing works in each half by itself; the permutation puts the quarters in order.
    const __m256i bytes = _mm256_permute4x64_epi64(
        _mm256_packus_epi16(_mm256_loadu_si256(p), _mm256_loadu_si256(p + 1)), 0xd8);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), bytes);
    __m256i odd = _mm256_cmpgt_epi8(blank, bytes);
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(bytes, first));
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(_mm256_or_si256(bytes, fold), second));
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(bytes, third));
    const auto bits = static_cast<unsigned>(_mm256_movemask_epi8(odd));
    if (bits != 0) return i + static_cast<std::size_t>(std::countr_zero(bits));
  }
  return i + narrow_sse2(out + i, in + 2 * i, units - i, markup);
}

/// Below this many units the wider registers do not pay for the call.
constexpr std::size_t kWide = 64;

const escape_detail::NarrowRun kLongRun = [] {
  const auto wide = escape_detail::narrow_run_avx2();
  return wide != nullptr ? wide : &narrow_run_sse2_code;
}();

inline std::size_t narrow_run(char* out, const std::byte* in, std::size_t units, Markup markup) {
  if (units >= kWide) return kLongRun(out, in, units, markup);
  return narrow_sse2(out, in, units, markup);
}

#else

inline std::size_t narrow_run(char* out, const std::byte* in, std::size_t units, Markup markup) {
  return escape_detail::narrow_run_portable(out, in, units, markup);
}

inline std::size_t plain_run(char* out, const char* in, std::size_t size, Markup markup) {
  const auto& plain = plain_of(markup);
  std::size_t i = 0;
  for (; i < size && is_plain(plain, static_cast<unsigned char>(in[i])); ++i) out[i] = in[i];
  return i;
}

#endif

}  // namespace

namespace escape_detail {

std::size_t narrow_run_portable(char* out, const std::byte* in, std::size_t units, Markup markup) {
  const auto& plain = plain_of(markup);
  std::size_t i = 0;
  while (i < units) {
    const auto unit = load_le<std::uint16_t>(in + 2 * i);
    if (!is_plain(plain, unit)) break;
    out[i++] = static_cast<char>(unit);
  }
  return i;
}

#if defined(__x86_64__)
NarrowRun narrow_run_sse2() {
  return &narrow_run_sse2_code;
}
NarrowRun narrow_run_avx2() {
  return __builtin_cpu_supports("avx2") != 0 ? &narrow_run_avx2_code : nullptr;
}
#else
NarrowRun narrow_run_sse2() {
  return nullptr;
}
NarrowRun narrow_run_avx2() {
  return nullptr;
}
#endif

}  // namespace escape_detail

char* put_escaped(char* out, Utf16View text, Markup markup) {
  const auto& plain = plain_of(markup);
  const std::byte* const in = text.bytes().data();
  const std::size_t count = text.size();
  std::size_t i = 0;
  while (i < count) {
    const std::size_t run = narrow_run(out, in + 2 * i, count - i, markup);
    out += run;
    i += run;
    // Odd characters come in company: a text in Cyrillic has little else.
    while (i < count) {
      const char16_t unit = text[i];
      if (is_plain(plain, unit)) break;
      ++i;
      char32_t code_point = unit;
      if (is_high_surrogate(unit) && i < count && is_low_surrogate(text[i])) {
        code_point = 0x10000 + ((static_cast<char32_t>(unit) - 0xD800) << 10) +
                     (static_cast<char32_t>(text[i++]) - 0xDC00);
      }
      out = put_character(out, code_point, markup);
    }
  }
  return out;
}

char* put_escaped(char* out, std::string_view utf8, Markup markup) {
  const auto& plain = plain_of(markup);
  while (!utf8.empty()) {
    const std::size_t run = plain_run(out, utf8.data(), utf8.size(), markup);
    out += run;
    utf8.remove_prefix(run);
    while (!utf8.empty() && !is_plain(plain, static_cast<unsigned char>(utf8.front()))) {
      const Utf8Character next = decode_utf8(utf8);
      utf8.remove_prefix(next.size);
      out = put_character(out, next.code_point, markup);
    }
  }
  return out;
}

}  // namespace dropscope
