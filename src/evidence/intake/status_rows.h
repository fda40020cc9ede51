#pragma once

// Rows of Outlook's Connection Status window, whether pasted as text or read from a picture: which
// cell is which column, and what the rows say together.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/catalogue/status_words.h"
#include "evidence/intake/raw.h"

namespace dropscope {

/// Cells by column; empty where the window has no such column or nothing stood there.
struct StatusRow {
  std::array<std::string, kStatusColumnCount> cells;
  std::uint64_t place = 0;
  double confidence = 1;

  [[nodiscard]] std::string& operator[](StatusColumn column) {
    return cells.at(static_cast<std::size_t>(column));
  }
  [[nodiscard]] const std::string& operator[](StatusColumn column) const {
    return cells.at(static_cast<std::size_t>(column));
  }
};

/// The columns that a header's cells name; nothing for cells that are no header of the window.
struct StatusHeader {
  std::vector<std::optional<StatusColumn>> columns;
  std::size_t known = 0;
};
[[nodiscard]] StatusHeader status_header(const std::vector<std::string_view>& cells,
                                         const StatusWords& words);
/// Whether that many of the window's own columns are named that it can be nothing else.
[[nodiscard]] bool is_status_header(const StatusHeader& header);

/// Whether a cell can stand in a column: true for columns that hold any text.
[[nodiscard]] bool fits_column(StatusColumn column, std::string_view cell,
                               const StatusWords& words);
/// Whether fits_column() can be false.
[[nodiscard]] bool is_checked(StatusColumn column);

/// A row without a header: columns known by what the cells hold and, where that leaves two
/// readings, by the order that all versions of the window keep. Nothing when it is no such row.
[[nodiscard]] std::optional<StatusRow> recognise_row(const std::vector<std::string_view>& cells,
                                                     const StatusWords& words);

/// What one row says of its protocol. The column Protocol decides; Conn of the older windows, where
/// HTTP is Outlook Anywhere, comes next; then the server's URL and the proxy.
[[nodiscard]] Protocol protocol_of(const StatusRow& row, const StatusWords& words);

/// Whether the absence of a session type among some rows says something.
enum class RowSet {
  WithHeader,  ///< The columns are all there: it does.
  Selected,    ///< Copied rows: only if there are several.
  Doubtful,    ///< A session type could not be read: it does not.
};

/// Adds the rows as connections, and what they say together as facts about the owner: protocol,
/// mode (a session of type Cache: cached), version, server, adapter, user.
void add_status_rows(const std::vector<StatusRow>& rows, const StatusWords& words, RowSet set,
                     SourceIntake& out);

}  // namespace dropscope
