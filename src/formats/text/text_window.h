#pragma once

// A large text as UTF-8, seen through a window that moves forward: what is no line (an element of
// XML, an object of JSON) is looked for in it, in constant memory.
//
// UTF-8 is shown where it stands, all that is left of it at once. UTF-16 is converted in blocks:
// when something goes on behind the window's end, extend() makes the window longer.
//
// The pages of a map that lie behind the window can be given back; see on_passed().

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "formats/text/line_reader.h"

namespace dropscope::text {

/// Not for concurrent use.
class TextWindow {
 public:
  /// `bytes` must outlive the window.
  explicit TextWindow(Bytes bytes);

  /// What is seen; valid until extend() or pass() is called.
  [[nodiscard]] std::string_view view() const { return view_; }
  /// Makes the window longer at its end. False when it already holds all that is left.
  bool extend();
  /// Moves the beginning of the window forward by `count` bytes of view().
  void pass(std::size_t count);

  /// Where the byte at `index` of view() stands in the source.
  [[nodiscard]] std::uint64_t offset(std::size_t index = 0) const;
  /// Its line, from 1. Cheap when asked for in ascending order.
  [[nodiscard]] std::uint64_t line(std::size_t index = 0);

  [[nodiscard]] Encoding encoding() const { return encoding_; }

  /// Has `passed` called each time another `every` bytes of the source have been passed.
  void on_passed(std::uint64_t every, std::function<void()> passed);

 private:
  Bytes bytes_;
  Encoding encoding_;
  std::string_view view_;
  std::string converted_;     // UTF-16 only: what view_ shows.
  std::size_t taken_ = 0;     // Source bytes that are converted or shown.
  std::uint64_t offset_ = 0;  // Of view_'s first byte.
  std::uint64_t lines_ = 0;   // Line ends before bytes_[counted_].
  std::uint64_t counted_ = 0;
  std::uint64_t every_ = 0;
  std::uint64_t next_call_ = 0;
  std::function<void()> passed_;
};

}  // namespace dropscope::text
