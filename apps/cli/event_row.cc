#include "apps/cli/event_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text_buffer.h"
#include "base/utf16.h"
#include "formats/csv/write.h"

namespace dropscope::cli {
namespace {

using evtx::Field;

std::string number_text(const evtx::EventView& event, Field field) {
  const auto value = event.field(field).as_u64();
  return value ? fmt::format("{}", *value) : std::string();
}

}  // namespace

void read_head(EventRow& row, const evtx::LogRecord& record) {
  const evtx::EventView& event = *record.event;
  row.offset = record.offset;
  row.record_id = event.number(Field::RecordId, record.id);
  row.time = event.time_created().value_or(record.written);
  row.level = event.number(Field::Level);
  row.provider = to_utf8(event.provider());
  row.event_id = event.event_id();
  row.channel = event.field(Field::Channel).to_text();
  row.computer = event.field(Field::Computer).to_text();
  row.doubtful = record.doubtful;
  row.recovered = record.recovered;
}

void read_body(EventRow& row, const evtx::LogRecord& record) {
  const evtx::EventView& event = *record.event;
  row.task = number_text(event, Field::Task);
  row.user_sid = event.field(Field::UserId).to_text();
  row.data.clear();
  row.data_whole = event.data(row.data);
}

std::string level_name(std::uint64_t level) {
  switch (level) {
    case 0:  // "Log always"; Event Viewer shows it like level 4.
    case 4:
      return "Information";
    case 1:
      return "Critical";
    case 2:
      return "Error";
    case 3:
      return "Warning";
    case 5:
      return "Verbose";
    default:
      return fmt::format("{}", level);
  }
}

std::string json_member(std::string_view name, std::string_view text) {
  TextBuffer buffer;
  char* const at = buffer.reserve(text.size() * kEscapedPerUnit + kEscapeSlack);
  buffer.commit(put_escaped(at, text, Markup::Json));
  return fmt::format("\"{}\":\"{}\"", name, buffer.view());
}

void append_unreadable_json_line(std::string& out, const evtx::LogRecord& record,
                                 std::string_view members, std::string_view problem) {
  fmt::format_to(
      std::back_inserter(out), "{{{}{}\"offset\":{},\"record_id\":{},\"written\":\"{}\",{}{}}}\n",
      members, members.empty() ? "" : ",", record.offset, record.id, format_utc(record.written, 7),
      json_member("problem", problem), record.recovered ? ",\"recovered\":true" : "");
}

const std::vector<CsvColumn>& all_csv_columns() {
  static const std::vector<CsvColumn> kAll = {
      CsvColumn::Time,     CsvColumn::Level,   CsvColumn::Provider, CsvColumn::EventId,
      CsvColumn::Task,     CsvColumn::Channel, CsvColumn::Computer, CsvColumn::UserSid,
      CsvColumn::RecordId, CsvColumn::Text,    CsvColumn::File,     CsvColumn::Offset};
  return kAll;
}

std::string_view csv_column_name(CsvColumn column) {
  constexpr std::string_view kNames[] = {"time",      "level",   "provider", "event_id",
                                         "task",      "channel", "computer", "user_sid",
                                         "record_id", "text",    "file",     "offset"};
  return kNames[static_cast<std::size_t>(column)];
}

void append_csv_header(std::string& out, const std::vector<CsvColumn>& columns,
                       const TimeZone& zone) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out += ',';
    const std::string_view name = csv_column_name(columns[i]);
    csv::append_field(out, columns[i] == CsvColumn::Time ? fmt::format("{} ({})", name, zone.name())
                                                         : std::string(name));
  }
  out += "\r\n";
}

void append_csv_row(std::string& out, const std::vector<CsvColumn>& columns, const EventRow& row,
                    std::string_view file, const TimeZone& zone) {
  const auto number = [&](std::uint64_t value) {
    fmt::format_to(std::back_inserter(out), "{}", value);
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out += ',';
    switch (columns[i]) {
      case CsvColumn::Time:
        out += zone.format(row.time, 3);
        break;
      case CsvColumn::Level:
        out += level_name(row.level);
        break;
      case CsvColumn::Provider:
        csv::append_field(out, row.provider);
        break;
      case CsvColumn::EventId:
        number(row.event_id);
        break;
      case CsvColumn::Task:
        out += row.task;
        break;
      case CsvColumn::Channel:
        csv::append_field(out, row.channel);
        break;
      case CsvColumn::Computer:
        csv::append_field(out, row.computer);
        break;
      case CsvColumn::UserSid:
        csv::append_field(out, row.user_sid);
        break;
      case CsvColumn::RecordId:
        number(row.record_id);
        break;
      case CsvColumn::Text:
        csv::append_field(out, evtx::data_text(row.data));
        break;
      case CsvColumn::File:
        csv::append_field(out, file);
        break;
      case CsvColumn::Offset:
        number(row.offset);
        break;
    }
  }
  out += "\r\n";
}

}  // namespace dropscope::cli
