#pragma once

// Where the text of a screen shot stands: words and lines by geometry alone, before anything is
// read.
//
// Screens are drawn, not printed: each place has one flat ground, which text differs from, be it
// dark on light or light on dark. So the picture is first turned into contrast with the ground
// around each pixel; from there on a selected row and a dark theme are like any other. FORMAT.md
// has the rules.

#include <vector>

#include "formats/picture/picture.h"

namespace dropscope::picture {

struct TextLine {
  Box box;
  std::vector<Box> words;  ///< From left to right.
};

struct Layout {
  Grey contrast;                ///< With the ground; what is no text is blanked.
  Grey ink;                     ///< 1 where text is.
  int capital = 0;              ///< Height of capitals in most of the text, in pixels; 0: no text.
  std::vector<Box> rules;       ///< Thin vertical lines between columns.
  std::vector<TextLine> lines;  ///< From top to bottom.
};
[[nodiscard]] Layout lay_out(const Grey& picture);

/// Contrast below this is no text: noise of JPEG stays below 30, the palest text that themes use
/// (grey on white, #999999) has 100.
inline constexpr int kLeastContrast = 45;

/// Words closer together than `gap` pixels, joined.
[[nodiscard]] std::vector<Box> join_words(const std::vector<Box>& words, int gap);

/// The text of a part, cut wherever a column of pixels is blank: letters, or several that touch.
[[nodiscard]] std::vector<Box> pieces_of(const Layout& layout, Box part);

/// Text of that part of the picture, by pixels that hang together, from left to right: a dot below
/// the arm of an r is one of its own here. An i is two.
[[nodiscard]] std::vector<Box> marks_of(const Layout& layout, Box part);

/// Text of a part, black on white, enlarged so that capitals are `capital` pixels tall, with a
/// margin; empty where the part holds no text. The height of the part is kept, its width is
/// trimmed.
[[nodiscard]] Grey text_image(const Layout& layout, Box part, int capital);

}  // namespace dropscope::picture
