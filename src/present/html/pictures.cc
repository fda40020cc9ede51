#include "present/html/pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"

namespace dropscope {
namespace {

/// Each cell is an image of about a kilobyte; a page that is mailed stays small.
constexpr std::size_t kMostPictures = 20;
constexpr std::size_t kMostRows = 40;

void write_cell(Markup& out, const PictureCell& cell, const Speech& speech) {
  if (cell.text.empty() && cell.png.empty()) {
    out.element("td", "");
    return;
  }
  out.open("td");
  if (!cell.png.empty()) {
    out.leaf("img", {{"src", "data:image/png;base64," + base64(as_bytes(cell.png))},
                     {"alt", speech.say("the cell in the picture")}});
  }
  out.element("bdi", cell.text);
  out.element("span",
              cell.used ? speech.percent(cell.confidence)
                        : speech.say("{}, not used", {speech.percent(cell.confidence)}),
              {{"class", cell.used ? "small" : "small unsure"}});
  out.close();
}

}  // namespace

void write_pictures(Markup& out, const Page& page) {
  const Evidence& evidence = page.input.evidence;
  const Speech& speech = page.speech;
  if (evidence.pictures.empty()) return;
  open_section(out, "pictures", speech.say("What was read from pictures"));
  out.element(
      "p", speech.say("Text recognition makes mistakes. Compare each cell with its part of the "
                      "picture above it. Cells that are not sure enough are shown and not used."));
  const std::size_t shown = std::min(evidence.pictures.size(), kMostPictures);
  for (std::size_t i = 0; i < shown; ++i) {
    const PictureReading& reading = evidence.pictures[i];
    out.open("h3").element("bdi", evidence.sources[reading.source].path).close();
    open_scroll(out, speech.say("Cells read from {}", {evidence.sources[reading.source].path}));
    out.open("table", {{"class", "cells"}}).open("thead").open("tr");
    for (const PictureColumn& column : reading.columns) {
      out.open("th", {{"scope", "col"}}).element("bdi", column.header).close();
    }
    out.close().close().open("tbody");
    for (std::size_t r = 0; r < std::min(reading.rows.size(), kMostRows); ++r) {
      out.open("tr");
      for (const PictureCell& cell : reading.rows[r].cells) write_cell(out, cell, speech);
      out.close().line();
    }
    out.close().close().close();
    if (reading.rows.size() > kMostRows) {
      out.element("p", speech.count(reading.rows.size() - kMostRows,
                                    "{} more row is in the JSON output of dropscope inventory.",
                                    "{} more rows are in the JSON output of dropscope inventory."));
    }
  }
  if (shown < evidence.pictures.size()) {
    out.element("p",
                speech.count(evidence.pictures.size() - shown,
                             "{} more picture is in the JSON output of dropscope inventory.",
                             "{} more pictures are in the JSON output of dropscope inventory."));
  }
  out.close();
}

}  // namespace dropscope
