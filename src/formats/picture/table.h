#pragma once

// Where the cells of a list stand, when the boxes of its headers are known.

#include <vector>

#include "formats/picture/layout.h"

namespace dropscope::picture {

struct Table {
  std::vector<int> edges;  ///< Of the columns, one more than there are; ascending.
  std::vector<Box> rows;  ///< From top to bottom, over all columns; a row of the list has one line.
  /// For each row and column: whether text runs across one of the cell's edges, so that the cell
  /// may hold a part of another's text or miss a part of its own.
  std::vector<std::vector<bool>> cut;

  [[nodiscard]] Box cell(std::size_t row, std::size_t column) const;
};

/// `headers`: boxes of the words above the columns, from left to right, on one line. A list that
/// has no rows gives none.
[[nodiscard]] Table cut_table(const Layout& layout, const std::vector<Box>& headers);

}  // namespace dropscope::picture
