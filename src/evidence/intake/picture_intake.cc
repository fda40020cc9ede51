#include "evidence/intake/picture_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "evidence/intake/picture_table.h"
#include "evidence/intake/status_rows.h"
#include "formats/picture/layout.h"
#include "formats/picture/picture.h"
#include "formats/picture/text_reader.h"

namespace dropscope {
namespace {

/// A picture that cannot be read is missing from the answer; one that shows something else is not.
SourceIntake not_used(const Content& content, std::string problem, bool is_evidence) {
  SourceIntake out;
  out.source.kind = "picture";
  out.source.problem = std::move(problem);
  out.source.state =
      is_evidence || content.named_by_user ? SourceState::Unreadable : SourceState::Ignored;
  return out;
}

/// What a picture without the window shows, and what to do.
std::string describe(const std::vector<std::string>& lines, const StatusWords& words) {
  std::size_t of_menu = 0;
  std::string status;
  for (const std::string& line : lines) {
    of_menu += words.contains_label(line, "outlook-menu") ? 1u : 0u;
    if (status.empty()) status = words.label_in(line, "status-bar");
  }
  constexpr std::string_view kHow =
      "hold Ctrl, click Outlook's icon in the notification area, choose Connection Status, and "
      "take "
      "the picture of that window with its headers";
  if (of_menu >= 2) {
    return fmt::format(
        "a picture of the menu of Outlook's icon, not of the window that it opens; {}", kHow);
  }
  if (!status.empty()) {
    return fmt::format(
        "a picture of Outlook's status bar (\"{}\"), which tells neither server nor protocol; {}",
        status, kHow);
  }
  return fmt::format(
      "a picture in which the Connection Status window was not found: expected a line with headers "
      "such as CID, SMTP Address, Type, Req/Fail; {}",
      kHow);
}

}  // namespace

bool is_picture(const Head& head) {
  return picture::kind_of(head.bytes) != picture::Kind::None;
}

SourceIntake read_picture(const Content& content, const ReadContext& context) {
  const auto decoded = picture::decode(content.bytes);
  if (!decoded) return not_used(content, decoded.error().message, true);
  const picture::Layout layout = picture::lay_out(picture::to_grey(*decoded));
  const StatusWords& words = context.catalogue.status_words;
  if (layout.lines.empty()) return not_used(content, describe({}, words), false);
  auto reader = picture::TextReader::open();
  if (!reader) return not_used(content, reader.error().message, true);
  const ReadLine read = [&](const picture::Grey& line, std::string_view characters) {
    return reader->read_line(line, characters);
  };
  auto reading = read_status_picture(*decoded, layout, read, words);
  if (!reading) return not_used(content, describe(read_lines(layout, read), words), false);
  SourceIntake out;
  out.source.kind = "picture";
  out.source.state = SourceState::Read;
  out.picture = std::move(*reading);
  return out;
}

void settle_picture_source(SourceIntake& part, const std::vector<std::string>& known,
                           const StatusWords& words) {
  PictureReading& reading = *part.picture;
  settle_picture(reading, known);
  const PictureRows found = rows_of_picture(reading, words);
  const RowSet set = found.sessions_known ? RowSet::WithHeader : RowSet::Doubtful;
  add_status_rows(found.rows, words, set, part);
  part.source.records = found.rows.size();
  std::string said =
      fmt::format("read from a picture of {} x {} pixels", reading.width, reading.height);
  if (found.rows.empty()) {
    said += ": the window's headers are there and no row below them";
  } else if (found.doubtful_cells > 0) {
    said +=
        fmt::format(": {} not sure enough and not used; compare with the picture",
                    found.doubtful_cells == 1 ? std::string("1 cell was")
                                              : fmt::format("{} cells were", found.doubtful_cells));
  }
  part.assumptions.insert(part.assumptions.begin(), std::move(said));
}

}  // namespace dropscope
