#include "apps/cli/event_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf16.h"

namespace dropscope::cli {
namespace {

using evtx::Field;

/// Texts of a log are valid UTF-8 by construction; names of files need not be.
void append_json_string(std::string& out, std::string_view text) {
  std::string repaired;
  if (!is_utf8(text)) {
    // There and back: what is no valid text becomes U+FFFD on the way.
    for (const char16_t unit : to_utf16(text)) {
      repaired += static_cast<char>(unit & 0xff);
      repaired += static_cast<char>(unit >> 8);
    }
    repaired = to_utf8(Utf16View(as_bytes(repaired)));
    text = repaired;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Writes the members of one object.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void text_if(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, std::uint64_t value) {
    key(name);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  /// A number that the log holds; left out when the event has none.
  void number_if(std::string_view name, std::string_view digits) {
    if (digits.empty()) return;
    key(name);
    out_ += digits;
  }
  void flag_if(std::string_view name, bool value) {
    if (!value) return;
    key(name);
    out_ += "true";
  }
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    fmt::format_to(std::back_inserter(out_), "\"{}\":", name);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

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
  row.record_id = record.id;
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
  row.version = number_text(event, Field::Version);
  row.task = number_text(event, Field::Task);
  row.opcode = number_text(event, Field::Opcode);
  row.process_id = number_text(event, Field::ProcessId);
  row.thread_id = number_text(event, Field::ThreadId);
  row.keywords = event.field(Field::Keywords).to_text();
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

void append_json_line(std::string& out, const EventRow& row, std::string_view file) {
  JsonObject json(out);
  json.text_if("file", file);
  json.number("offset", row.offset);
  json.number("record_id", row.record_id);
  json.text("time", format_utc(row.time, 7));
  json.number("level", row.level);
  json.text("provider", row.provider);
  json.number("event_id", row.event_id);
  json.number_if("version", row.version);
  json.number_if("task", row.task);
  json.number_if("opcode", row.opcode);
  json.text_if("keywords", row.keywords);
  json.number_if("process_id", row.process_id);
  json.number_if("thread_id", row.thread_id);
  json.text("channel", row.channel);
  json.text("computer", row.computer);
  json.text_if("user_sid", row.user_sid);
  json.key("data");
  out += '[';
  bool first = true;
  for (const auto& item : row.data) {
    if (!first) out += ',';
    first = false;
    JsonObject entry(out);
    entry.text_if("name", item.name);
    entry.text("text", item.text);
    out += '}';
  }
  out += ']';
  json.flag_if("data_incomplete", !row.data_whole);
  json.flag_if("doubtful", row.doubtful);
  json.flag_if("recovered", row.recovered);
  out += "}\n";
}

void append_unreadable_json_line(std::string& out, const evtx::LogRecord& record,
                                 std::string_view file, std::string_view problem) {
  JsonObject json(out);
  json.text_if("file", file);
  json.number("offset", record.offset);
  json.number("record_id", record.id);
  json.text("written", format_utc(record.written, 7));
  json.text("problem", problem);
  json.flag_if("recovered", record.recovered);
  out += "}\n";
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
