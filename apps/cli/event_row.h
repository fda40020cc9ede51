#pragma once

// One record of a log as people and programs want to read it, for `events` and `evtx dump`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/timezone.h"
#include "formats/evtx/reader.h"

namespace dropscope::cli {

/// The System fields and data of one event, as text. Reused from record to record.
struct EventRow {
  std::uint64_t offset = 0;
  std::uint64_t record_id = 0;
  Instant time{};  ///< Of the event; the record's own time when the event has none.
  std::uint64_t level = 0;
  std::string provider;
  std::uint16_t event_id = 0;
  std::string task;
  std::string channel;
  std::string computer;
  std::string user_sid;
  std::vector<evtx::EventView::Item> data;
  bool data_whole = true;  ///< False: a part of the data could not be read.
  bool doubtful = false;
  bool recovered = false;
};

/// Fills the fields that a filter may ask for; `record.event` must be there.
void read_head(EventRow& row, const evtx::LogRecord& record);
/// Fills the rest.
void read_body(EventRow& row, const evtx::LogRecord& record);

/// The name that Event Viewer shows: "Information" for 0 and 4; the number where there is none.
[[nodiscard]] std::string level_name(std::uint64_t level);

/// `"name":"text"` for JSON. The text may be any bytes, as names of files are.
[[nodiscard]] std::string json_member(std::string_view name, std::string_view text);
/// Appends a JSON object and a line feed for a record whose event could not be read. `members` come
/// first, as Renderer::append() takes them.
void append_unreadable_json_line(std::string& out, const evtx::LogRecord& record,
                                 std::string_view members, std::string_view problem);

/// The columns of the CSV form, in the order in which they stand by default.
enum class CsvColumn : std::uint8_t {
  Time,
  Level,
  Provider,
  EventId,
  Task,
  Channel,
  Computer,
  UserSid,
  RecordId,
  Text,
  File,
  Offset,
};
[[nodiscard]] const std::vector<CsvColumn>& all_csv_columns();
/// "event_id" …
[[nodiscard]] std::string_view csv_column_name(CsvColumn column);

/// Header and rows of the CSV form (RFC 4180, so lines end in CR LF). Times are in `zone`; its name
/// is in the header.
void append_csv_header(std::string& out, const std::vector<CsvColumn>& columns,
                       const TimeZone& zone);
void append_csv_row(std::string& out, const std::vector<CsvColumn>& columns, const EventRow& row,
                    std::string_view file, const TimeZone& zone);

}  // namespace dropscope::cli
