#pragma once

// Lines of a text of unknown origin, whatever its encoding and its line ends, in constant memory:
// a log of 10 GB is read block by block.
//
//   LineReader lines(source);
//   for (Line line; lines.next(line);) …

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
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
  /// Reads block by block, and no more at once than a line needs. `source` must outlive the reader.
  explicit LineReader(ByteSource& source);
  LineReader(LineReader&&) = default;
  LineReader& operator=(LineReader&&) = default;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// False at the end.
  bool next(Line& line);

  [[nodiscard]] Encoding encoding() const { return encoding_; }
  /// Where the next line begins.
  [[nodiscard]] std::uint64_t offset() const { return base_ + at_; }

 private:
  [[nodiscard]] bool is_utf16() const { return encoding_ != Encoding::Utf8; }
  [[nodiscard]] std::size_t find_end(std::size_t from) const;
  bool more();
  bool next_overlong(Line& line, std::size_t seen);
  void set_text(Line& line, std::size_t size);
  void set_utf8_text(Line& line, std::string_view text);

  ByteSource* source_ = nullptr;
  std::size_t size_ = 0;  // Of the whole text.
  std::vector<std::byte> buffer_;
  Bytes window_;          // The part that is in memory.
  std::size_t base_ = 0;  // Where it begins in the text.
  std::size_t at_ = 0;    // The next line in it.
  std::uint64_t number_ = 0;
  Encoding encoding_;
  std::string converted_;
};

/// The first `limit` bytes as UTF-8, for a look at what a file is.
[[nodiscard]] std::string head_as_utf8(Bytes bytes, std::size_t limit);

}  // namespace dropscope::text
