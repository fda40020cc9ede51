#include "formats/event_export/event_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "base/utf16.h"
#include "formats/event_export/event_xml.h"
#include "formats/event_export/field_names.h"

namespace dropscope::event_export {
namespace {

/// A message is at most 32 Ki characters; PowerShell repeats it nowhere.
constexpr std::size_t kMaxRowBytes = std::size_t{512} << 10;
constexpr std::size_t kMaxFields = 256;
constexpr std::string_view kSeparators = ",;\t";
/// Rows looked at to find the columns by content.
constexpr std::size_t kProbedRows = 3;

struct Split {
  std::size_t size = 0;  ///< Bytes up to the next row; 0: a quote is not closed.
  bool at_end = false;   ///< The text ends with the row, and more of it may follow.
};

/// One row by RFC 4180. Line ends inside of quotes belong to the field; quotes inside of an
/// unquoted field are taken as they are.
Split split_row(std::string_view text, char separator, std::vector<std::string>& fields) {
  fields.clear();
  std::size_t at = 0;
  const std::size_t limit = std::min(text.size(), kMaxRowBytes);
  for (;;) {
    std::string field;
    if (at < limit && text[at] == '"') {
      ++at;
      for (;;) {
        const std::size_t quote = text.substr(0, limit).find('"', at);
        if (quote == std::string_view::npos) return {0, limit == text.size()};
        field += text.substr(at, quote - at);
        at = quote + 1;
        if (at >= limit || text[at] != '"') break;
        field += '"';
        ++at;
      }
    }
    const std::size_t begin = at;
    while (at < limit && text[at] != separator && text[at] != '\n') ++at;
    field += text.substr(begin, at - begin);
    const bool last = at >= limit || text[at] == '\n';
    if (last && field.ends_with('\r')) field.pop_back();
    if (fields.size() < kMaxFields) fields.push_back(std::move(field));
    if (at >= limit) return {limit, limit == text.size()};
    ++at;
    if (last) return {at, false};
  }
}

std::optional<std::uint16_t> event_number(std::string_view text) {
  const auto number = parse_int(trim(text));
  if (!number || *number < 0 || *number > 0xffff) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

bool is_time(std::string_view text) {
  return parse_shown_time(text).has_value() || parse_event_time(text).has_value();
}

bool has_digit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

/// By names that programs write in English whatever the language of Windows is.
std::optional<TableColumns> columns_by_name(const std::vector<std::string>& header) {
  TableColumns out;
  out.count = header.size();
  out.by_name = true;
  std::array<std::uint8_t, kFieldKinds> ranks;
  ranks.fill(0xff);
  bool weak_id = false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto name = field_name(to_lower_ascii(trim(header[i])));
    if (!name) continue;
    // A time of receipt is a time in a table, but behind the event's own.
    const bool receipt = name->kind == FieldKind::Receipt;
    const FieldKind kind = receipt ? FieldKind::Time : name->kind;
    const auto rank = static_cast<std::uint8_t>(name->rank + (receipt ? 16 : 0));
    std::uint8_t& best = ranks[static_cast<std::size_t>(kind)];
    if (rank >= best) continue;
    best = rank;
    switch (kind) {
      case FieldKind::Provider:
        out.provider = i;
        break;
      case FieldKind::EventId:
        out.id = i;
        weak_id = rank >= 5;
        break;
      case FieldKind::Channel:
        out.channel = i;
        break;
      case FieldKind::Computer:
        out.computer = i;
        break;
      case FieldKind::Time:
        out.time = i;
        break;
      case FieldKind::RecordId:
        out.record_id = i;
        break;
      case FieldKind::User:
        out.user = i;
        break;
      case FieldKind::Message:
        out.message = i;
        break;
      case FieldKind::DataXml:
        out.data_xml = i;
        break;
      case FieldKind::Receipt:
      case FieldKind::Level:
        break;
    }
  }
  const auto none = TableColumns::npos;
  if (out.time == none || out.provider == none || out.id == none) return std::nullopt;
  // Event Viewer's message stands behind its last name.
  if (out.message == none) out.message = header.size();
  // "Id", "Source" and "Time" are names of anything; ProviderName and EventID are not.
  if (weak_id && ranks[static_cast<std::size_t>(FieldKind::Provider)] != 2) return std::nullopt;
  return out;
}

/// By what stands in a row, as Event Viewer writes it: time, source and number side by side behind
/// the level, then the category and the message.
std::optional<TableColumns> columns_by_content(const std::vector<std::string>& header,
                                               const std::vector<std::string>& row) {
  if (header.size() < 4 || header.size() > 8 || row.size() < 5) return std::nullopt;
  for (const std::string& name : header) {
    if (trim(name).empty() || has_digit(name)) return std::nullopt;
  }
  for (std::size_t i = 0; i + 2 < std::min(header.size(), row.size()); ++i) {
    if (!is_time(row[i])) continue;
    const std::string_view source = trim(row[i + 1]);
    if (source.empty() || parse_int(source) || !event_number(row[i + 2])) return std::nullopt;
    if (i > 0 && has_digit(row[0])) return std::nullopt;
    TableColumns out;
    out.time = i;
    out.provider = i + 1;
    out.id = i + 2;
    out.count = header.size();
    // The message has no name of its own; without it there is the category.
    out.message = header.size();
    for (std::size_t k = i + 3; k < header.size(); ++k) {
      const auto name = field_name(to_lower_ascii(trim(header[k])));
      if (name && name->kind == FieldKind::Computer) out.computer = k;
      if (name && name->kind == FieldKind::Message) out.message = k;
    }
    return out;
  }
  return std::nullopt;
}

std::size_t line_size(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::string_view field_of(const std::vector<std::string>& fields, std::size_t column) {
  return column < fields.size() ? trim(fields[column]) : std::string_view();
}

}  // namespace

std::optional<TableColumns> find_event_table(std::string_view text, std::size_t* begin) {
  std::vector<std::string> header;
  std::vector<std::string> row;
  for (std::size_t at = 0; at < text.size(); at += line_size(text.substr(at))) {
    const std::string_view line = text.substr(at, line_size(text.substr(at)));
    for (const char separator : kSeparators) {
      if (line.find(separator) == std::string_view::npos) continue;
      const Split split = split_row(text.substr(at), separator, header);
      if (split.size == 0 || header.size() < 4) continue;
      auto columns = columns_by_name(header);
      std::size_t next = at + split.size;
      for (std::size_t i = 0; !columns && i < kProbedRows && next < text.size(); ++i) {
        const Split more = split_row(text.substr(next), separator, row);
        if (more.size == 0) break;
        columns = columns_by_content(header, row);
        next += more.size;
      }
      if (!columns) continue;
      columns->separator = separator;
      if (begin != nullptr) *begin = at + split.size;
      return columns;
    }
  }
  return std::nullopt;
}

EventTableReader::EventTableReader(Bytes bytes) : window_(bytes) {
  // As far as detection looks, so that both agree.
  constexpr std::size_t kHead = std::size_t{64} << 10;
  std::size_t begin = 0;
  columns_ = find_event_table(window_.view().substr(0, kHead), &begin);
  if (columns_) window_.pass(begin);
}

bool EventTableReader::read_row(std::size_t& size) {
  Split split = split_row(window_.view(), columns_->separator, fields_);
  while (split.at_end && window_.view().size() < kMaxRowBytes && window_.extend()) {
    split = split_row(window_.view(), columns_->separator, fields_);
  }
  size = split.size;
  const bool whole = split.size != 0;
  if (!whole) {
    // It costs its line, not the rest of the table.
    size = line_size(window_.view());
    fields_.assign(1, std::string(window_.view().substr(0, size)));
  }
  for (std::string& field : fields_) {
    if (is_utf8(field)) continue;
    std::string converted;
    append_windows_1252(converted, field);
    field = std::move(converted);
    assumed_code_page_ = true;
  }
  return whole;
}

bool EventTableReader::next(Record& record, TableTime& time) {
  if (!columns_) return false;
  const TableColumns& columns = *columns_;
  for (;;) {
    if (window_.view().empty() && !window_.extend()) return false;
    std::size_t size = 0;
    const bool whole = read_row(size);
    const std::uint64_t offset = window_.offset();
    const auto lost = [&](std::string what) {
      if (report_) report_({offset, window_.line(), 1, std::move(what)});
      window_.pass(size);
    };
    const std::string_view shown = field_of(fields_, columns.time);
    time = TableTime{parse_event_time(shown), std::nullopt};
    if (!time.exact) time.shown = parse_shown_time(shown);
    const auto id = event_number(field_of(fields_, columns.id));
    const std::string_view provider = field_of(fields_, columns.provider);
    if (!whole && fields_.front().find(columns.separator) != std::string::npos) {
      lost("expected the end of a field in quotes, found the end of the file");
      continue;
    }
    if (!time.exact && !time.shown) {
      if (id && !provider.empty()) {
        lost(fmt::format("expected a time in column {}, found \"{}\"", columns.time + 1,
                         printable(shown.substr(0, 40))));
      } else {
        if (!trim(window_.view().substr(0, size)).empty()) ++others_;
        window_.pass(size);
      }
      continue;
    }
    if (!id) {
      lost(fmt::format("expected the number of an event in column {}, found \"{}\"", columns.id + 1,
                       printable(field_of(fields_, columns.id).substr(0, 40))));
      continue;
    }
    record = Record{};
    record.place = offset;
    record.event_id = *id;
    record.provider = provider;
    record.channel = field_of(fields_, columns.channel);
    record.computer = field_of(fields_, columns.computer);
    record.user = field_of(fields_, columns.user);
    record.message = field_of(fields_, columns.message);
    const auto number = parse_int(field_of(fields_, columns.record_id));
    record.record_id = static_cast<std::uint64_t>(std::max<std::int64_t>(0, number.value_or(0)));
    const std::string_view xml = field_of(fields_, columns.data_xml);
    if (xml.starts_with('<')) data_of_fragment(xml, record.items);
    window_.pass(size);
    return true;
  }
}

bool strings_of_message(std::string_view message, std::string_view provider, std::uint16_t id,
                        std::vector<Item>& items) {
  // The sentence names source and number, in whatever language, in its first line.
  const std::string_view first = message.substr(0, message.find('\n'));
  if (provider.empty() || first.find(provider) == std::string_view::npos) return false;
  const std::string number = std::to_string(id);
  const bool has_number = first.find(number) != std::string_view::npos;

  // Get-EventLog and Windows XP: all in one line, and the number may have its qualifiers.
  constexpr std::string_view kPart = "The following information is part of the event:";
  const std::size_t part = first.find(kPart);
  if (part != std::string_view::npos) {
    std::string_view rest = trim(message.substr(part + kPart.size()));
    if (rest.size() >= 2 && rest.front() == '\'' && rest.ends_with('\'')) {
      // 'one', 'two'
      rest = rest.substr(1, rest.size() - 2);
      for (std::size_t at = rest.find("', '"); at != std::string_view::npos;
           at = rest.find("', '")) {
        items.push_back({"", std::string(rest.substr(0, at))});
        rest.remove_prefix(at + 4);
      }
    } else if (rest.ends_with('.')) {
      rest.remove_suffix(1);
    }
    items.push_back({"", std::string(rest)});
    return true;
  }
  if (!has_number) return false;

  // Event Viewer: the strings stand behind a line that ends with a colon and a blank line, one a
  // line, up to the next blank line.
  std::size_t colon = std::string_view::npos;
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    const std::string_view line = trim(message.substr(at, end - at));
    const std::string_view next = message.substr(std::min(end + 1, message.size()));
    const bool blank_next = trim(next.substr(0, next.find('\n'))).empty();
    const bool ends_in_colon = line.ends_with(':') || line.ends_with("：");
    if (at != 0 && ends_in_colon && blank_next) {
      colon = end + 1;
      break;
    }
    at = end + 1;
  }
  if (colon == std::string_view::npos) return false;
  bool begun = false;
  for (std::size_t at = colon; at < message.size();) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    const std::string_view line = trim(message.substr(at, end - at));
    if (line.empty() && begun) break;
    if (!line.empty()) {
      items.push_back({"", std::string(line)});
      begun = true;
    }
    at = end + 1;
  }
  return true;
}

}  // namespace dropscope::event_export
