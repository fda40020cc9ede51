#include "formats/text/line_reader.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "base/utf16.h"

namespace dropscope::text {
namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
/// How much is looked at where there is no byte order mark.
constexpr std::size_t kProbeBytes = 1024;

std::uint16_t unit_at(const std::byte* p, Encoding encoding) {
  const auto first = std::to_integer<unsigned>(p[0]);
  const auto second = std::to_integer<unsigned>(p[1]);
  return static_cast<std::uint16_t>(encoding == Encoding::Utf16Le ? second << 8 | first
                                                                  : first << 8 | second);
}

/// Whether all bytes are ASCII, eight at a time.
bool is_ascii(std::string_view text) {
  std::size_t i = 0;
  std::uint64_t any = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    any |= word;
  }
  for (; i < text.size(); ++i) any |= static_cast<unsigned char>(text[i]);
  return (any & 0x8080808080808080) == 0;
}

}  // namespace

std::string_view to_string(Encoding encoding) {
  switch (encoding) {
    case Encoding::Utf8:
      return "UTF-8";
    case Encoding::Utf16Le:
      return "UTF-16, little-endian";
    case Encoding::Utf16Be:
      return "UTF-16, big-endian";
    case Encoding::Windows1252:
      return "Windows-1252";
  }
  return "";
}

Encoding detect_encoding(Bytes bytes) {
  const std::string_view raw = as_text(bytes);
  if (raw.starts_with("\xff\xfe")) return Encoding::Utf16Le;
  if (raw.starts_with("\xfe\xff")) return Encoding::Utf16Be;
  const std::size_t probe = std::min(bytes.size(), kProbeBytes) & ~std::size_t{1};
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < probe; ++i) {
    if (bytes[i] == std::byte{0}) ++zeros[i & 1];
  }
  // Nine units of ten are ASCII, and none has a zero where its character is.
  if (probe >= 8 && zeros[0] == 0 && zeros[1] * 20 >= probe * 9) return Encoding::Utf16Le;
  if (probe >= 8 && zeros[1] == 0 && zeros[0] * 20 >= probe * 9) return Encoding::Utf16Be;
  return Encoding::Utf8;
}

std::size_t mark_bytes(Bytes bytes, Encoding encoding) {
  const std::string_view raw = as_text(bytes);
  if (raw.starts_with(kUtf8Mark)) return kUtf8Mark.size();
  const bool mark = (encoding == Encoding::Utf16Le && raw.starts_with("\xff\xfe")) ||
                    (encoding == Encoding::Utf16Be && raw.starts_with("\xfe\xff"));
  return mark ? 2 : 0;
}

void append_as_utf8(std::string& out, Bytes bytes, Encoding encoding) {
  if (encoding == Encoding::Utf16Le) {
    append_utf8(out, Utf16View(bytes));
  } else if (encoding == Encoding::Utf16Be) {
    std::vector<std::byte> swapped(bytes.begin(), bytes.end());
    for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
    append_utf8(out, Utf16View(swapped));
  } else {
    out += as_text(bytes);
  }
}

LineReader::LineReader(Bytes bytes)
    : size_(bytes.size()), window_(bytes), encoding_(detect_encoding(bytes)) {
  at_ = mark_bytes(bytes, encoding_);
}

LineReader::LineReader(ByteSource& source)
    : source_(&source), size_(source.size()), encoding_(Encoding::Utf8) {
  // What the encoding is seen from, even if blocks are shorter.
  while (window_.size() < kProbeBytes && more()) continue;
  encoding_ = detect_encoding(window_);
  at_ = mark_bytes(window_, encoding_);
}

/// Makes the window longer, and drops what lies before the next line. False at the text's end.
bool LineReader::more() {
  const std::size_t next = base_ + window_.size();
  if (source_ == nullptr || next >= size_) return false;
  const std::size_t kept = window_.size() - at_;
  const std::size_t block = source_->block_bytes();
  // A long line needs room for itself and for as much again.
  if (kept + block / 2 >= buffer_.size()) {
    std::vector<std::byte> longer(std::max(2 * kept, block + block / 2));
    std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(at_), kept, longer.begin());
    buffer_ = std::move(longer);
  } else {
    std::memmove(buffer_.data(), window_.data() + at_, kept);
  }
  const std::size_t wanted = std::min(buffer_.size() - kept, size_ - next);
  source_->read(next, std::span(buffer_).subspan(kept, wanted));
  base_ += at_;
  at_ = 0;
  window_ = Bytes(buffer_).first(kept + wanted);
  return true;
}

/// How many bytes of the next line stand before its LF, which is looked for behind the first `from`
/// of them; npos where the window has none.
std::size_t LineReader::find_end(std::size_t from) const {
  const std::byte* const begin = window_.data() + at_;
  const std::size_t left = window_.size() - at_;
  if (!is_utf16()) {
    if (from == left) return std::string_view::npos;
    const void* const found = std::memchr(begin + from, '\n', left - from);
    if (found == nullptr) return std::string_view::npos;
    return static_cast<std::size_t>(static_cast<const std::byte*>(found) - begin);
  }
  for (std::size_t at = from; at + 2 <= left; at += 2) {
    if (unit_at(begin + at, encoding_) == '\n') return at;
  }
  return std::string_view::npos;
}

bool LineReader::next(Line& line) {
  line.assumed = false;
  line.cut = false;
  if (at_ >= window_.size() && !more()) return false;
  line.number = ++number_;
  line.offset = base_ + at_;
  const std::size_t unit = is_utf16() ? 2 : 1;
  std::size_t size = find_end(0);
  while (size == std::string_view::npos) {
    const std::size_t seen = (window_.size() - at_) / unit * unit;
    // One unit more may be a CR.
    if (seen > kMaxLineBytes + unit) return next_overlong(line, seen);
    if (!more()) {
      set_text(line, seen);
      at_ = window_.size();
      return true;
    }
    size = find_end(seen);
  }
  set_text(line, size);
  at_ += size + unit;
  return true;
}

/// Its beginning; the rest is passed over without being kept. `seen` bytes of it hold no end.
bool LineReader::next_overlong(Line& line, std::size_t seen) {
  set_text(line, seen);
  if (line.text.data() != converted_.data()) {
    converted_ = line.text;
    line.text = converted_;
  }
  const std::size_t unit = is_utf16() ? 2 : 1;
  at_ += seen;
  std::size_t size = find_end(0);
  while (size == std::string_view::npos) {
    at_ += (window_.size() - at_) / unit * unit;
    if (!more()) {
      at_ = window_.size();
      return true;
    }
    size = find_end(0);
  }
  at_ += size + unit;
  return true;
}

/// From the first `size` bytes of the line.
void LineReader::set_text(Line& line, std::size_t size) {
  const std::byte* const begin = window_.data() + at_;
  const std::size_t unit = is_utf16() ? 2 : 1;
  const bool cr = size > 0 && (is_utf16() ? unit_at(begin + size - 2, encoding_) == '\r'
                                          : begin[size - 1] == std::byte{'\r'});
  if (cr) size -= unit;
  if (size > kMaxLineBytes) {
    size = kMaxLineBytes;
    line.cut = true;
  }
  if (!is_utf16()) {
    set_utf8_text(line, {reinterpret_cast<const char*>(begin), size});
    return;
  }
  converted_.clear();
  append_as_utf8(converted_, {begin, size}, encoding_);
  line.text = converted_;
}

void LineReader::set_utf8_text(Line& line, std::string_view text) {
  line.text = text;
  if (is_ascii(line.text)) return;
  // A cut may have gone through a character.
  while (line.cut && !line.text.empty() && (line.text.back() & 0xc0) == 0x80) {
    line.text.remove_suffix(1);
  }
  if (line.cut && !line.text.empty()) line.text.remove_suffix(1);
  if (is_utf8(line.text)) return;
  converted_.clear();
  append_windows_1252(converted_, line.text);
  line.text = converted_;
  line.assumed = true;
}

std::string head_as_utf8(Bytes bytes, std::size_t limit) {
  const Encoding encoding = detect_encoding(bytes);
  Bytes head = bytes.first(std::min(bytes.size(), limit));
  head = head.subspan(std::min(head.size(), mark_bytes(head, encoding)));
  std::string out;
  append_as_utf8(out, head, encoding);
  return out;
}

}  // namespace dropscope::text
