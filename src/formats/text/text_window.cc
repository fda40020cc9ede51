#include "formats/text/text_window.h"

#include <algorithm>
#include <utility>

namespace dropscope::text {
namespace {

/// Of UTF-16, converted at once. Large enough that nearly every event lies in one block.
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

/// UTF-16 units of a text that was converted from UTF-16: a character of four bytes was two.
std::uint64_t units_of(std::string_view utf8) {
  std::uint64_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xc0) != 0x80 ? 1 : 0;
    units += byte >= 0xf0 ? 1 : 0;
  }
  return units;
}

}  // namespace

TextWindow::TextWindow(Bytes bytes) : bytes_(bytes), encoding_(detect_encoding(bytes)) {
  taken_ = mark_bytes(bytes, encoding_);
  offset_ = taken_;
  if (encoding_ == Encoding::Utf8) {
    view_ = as_text(bytes).substr(taken_);
    taken_ = bytes.size();
  } else {
    extend();
  }
}

bool TextWindow::extend() {
  if (encoding_ == Encoding::Utf8 || bytes_.size() - taken_ < 2) return false;
  std::size_t size = std::min(kBlockBytes, (bytes_.size() - taken_) & ~std::size_t{1});
  // A pair of surrogates stays together.
  const bool little = encoding_ == Encoding::Utf16Le;
  const auto high = std::to_integer<unsigned>(bytes_[taken_ + size - (little ? 1 : 2)]);
  if (size > 2 && high >= 0xd8 && high <= 0xdb) size -= 2;
  converted_.erase(0, converted_.size() - view_.size());
  append_as_utf8(converted_, bytes_.subspan(taken_, size), encoding_);
  taken_ += size;
  view_ = converted_;
  return true;
}

void TextWindow::pass(std::size_t count) {
  count = std::min(count, view_.size());
  if (encoding_ == Encoding::Utf8) {
    offset_ += count;
  } else {
    offset_ += 2 * units_of(view_.substr(0, count));
  }
  view_.remove_prefix(count);
  if (every_ != 0 && offset_ >= next_call_) {
    next_call_ = offset_ + every_;
    passed_();
  }
}

std::uint64_t TextWindow::offset(std::size_t index) const {
  if (encoding_ == Encoding::Utf8) return offset_ + index;
  return offset_ + 2 * units_of(view_.substr(0, index));
}

std::uint64_t TextWindow::line(std::size_t index) {
  const std::uint64_t target = std::min<std::uint64_t>(offset(index), bytes_.size());
  if (target < counted_) {
    counted_ = 0;
    lines_ = 0;
  }
  const Bytes part = bytes_.subspan(static_cast<std::size_t>(counted_),
                                    static_cast<std::size_t>(target - counted_));
  if (encoding_ == Encoding::Utf8) {
    lines_ += static_cast<std::uint64_t>(std::count(part.begin(), part.end(), std::byte{'\n'}));
  } else {
    const std::size_t low = encoding_ == Encoding::Utf16Le ? 0 : 1;
    for (std::size_t i = 0; i + 1 < part.size(); i += 2) {
      if (part[i + low] == std::byte{'\n'} && part[i + 1 - low] == std::byte{0}) ++lines_;
    }
  }
  counted_ = target;
  return lines_ + 1;
}

void TextWindow::on_passed(std::uint64_t every, std::function<void()> passed) {
  every_ = every;
  next_call_ = offset_ + every;
  passed_ = std::move(passed);
}

}  // namespace dropscope::text
