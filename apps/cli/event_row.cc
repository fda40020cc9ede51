#include "apps/cli/event_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text_buffer.h"
#include "base/utf16.h"

namespace dropscope::cli {
namespace {

using evtx::Field;

std::string number_text(const evtx::EventView& event, Field field) {
  const auto value = event.field(field).as_u64();
  return value ? fmt::format("{}", *value) : std::string();
}

void append_csv_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
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

std::string data_text(const EventRow& row) {
  std::string text;
  for (const auto& item : row.data) {
    if (!text.empty()) text += " | ";
    for (const char c : item.text) {
      if (c == '\r') continue;  // Windows' line break is two characters.
      text += c == '\n' || c == '\t' ? ' ' : c;
    }
  }
  return text;
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

void append_csv_header(std::string& out, const TimeZone& zone) {
  append_csv_field(out, fmt::format("time ({})", zone.name()));
  out += ",level,provider,event_id,task,channel,computer,user_sid,record_id,text,file,offset\r\n";
}

void append_csv_row(std::string& out, const EventRow& row, std::string_view file,
                    const TimeZone& zone) {
  out += zone.format(row.time, 3);
  const std::string id = fmt::format("{}", row.event_id);
  const std::string record = fmt::format("{}", row.record_id);
  const std::string offset = fmt::format("{}", row.offset);
  const std::string level = level_name(row.level);
  const std::string text = data_text(row);
  for (const std::string_view field :
       {std::string_view(level), std::string_view(row.provider), std::string_view(id),
        std::string_view(row.task), std::string_view(row.channel), std::string_view(row.computer),
        std::string_view(row.user_sid), std::string_view(record), std::string_view(text), file,
        std::string_view(offset)}) {
    out += ',';
    append_csv_field(out, field);
  }
  out += "\r\n";
}

}  // namespace dropscope::cli
