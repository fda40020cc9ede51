#pragma once

// UTF-16LE text written as UTF-8 inside markup, in one pass.
//
// Nearly all text of a log is plain ASCII, so runs of characters that stand for themselves are
// found and narrowed many at a time, and only the rest is taken one by one. The wide part exists
// once per instruction set (escape.cc); which one runs is decided by the processor, and all give
// the same bytes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/utf16.h"

namespace dropscope {

/// Where the text is to stand.
enum class Markup : std::uint8_t {
  XmlText,       ///< Between tags: & < > become entities.
  XmlAttribute,  ///< Inside single quotes: also ' and the blanks that a parser would normalize.
  Json,          ///< Inside a JSON string (RFC 8259, section 7).
};

/// Most bytes that one code unit becomes ("&apos;", "\u001f").
inline constexpr std::size_t kEscapedPerUnit = 6;
/// Bytes behind the end of what put_escaped() returns that it may have overwritten.
inline constexpr std::size_t kEscapeSlack = 64;

/// Writes `text` at `out`, which has room for kEscapedPerUnit bytes per unit and kEscapeSlack more;
/// returns the end. The result is well-formed whatever the units are: an unpaired surrogate becomes
/// U+FFFD; in XML so do the characters that XML 1.0 (section 2.2) does not allow.
[[nodiscard]] char* put_escaped(char* out, Utf16View text, Markup markup);

/// The same for UTF-8. Bytes that are no valid UTF-8 become U+FFFD.
/// Room: kEscapedPerUnit bytes per byte and kEscapeSlack more.
[[nodiscard]] char* put_escaped(char* out, std::string_view utf8, Markup markup);

namespace escape_detail {

/// Narrows the units at the beginning of `in` that stand for themselves; returns how many. May
/// write up to kEscapeSlack bytes more than it returns.
using NarrowRun = std::size_t (*)(char* out, const std::byte* in, std::size_t units, Markup markup);

std::size_t narrow_run_portable(char* out, const std::byte* in, std::size_t units, Markup markup);
/// Null where this build or this processor does not have it.
[[nodiscard]] NarrowRun narrow_run_sse2();
[[nodiscard]] NarrowRun narrow_run_avx2();

}  // namespace escape_detail

}  // namespace dropscope
