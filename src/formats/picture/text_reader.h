#pragma once

// One line of text out of a small picture, through Tesseract.
//
// Tesseract is a large library that most runs do not need, and loading it with the libraries behind
// it takes longer than reading a small log. So it is loaded when the first picture is read, and a
// computer without it still runs the program.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/picture/picture.h"

namespace dropscope::picture {

struct Word {
  std::string text;       ///< UTF-8, without spaces.
  double confidence = 0;  ///< 0 to 1, as Tesseract sees it.
};

struct Reading {
  std::vector<Word> words;  ///< From left to right.

  [[nodiscard]] std::string text() const;   ///< Words with a space between them.
  [[nodiscard]] double confidence() const;  ///< Of the least sure word; 0 without any.
};

/// Not for several threads at a time; each takes its own.
class TextReader {
 public:
  /// Unsupported where this build or this computer has no Tesseract with its English data; the
  /// message says what to do.
  [[nodiscard]] static Result<TextReader> open();

  TextReader(TextReader&&) noexcept;
  TextReader& operator=(TextReader&&) noexcept;
  ~TextReader();

  /// Reads dark text on a light ground. `characters`: only these occur; empty for any. The same
  /// picture gives the same reading, whatever was read before.
  [[nodiscard]] Reading read_line(const Grey& line, std::string_view characters);

 private:
  struct State;
  explicit TextReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace dropscope::picture
