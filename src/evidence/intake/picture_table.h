#pragma once

// The Connection Status window in a picture: its headers are found, its cells cut out, read and
// matched.

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "evidence/catalogue/status_words.h"
#include "evidence/intake/status_rows.h"
#include "evidence/picture_reading.h"
#include "formats/picture/layout.h"
#include "formats/picture/text_reader.h"

namespace dropscope {

/// Text recognition: a line, black on white, and the characters that may occur.
using ReadLine = std::function<picture::Reading(const picture::Grey&, std::string_view)>;

/// Cells that are less sure are shown and not used. Where a wrong cell would tell a wrong protocol,
/// more is asked for.
inline constexpr double kLeastConfidence = 0.5;
inline constexpr double kLeastProtocolConfidence = 0.7;

/// Nothing when no line of the picture is a header of the window. The cells' texts are those of the
/// picture alone; settle_picture() adds what the rest of the evidence knows. `picture.size` is that
/// of `layout`.
[[nodiscard]] std::optional<PictureReading> read_status_picture(const picture::Picture& picture,
                                                                const picture::Layout& layout,
                                                                const ReadLine& read,
                                                                const StatusWords& words);

/// What the lines of a picture without the window say, for telling what it shows instead.
[[nodiscard]] std::vector<std::string> read_lines(const picture::Layout& layout,
                                                  const ReadLine& read);

/// Compares the names in a reading with each other and with those that are `known`, and decides
/// which cells are sure enough to be used.
void settle_picture(PictureReading& reading, const std::vector<std::string>& known);

/// The rows for status_rows.h, of the cells that are used. Rows that are none of the window's are
/// left out.
struct PictureRows {
  std::vector<StatusRow> rows;
  std::size_t doubtful_cells = 0;  ///< Not empty and not used.
  bool sessions_known = true;      ///< Every row's session type is.
};
[[nodiscard]] PictureRows rows_of_picture(const PictureReading& reading, const StatusWords& words);

}  // namespace dropscope
