#pragma once

// Lines of a text of unknown origin, whatever its encoding and its line ends, in constant memory:
// a log of 10 GB is read through its map.
//
//   LineReader lines(bytes);
//   for (Line line; lines.next(line);) …

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace dropscope::text {

enum class Encoding : std::uint8_t {
  Utf8,
  Utf16Le,
  Utf16Be,
  Windows1252,  ///< Of single lines only: what is not UTF-8 is read so, see Line::assumed.
};
[[nodiscard]] std::string_view to_string(Encoding encoding);

/// By byte order mark; without one, UTF-16 if every second byte of the first kilobyte is zero, as
/// in text that is mostly ASCII, else UTF-8.
[[nodiscard]] Encoding detect_encoding(Bytes bytes);

/// How many bytes the byte order mark at the front takes; 0 when there is none.
[[nodiscard]] std::size_t mark_bytes(Bytes bytes, Encoding encoding);

/// Appends text of a UTF encoding as UTF-8. UTF-8 is taken as it is; an odd last byte of UTF-16 is
/// left out.
void append_as_utf8(std::string& out, Bytes bytes, Encoding encoding);

struct Line {
  std::string_view text;     ///< UTF-8 without the line's end; valid until the next call.
  std::uint64_t number = 0;  ///< From 1.
  std::uint64_t offset = 0;  ///< Of its first byte.
  bool assumed = false;      ///< Was not UTF-8 and has been read as Windows-1252.
  bool cut = false;          ///< Longer than kMaxLineBytes; `text` is its beginning.
};

/// Longer lines are no log lines; HAProxy's and the biggest of Exchange's stay below 64 KiB.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

/// Not for concurrent use. Lines end with LF, CRLF or the end of the text; a lone CR ends none.
class LineReader {
 public:
  /// `bytes` must outlive the reader.
  explicit LineReader(Bytes bytes);

  /// False at the end.
  bool next(Line& line);

  [[nodiscard]] Encoding encoding() const { return encoding_; }
  /// Where the next line begins.
  [[nodiscard]] std::uint64_t offset() const { return at_; }

 private:
  bool next_utf8(Line& line);
  bool next_utf16(Line& line);

  Bytes bytes_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
  Encoding encoding_;
  std::string converted_;
};

/// The first `limit` bytes as UTF-8, for a look at what a file is.
[[nodiscard]] std::string head_as_utf8(Bytes bytes, std::size_t limit);

}  // namespace dropscope::text
