// Windows drawn with blocks for letters: geometry needs no text.

#include "formats/picture/layout.h"

#include <gtest/gtest.h>

#include "formats/picture/table.h"

namespace dropscope::picture {
namespace {

/// A letter is a frame of one pixel, 5 wide and 9 high.
void letters(Grey& grey, int x, int y, int count, std::uint8_t ink) {
  for (int i = 0; i < count; ++i) {
    for (int dy = 0; dy < 9; ++dy) {
      for (int dx = 0; dx < 5; ++dx) {
        if (dx == 0 || dx == 4 || dy == 0 || dy == 8) grey.at(x + 7 * i + dx, y + dy) = ink;
      }
    }
  }
}

void fill(Grey& grey, Box box, std::uint8_t value) {
  for (int y = box.top; y < box.bottom; ++y) {
    for (int x = box.left; x < box.right; ++x) grey.at(x, y) = value;
  }
}

/// Three columns at 10, 100 and 200 with headers of four letters and two rows, the second selected:
/// light on dark, in a light window.
Grey window() {
  Grey grey(400, 120, 250);
  for (const int x : {10, 100, 200}) letters(grey, x, 10, 4, 0);
  letters(grey, 10, 36, 3, 0);
  letters(grey, 100, 36, 8, 0);
  letters(grey, 200, 36, 2, 0);
  fill(grey, {0, 50, 300, 67}, 80);
  letters(grey, 2, 54, 4, 250);
  letters(grey, 100, 54, 11, 250);
  letters(grey, 288, 54, 1, 250);
  return grey;
}

std::vector<Box> headers_of(const Layout& layout) {
  return join_words(layout.lines.front().words, layout.capital);
}

TEST(PictureLayout, FindsTextOnAnyGround) {
  const Layout layout = lay_out(window());
  EXPECT_EQ(layout.capital, 9);
  ASSERT_EQ(layout.lines.size(), 3u);
  EXPECT_EQ(headers_of(layout).size(), 3u);
  EXPECT_EQ(layout.lines[2].box.top, 54);
  EXPECT_EQ(layout.lines[2].box.bottom, 63);
  // The edge of the selected row is no text, and neither is its ground beside the window's.
  EXPECT_EQ(layout.ink.at(299, 58), 0);
  EXPECT_EQ(layout.ink.at(310, 58), 0);
  EXPECT_EQ(layout.ink.at(288, 58), 1) << "the last letter before the end of the row";
}

TEST(PictureLayout, CutsTheListIntoCells) {
  const Layout layout = lay_out(window());
  const Table table = cut_table(layout, headers_of(layout));
  ASSERT_EQ(table.rows.size(), 2u);
  ASSERT_EQ(table.edges.size(), 4u);
  EXPECT_LE(table.edges[0], 2) << "a row that begins left of its header";
  EXPECT_GT(table.edges[1], 38);
  EXPECT_LE(table.edges[1], 100);
  EXPECT_GE(table.edges[2], 176) << "behind the longest cell";
  EXPECT_LE(table.edges[2], 200);
  EXPECT_EQ(pieces_of(layout, table.cell(0, 1)).size(), 8u);
  EXPECT_EQ(pieces_of(layout, table.cell(1, 0)).size(), 4u);
  for (const auto& row : table.cut) EXPECT_EQ(row, (std::vector<bool>{false, false, false}));
}

TEST(PictureLayout, MarksCellsWhoseTextRunsIntoTheNext) {
  Grey grey = window();
  for (int x = 100; x < 205; ++x) fill(grey, {x, 38 + x % 4, x + 1, 41 + x % 4}, 0);
  const Layout layout = lay_out(grey);
  const Table table = cut_table(layout, headers_of(layout));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_TRUE(table.cut[0][1]);
  EXPECT_TRUE(table.cut[0][2]);
  EXPECT_FALSE(table.cut[1][1]);
}

TEST(PictureLayout, FramesOfCellsAreNoText) {
  Grey grey = window();
  for (const Box cell : {Box{97, 31, 162, 50}, Box{166, 31, 240, 50}, Box{5, 31, 34, 50}}) {
    for (int x = cell.left; x < cell.right; ++x)
      grey.at(x, cell.top) = grey.at(x, cell.bottom - 1) = 90;
    for (int y = cell.top; y < cell.bottom; ++y)
      grey.at(cell.left, y) = grey.at(cell.right - 1, y) = 90;
  }
  const Layout layout = lay_out(grey);
  EXPECT_EQ(layout.capital, 9);
  EXPECT_EQ(layout.rules.size(), 6u);
  const Table table = cut_table(layout, headers_of(layout));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(pieces_of(layout, table.cell(0, 1)).size(), 8u);
}

TEST(PictureLayout, ADotBelowAnArmIsAMarkAndNoPiece) {
  Layout layout;
  layout.capital = 8;
  layout.ink = Grey(20, 12, 0);
  fill(layout.ink, {2, 2, 3, 10}, 1);  // The stem of an r,
  fill(layout.ink, {2, 2, 6, 3}, 1);   // its arm,
  fill(layout.ink, {5, 9, 6, 10}, 1);  // and a dot below that.
  fill(layout.ink, {9, 2, 12, 10}, 1);
  EXPECT_EQ(pieces_of(layout, {0, 0, 20, 12}).size(), 2u);
  const std::vector<Box> marks = marks_of(layout, {-5, 0, 40, 12});
  ASSERT_EQ(marks.size(), 3u);
  EXPECT_EQ(marks[1].left, 5);
  EXPECT_EQ(marks[1].top, 9);
  EXPECT_EQ(marks[1].right, 6);
  EXPECT_EQ(marks[1].bottom, 10);
  EXPECT_TRUE(marks_of(layout, {15, 0, 15, 12}).empty());
}

TEST(PictureLayout, EnlargesBlackOnWhite) {
  const Layout layout = lay_out(window());
  const Grey light_on_dark = text_image(layout, {100, 54, 126, 63}, 18);
  // Twice the 26 pixels of four letters, what is pale beside them, and margins of nine.
  EXPECT_NEAR(light_on_dark.width, 2 * (26 + 18), 4);
  EXPECT_EQ(light_on_dark.at(0, 0), 255);
  const auto [darkest, lightest] =
      std::minmax_element(light_on_dark.pixels.begin(), light_on_dark.pixels.end());
  EXPECT_LT(*darkest, 40);
  EXPECT_EQ(*lightest, 255);
  EXPECT_TRUE(text_image(layout, {340, 54, 380, 63}, 18).pixels.empty());
}

TEST(PictureLayout, ABlankOrTinyPictureHasNoText) {
  EXPECT_EQ(lay_out(Grey(300, 200, 7)).capital, 0);
  EXPECT_TRUE(lay_out(Grey(1, 1, 0)).lines.empty());
  EXPECT_TRUE(cut_table(lay_out(Grey(300, 200, 7)), {}).rows.empty());
}

}  // namespace
}  // namespace dropscope::picture
