#include "formats/text/line_reader.h"

#include <algorithm>
#include <cstring>
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

LineReader::LineReader(Bytes bytes) : bytes_(bytes), encoding_(detect_encoding(bytes)) {
  at_ = mark_bytes(bytes, encoding_);
}

bool LineReader::next(Line& line) {
  line.assumed = false;
  line.cut = false;
  if (at_ >= bytes_.size()) return false;
  line.number = ++number_;
  line.offset = at_;
  return encoding_ == Encoding::Utf8 ? next_utf8(line) : next_utf16(line);
}

bool LineReader::next_utf8(Line& line) {
  const char* const begin = reinterpret_cast<const char*>(bytes_.data()) + at_;
  const std::size_t left = bytes_.size() - at_;
  const void* const found = std::memchr(begin, '\n', left);
  std::size_t size =
      found == nullptr ? left : static_cast<std::size_t>(static_cast<const char*>(found) - begin);
  at_ += size + (found == nullptr ? 0 : 1);
  if (size > 0 && begin[size - 1] == '\r') --size;
  if (size > kMaxLineBytes) {
    size = kMaxLineBytes;
    line.cut = true;
  }
  line.text = {begin, size};
  if (is_ascii(line.text)) return true;
  // A cut may have gone through a character.
  while (line.cut && !line.text.empty() && (line.text.back() & 0xc0) == 0x80) {
    line.text.remove_suffix(1);
  }
  if (line.cut && !line.text.empty()) line.text.remove_suffix(1);
  if (is_utf8(line.text)) return true;
  converted_.clear();
  append_windows_1252(converted_, line.text);
  line.text = converted_;
  line.assumed = true;
  return true;
}

bool LineReader::next_utf16(Line& line) {
  const std::size_t begin = at_;
  std::size_t end = begin;
  while (end + 2 <= bytes_.size() && unit_at(bytes_.data() + end, encoding_) != '\n') end += 2;
  const bool has_end = end + 2 <= bytes_.size();
  at_ = has_end ? end + 2 : bytes_.size();
  if (end > begin && unit_at(bytes_.data() + end - 2, encoding_) == '\r') end -= 2;
  if (end - begin > kMaxLineBytes) {
    end = begin + kMaxLineBytes;
    line.cut = true;
  }
  converted_.clear();
  append_as_utf8(converted_, bytes_.subspan(begin, end - begin), encoding_);
  line.text = converted_;
  return true;
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
