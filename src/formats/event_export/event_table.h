#pragma once

// Events as a table: Get-WinEvent and Get-EventLog through Export-Csv, Event Viewer's CSV and TXT,
// tables of Log Analytics as CSV.
//
// PowerShell's columns are named in English everywhere. Event Viewer's are named in the language of
// whoever looked, and its first row names five columns where the others have six; so they are found
// by what stands in them: a time, then a source, then a number. Times are shown as that person's
// settings have it, without a zone, and often without telling the day from the month. Both are left
// to the caller.
//
// A table may stand in a page of prose; lines before its header are passed over.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/event_export/event_time.h"
#include "formats/event_export/record.h"
#include "formats/text/text_window.h"

namespace dropscope::event_export {

/// Which column holds what. npos: none does.
struct TableColumns {
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  std::size_t time = npos;
  std::size_t provider = npos;
  std::size_t id = npos;
  std::size_t channel = npos;
  std::size_t computer = npos;
  std::size_t record_id = npos;
  std::size_t user = npos;
  std::size_t message = npos;
  std::size_t data_xml = npos;
  std::size_t count = 0;  ///< Fields of the first row.
  char separator = ',';
  bool by_name = false;  ///< False: found by content, as Event Viewer writes them.
};

/// The time of a row: one of the two.
struct TableTime {
  std::optional<EventTime> exact;
  std::optional<ShownTime> shown;
};

/// Not for concurrent use.
class EventTableReader {
 public:
  /// `bytes` must outlive the reader.
  explicit EventTableReader(Bytes bytes);

  /// Nothing when there is no table of events.
  [[nodiscard]] const std::optional<TableColumns>& columns() const { return columns_; }

  /// False at the end. The record's time is left to the caller.
  bool next(Record& record, TableTime& time);

  /// Has `report` called for each damaged place.
  void on_trouble(std::function<void(const Trouble&)> report) { report_ = std::move(report); }

  /// Lines behind the first row that are no rows of the table, such as prose.
  [[nodiscard]] std::uint64_t others() const { return others_; }
  [[nodiscard]] bool assumed_code_page() const { return assumed_code_page_; }
  [[nodiscard]] text::TextWindow& window() { return window_; }

 private:
  /// Reads the row with which the window begins; `size` is what it takes of it. False: the quote
  /// with which a field begins is never closed, and the row is its first line.
  bool read_row(std::size_t& size);

  text::TextWindow window_;
  std::optional<TableColumns> columns_;
  std::function<void(const Trouble&)> report_;
  std::vector<std::string> fields_;
  std::uint64_t others_ = 0;
  bool assumed_code_page_ = false;
};

/// The columns of the first table of events in a text, which may be the beginning of a longer one;
/// `begin` is where its first row behind the header begins.
[[nodiscard]] std::optional<TableColumns> find_event_table(std::string_view text,
                                                           std::size_t* begin = nullptr);

/// The strings of an event whose message could not be rendered: "The description for Event ID 26
/// from source Outlook cannot be found. … The following information was included with the event: …"
/// has them at its end. False when the message is an ordinary one. `items` is appended to.
bool strings_of_message(std::string_view message, std::string_view provider, std::uint16_t id,
                        std::vector<Item>& items);

}  // namespace dropscope::event_export
