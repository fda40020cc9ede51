#pragma once

// Values as text inside XML and JSON, written through a bare pointer: the fast twin of
// ValueView::append_text(), with the same words. Not for concurrent use; each thread has its own.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/escape.h"
#include "base/time.h"
#include "formats/evtx/value.h"

namespace dropscope::evtx {

class ValueWriter {
 public:
  /// Bytes that put() and put_json() may need for a value of that many bytes. The worst are
  /// characters of one byte or unit that are escaped, and arrays of small negative numbers.
  [[nodiscard]] static constexpr std::size_t room_for(std::size_t value_bytes) {
    return 6 * value_bytes + 64 + kEscapeSlack;
  }

  /// Writes what append_text() gives, escaped; returns the end.
  [[nodiscard]] char* put(char* out, const ValueView& value, Markup markup);

  /// Writes a JSON value: a number for integers and finite reals, true or false for Bool, null for
  /// Null, a string for all others. An array becomes one string, as put() writes it.
  [[nodiscard]] char* put_json(char* out, const ValueView& value);

  /// "2024-05-13T08:00:02.0000000Z", without quotes.
  [[nodiscard]] char* put_time(char* out, Instant time);

 private:
  char* put_by_text(char* out, const ValueView& value, Markup markup);
  char* put_filetime(char* out, std::uint64_t filetime);

  // The date of the last time written; nearly every record has that of the one before.
  std::uint64_t day_ = ~std::uint64_t{0};
  std::string date_;
  std::string scratch_;
};

/// Digits of a number of two digits or more at `out`; returns the end.
[[nodiscard]] char* put_long_decimal(char* out, std::uint64_t value);

/// Digits of a number at `out`; returns the end.
[[nodiscard]] inline char* put_decimal(char* out, std::uint64_t value) {
  if (value >= 10) return put_long_decimal(out, value);
  *out = static_cast<char>('0' + value);
  return out + 1;
}

}  // namespace dropscope::evtx
