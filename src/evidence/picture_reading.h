#pragma once

// What was read from a picture of the Connection Status window, cell by cell, so that a person can
// compare each with its part of the picture.

#include <cstdint>
#include <string>
#include <vector>

namespace dropscope {

struct PictureCell {
  std::string text;       ///< After matching with known words; empty where nothing stands.
  std::string read;       ///< As the text recognition gave it.
  double confidence = 0;  ///< 0 to 1; 1 for an empty cell.
  bool used = false;      ///< Whether it is sure enough to count as evidence.
  std::string png;        ///< The cell as a PNG file; empty for an empty cell.
};

struct PictureColumn {
  std::string id;      ///< "smtp-address"; empty for a header that is not known.
  std::string header;  ///< As read.
};

struct PictureRow {
  std::vector<PictureCell> cells;  ///< One for each column.
};

struct PictureReading {
  std::uint32_t source = 0;  ///< Index into Evidence::sources.
  int width = 0;             ///< Of the picture, in pixels.
  int height = 0;
  std::vector<PictureColumn> columns;  ///< From left to right.
  std::vector<PictureRow> rows;        ///< From top to bottom.
};

}  // namespace dropscope
