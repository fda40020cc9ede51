// Any bytes as a picture: decoding within its bounds, then the list cutter with a reader that makes
// words of the pixels it is given. Tesseract itself is left out: it takes milliseconds a line, and
// its own project fuzzes it. Checks that boxes lie in the picture and that each row has a cell for
// each column.
#include <array>

#include "base/result.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/picture_table.h"
#include "formats/picture/layout.h"
#include "formats/picture/table.h"

namespace {
using namespace dropscope;

const Catalogue& catalogue() {
  static const Catalogue kCatalogue = *Catalogue::load();
  return kCatalogue;
}

/// Headers and cells of the window, chosen by what the picture of the line holds.
picture::Reading made_up(const picture::Grey& line, std::string_view) {
  constexpr std::array<const char*, 12> kTexts = {
      "CID",  "Req/Fail", "Type",     "Sess Type", "Server name",      "Conn", "HTTP",
      "46/0", "Cache",    "RPC/T...", "",          "mail.corp.example"};
  std::size_t sum = static_cast<std::size_t>(line.width);
  for (const std::uint8_t pixel : line.pixels) sum = sum * 31 + pixel;
  picture::Reading out;
  out.words.push_back({kTexts.at(sum % kTexts.size()), static_cast<double>(sum % 101) / 100});
  return out;
}

/// The fuzzer's own limit: large pictures only take longer.
constexpr int kMostPixels = 200'000;
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto claimed = picture::size_of(bytes);
  if (!claimed) return 0;
  check(claimed->width >= 1 && claimed->width <= picture::kLargestSide, "width out of bounds");
  check(claimed->height >= 1 && claimed->height <= picture::kLargestSide, "height out of bounds");
  if (claimed->width * std::int64_t{claimed->height} > kMostPixels) return 0;
  const auto decoded = picture::decode(bytes);
  if (!decoded) {
    check(!decoded.error().message.empty(), "an error without a sentence");
    return 0;
  }
  check(decoded->rgb.size() == static_cast<std::size_t>(claimed->width) *
                                   static_cast<std::size_t>(claimed->height) * 3,
        "pixels do not fit the size");
  const picture::Layout layout = picture::lay_out(picture::to_grey(*decoded));
  for (const picture::TextLine& line : layout.lines) {
    check(line.box.left >= 0 && line.box.right <= claimed->width && line.box.top >= 0 &&
              line.box.bottom <= claimed->height && !line.words.empty(),
          "a line outside the picture");
    const picture::Table table = picture::cut_table(layout, line.words);
    check(table.edges.size() == line.words.size() + 1, "a column without an edge");
    for (std::size_t i = 1; i < table.edges.size(); ++i) {
      check(table.edges[i - 1] <= table.edges[i], "edges do not ascend");
    }
    if (&line - layout.lines.data() > 3) break;
  }
  auto reading = read_status_picture(*decoded, layout, made_up, catalogue().status_words);
  if (!reading) return 0;
  settle_picture(*reading, {"mail.corp.example"});
  for (const PictureRow& row : reading->rows) {
    check(row.cells.size() == reading->columns.size(), "a cell is missing");
    for (const PictureCell& cell : row.cells) {
      check(cell.confidence >= 0 && cell.confidence <= 1, "confidence out of bounds");
    }
  }
  const PictureRows rows = rows_of_picture(*reading, catalogue().status_words);
  check(rows.rows.size() <= reading->rows.size(), "a row was made up");
  return 0;
}
