#pragma once

// Typed values of BinXML, viewed in place. Text is made only when asked.

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/guid.h"
#include "base/time.h"
#include "base/utf16.h"
#include "formats/evtx/format.h"

namespace dropscope::evtx {

/// A value: a type and the bytes that hold it, borrowed from the mapped log. Any combination of
/// type and size may occur in a damaged log; every accessor checks.
struct ValueView {
  ValueType type = ValueType::Null;
  bool array = false;
  Bytes bytes;

  /// Whether an optional substitution with this value makes its element or attribute vanish.
  [[nodiscard]] bool vanishes() const { return type == ValueType::Null && !array; }

  /// The number in an integer, Bool, SizeT or Hex value; of a string or ANSI string, its decimal or
  /// 0x hexadecimal reading (forwarded events hold every value as text). Nothing otherwise.
  /// Negative integers come sign-extended.
  [[nodiscard]] std::optional<std::uint64_t> as_u64() const;

  /// The time in a FileTime or SystemTime, or in a string of ISO 8601. Nothing otherwise, or when
  /// the value is no date.
  [[nodiscard]] std::optional<Instant> as_instant() const;

  /// The GUID in a Guid value or in a string.
  [[nodiscard]] std::optional<Guid> as_guid() const;

  /// The characters of a String value, without trailing NULs; empty for other types.
  [[nodiscard]] Utf16View as_utf16() const;

  /// Appends the value as Windows writes it into XML, not escaped: integers in decimal (negative
  /// ones with their sign), hexadecimal without padding ("0x8000"), GUIDs in lower case with
  /// braces, times in UTC with seven decimals, SIDs as S-1-…, binary in upper-case hex, booleans as
  /// true and false. Bytes that do not fit the type are written in hex. Arrays are joined with ",
  /// ".
  void append_text(std::string& out) const;
  [[nodiscard]] std::string to_text() const;

  /// Calls f(ValueView) for each element of an array, or once with the value itself.
  /// A last element that is cut off is passed with the bytes that are there.
  template <typename F>
  void for_each_element(F&& f) const;

 private:
  /// Size of the element that starts at `offset` of an array, and how far the next one is.
  struct Step {
    std::size_t size;
    std::size_t next;
  };
  [[nodiscard]] Step element_at(std::size_t offset) const;
};

template <typename F>
void ValueView::for_each_element(F&& f) const {
  if (!array) {
    f(*this);
    return;
  }
  std::size_t offset = 0;
  while (offset < bytes.size()) {
    const Step step = element_at(offset);
    f(ValueView{type, false, bytes.subspan(offset, step.size)});
    offset += step.next;
  }
}

}  // namespace dropscope::evtx
