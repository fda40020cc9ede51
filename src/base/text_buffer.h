#pragma once

// Text under construction, written through a bare pointer.
//
// A writer that emits many small pieces asks once for the room of all of them and then needs no
// check per piece. std::string cannot do that without filling the room with zeros first.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace dropscope {

class TextBuffer {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }

  /// Room for `count` more bytes behind the text; returns where they begin. What is written there
  /// becomes part of the text by commit(). Earlier pointers are void afterwards.
  [[nodiscard]] char* reserve(std::size_t count) {
    if (capacity_ - size_ < count) grow(count);
    return data_.get() + size_;
  }
  /// Bytes that fit behind the text without growing.
  [[nodiscard]] std::size_t room() const { return capacity_ - size_; }
  /// `end` is behind the last byte written since reserve().
  void commit(const char* end) { size_ = static_cast<std::size_t>(end - data_.get()); }

  void append(std::string_view text) {
    if (text.empty()) return;
    char* const at = reserve(text.size());
    std::memcpy(at, text.data(), text.size());
    size_ += text.size();
  }

  /// Cuts the text to its first `size` bytes.
  void truncate(std::size_t size) { size_ = std::min(size, size_); }
  void clear() { size_ = 0; }

 private:
  void grow(std::size_t count) {
    // Doubling keeps the cost of all copies below that of writing the text.
    const std::size_t wanted = std::max({size_ + count, capacity_ * 2, kFirst});
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = wanted;
  }

  static constexpr std::size_t kFirst = 4096;

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace dropscope
