#include "present/html/pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"
#include "present/html/figures.h"
#include "present/text/wording.h"

namespace dropscope {
namespace {

/// Each cell is an image of about a kilobyte; a page that is mailed stays small.
constexpr std::size_t kMostPictures = 20;
constexpr std::size_t kMostRows = 40;

void write_cell(Markup& out, const PictureCell& cell) {
  if (cell.text.empty() && cell.png.empty()) {
    out.element("td", "");
    return;
  }
  out.open("td");
  if (!cell.png.empty()) {
    out.leaf("img", {{"src", "data:image/png;base64," + base64(as_bytes(cell.png))},
                     {"alt", "the cell in the picture"}});
  }
  out.element("bdi", cell.text);
  out.element(
      "span",
      cell.used ? percent(cell.confidence) : fmt::format("{}, not used", percent(cell.confidence)),
      {{"class", cell.used ? "small" : "small unsure"}});
  out.close();
}

}  // namespace

void write_pictures(Markup& out, const Evidence& evidence) {
  if (evidence.pictures.empty()) return;
  open_section(out, "pictures", "What was read from pictures");
  out.element(
      "p",
      "Text recognition makes mistakes. Compare each cell with its part of the picture above it. "
      "Cells that are not sure enough are shown and not used.");
  const std::size_t shown = std::min(evidence.pictures.size(), kMostPictures);
  for (std::size_t i = 0; i < shown; ++i) {
    const PictureReading& reading = evidence.pictures[i];
    out.open("h3").element("bdi", evidence.sources[reading.source].path).close();
    out.open("div", {{"class", "scroll"},
                     {"tabindex", "0"},
                     {"role", "region"},
                     {"aria-label", "Cells read from a picture"}});
    out.open("table", {{"class", "cells"}}).open("thead").open("tr");
    for (const PictureColumn& column : reading.columns) {
      out.open("th", {{"scope", "col"}}).element("bdi", column.header).close();
    }
    out.close().close().open("tbody");
    for (std::size_t r = 0; r < std::min(reading.rows.size(), kMostRows); ++r) {
      out.open("tr");
      for (const PictureCell& cell : reading.rows[r].cells) write_cell(out, cell);
      out.close().line();
    }
    out.close().close().close();
    if (reading.rows.size() > kMostRows) {
      out.element("p", fmt::format("{} more are in the JSON output of dropscope inventory.",
                                   count_of(reading.rows.size() - kMostRows, "row")));
    }
  }
  if (shown < evidence.pictures.size()) {
    out.element("p", fmt::format("{} more are in the JSON output of dropscope inventory.",
                                 count_of(evidence.pictures.size() - shown, "picture")));
  }
  out.close();
}

}  // namespace dropscope
