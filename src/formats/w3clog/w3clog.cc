// The reader goes line by line: a directive changes the header, anything else is a record under the
// header in force.
//
// Four habits of real logs shape it. IIS writes its header again at each start of the service,
// perhaps with other columns. Pages and mails that quote a log put it between fences, after which
// the header no longer holds. Load tests and proxies send user agents with blanks that nobody
// encoded, so that a line has too many values: columns before the user agent are then counted from
// the left and those behind it from the right. And logs without a date column have it in "#Date",
// written when the file was begun; when the time of day falls back by half a day, midnight has
// passed, as lines are written in the order in which requests end.

#include "formats/w3clog/w3clog.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace dropscope::w3clog {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Comments behind values, as in Microsoft's description of the HTTP driver's log.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = text.find("//"); at != std::string_view::npos;
       at = text.find("//", at + 2)) {
    if (at > 0 && is_blank(text[at - 1])) return trim(text.substr(0, at));
  }
  return trim(text);
}

/// "#Fields: a b" → "Fields" and "a b"; pages put a blank behind the sign. Nothing for a comment.
bool split_directive(std::string_view text, std::string_view& name, std::string_view& value) {
  if (!text.starts_with('#')) return false;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  name = trim(text.substr(1, colon - 1));
  value = trim(text.substr(colon + 1));
  return !name.empty();
}

std::vector<std::string> split_names(std::string_view text, Separator separator) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at <= text.size() && out.size() < kMaxFields) {
    if (separator == Separator::Comma) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      out.emplace_back(trim(text.substr(at, end - at)));
      at = end + 1;
      continue;
    }
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at == text.size()) break;
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  // A comma at the end names nothing.
  while (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

/// Names never hold commas, so one comma decides.
Separator separator_of(std::string_view names) {
  return names.find(',') != std::string_view::npos ? Separator::Comma : Separator::Blank;
}

/// A fence of Markdown: the log that it encloses ends or begins.
bool is_fence(std::string_view text) {
  return text.starts_with("```") || text.starts_with("~~~");
}

bool two_digits(std::string_view text, std::size_t at, int& out) {
  if (at + 2 > text.size()) return false;
  const char a = text[at];
  const char b = text[at + 1];
  if (a < '0' || a > '9' || b < '0' || b > '9') return false;
  out = (a - '0') * 10 + (b - '0');
  return true;
}

/// One value of a blank-separated line, with its quotes if it has them.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool quoted = false;
};

bool next_token(std::string_view text, std::size_t& at, Token& token) {
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at == text.size()) return false;
  token.begin = at;
  token.quoted = false;
  if (text[at] == '"') {
    // A value in quotes ends at a quote with a blank or nothing behind it; without one, the quote
    // is an ordinary character, as in the query of an attacker.
    for (std::size_t i = at + 1; i < text.size(); ++i) {
      if (text[i] != '"') continue;
      if (i + 1 < text.size() && text[i + 1] == '"') {
        ++i;
        continue;
      }
      token.quoted = i + 1 == text.size() || is_blank(text[i + 1]);
      token.end = i + 1;
      break;
    }
  }
  if (!token.quoted) {
    token.end = at;
    while (token.end < text.size() && !is_blank(text[token.end])) ++token.end;
  }
  at = token.end;
  return true;
}

/// The value without its quotes; nothing for "-". `store` has room for the whole line.
std::string_view value_of(std::string_view text, const Token& token, std::string& store) {
  const std::string_view raw = text.substr(token.begin, token.end - token.begin);
  if (!token.quoted) return raw == "-" ? std::string_view() : raw;
  const std::string_view inner = raw.substr(1, raw.size() - 2);
  if (inner.find('"') == std::string_view::npos) return inner;
  const std::size_t begin = store.size();
  for (std::size_t i = 0; i < inner.size(); ++i) {
    store += inner[i];
    if (inner[i] == '"') ++i;
  }
  return std::string_view(store).substr(begin);
}

}  // namespace

std::optional<Instant> parse_day(std::string_view text) {
  CivilTime civil;
  int century = 0;
  int year = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !two_digits(text, 0, century) ||
      !two_digits(text, 2, year) || !two_digits(text, 5, civil.month) ||
      !two_digits(text, 8, civil.day)) {
    return std::nullopt;
  }
  civil.year = century * 100 + year;
  return from_civil_utc(civil);
}

std::optional<Ticks> parse_time_of_day(std::string_view text) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (text.size() < 5 || text[2] != ':' || !two_digits(text, 0, hour) ||
      !two_digits(text, 3, minute)) {
    return std::nullopt;
  }
  Ticks fraction{};
  if (text.size() > 5) {
    if (text[5] != ':' || !two_digits(text, 6, second)) return std::nullopt;
    if (text.size() > 8) {
      if ((text[8] != '.' && text[8] != ',') || text.size() == 9) return std::nullopt;
      std::int64_t unit = 1'000'000;  // Tenths of a second, in ticks.
      for (std::size_t at = 9; at < text.size(); ++at) {
        if (text[at] < '0' || text[at] > '9') return std::nullopt;
        fraction += Ticks{(text[at] - '0') * unit};
        unit /= 10;
      }
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} +
         fraction;
}

std::optional<std::size_t> Header::column(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (equals_nocase_ascii(fields[i], name)) return i;
  }
  return std::nullopt;
}

Reader::Reader(Bytes bytes) : lines_(bytes) {}

Reader::Reader(ByteSource& source) : lines_(source) {}

bool Reader::next(Record& record) {
  record.problem.clear();
  record.values.clear();
  record.foreign = record.mended = record.has_time = record.local_time = false;
  record.time = {};
  text::Line line;
  while (lines_.next(line)) {
    if (line.assumed) ++assumed_;
    // Logs that were put together keep the mark of each part.
    std::string_view text = line.text;
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    text = trim(text);
    if (text.empty()) {
      ++summary_.blank;
      continue;
    }
    if (text.front() == '#') {
      ++summary_.header_lines;
      read_directive(text);
      continue;
    }
    record.line = line.number;
    if (is_fence(text)) {
      header_.fields.clear();
      ++header_.version;
    }
    if (header_.fields.empty()) {
      record.foreign = true;
      ++summary_.foreign;
      return true;
    }
    if (line.cut) {
      record.problem =
          fmt::format("line {}: expected a line of at most {} bytes, found a longer one",
                      line.number, text::kMaxLineBytes);
    } else {
      read_values(text, record);
    }
    if (!record.problem.empty()) ++summary_.problems;
    if (!record.values.empty()) ++summary_.records;
    return true;
  }
  return false;
}

void Reader::read_directive(std::string_view text) {
  std::string_view name;
  std::string_view value;
  if (!split_directive(text, name, value)) return;
  if (equals_nocase_ascii(name, "Fields")) {
    set_fields(without_comment(value));
  } else if (equals_nocase_ascii(name, "Software")) {
    header_.software = without_comment(value);
    header_.log_type.clear();
  } else if (equals_nocase_ascii(name, "Log-type")) {
    header_.log_type = without_comment(value);
  } else if (equals_nocase_ascii(name, "Date") || equals_nocase_ascii(name, "Start-Date")) {
    day_ = parse_day(value.substr(0, 10));
    last_of_day_ = {};
    if (value.size() > 11) last_of_day_ = parse_time_of_day(value.substr(11, 8)).value_or(Ticks{});
  } else if (equals_nocase_ascii(name, "Time Format")) {
    local_said_ = equals_nocase_ascii(without_comment(value), "Local");
  }
}

void Reader::set_fields(std::string_view names) {
  header_.separator = separator_of(names);
  header_.fields = split_names(names, header_.separator);
  ++header_.version;
  time_form_ = TimeForm::None;
  local_columns_ = false;
  agent_column_ = header_.column("cs(User-Agent)");
  const auto pair = [&](std::string_view date, std::string_view time, bool local) {
    const auto d = header_.column(date);
    const auto t = header_.column(time);
    if (time_form_ != TimeForm::None || !d || !t) return;
    time_form_ = TimeForm::DateAndTime;
    date_column_ = *d;
    time_column_ = *t;
    local_columns_ = local;
  };
  // IIS' Advanced Logging has the choice of both and names them so.
  pair("date", "time", false);
  pair("date-UTC", "time-UTC", false);
  pair("date-local", "time-local", true);
  if (time_form_ != TimeForm::None) return;
  for (const std::string_view stamp : {"DateTime", "date-time", "Timestamp"}) {
    if (const auto found = header_.column(stamp)) {
      time_form_ = TimeForm::Stamp;
      time_column_ = *found;
      return;
    }
  }
  for (const std::string_view time : {"time", "time-UTC", "time-local"}) {
    if (const auto found = header_.column(time)) {
      time_form_ = TimeForm::TimeOnly;
      time_column_ = *found;
      local_columns_ = time == "time-local";
      return;
    }
  }
}

void Reader::read_values(std::string_view text, Record& record) {
  if (header_.separator == Separator::Comma) {
    read_comma(text, record);
  } else {
    read_blank(text, record);
  }
  if (record.values.empty()) return;
  read_time(record);
  if (record.has_time || time_form_ == TimeForm::None) return;
  if (time_form_ == TimeForm::TimeOnly && !day_) return;
  // Whatever has no time where it should be is no record, such as prose that follows a log.
  const std::size_t column = time_form_ == TimeForm::DateAndTime ? date_column_ : time_column_;
  record.problem = fmt::format("line {}: expected a time in \"{}\", found \"{}\"", record.line,
                               printable(header_.fields[column]),
                               printable(record.values[column].substr(0, 40)));
  record.values.clear();
}

void Reader::read_blank(std::string_view text, Record& record) {
  unquoted_.clear();
  unquoted_.reserve(text.size());  // Views into it stay valid.
  std::vector<std::string_view>& values = record.values;
  const std::size_t expected = header_.fields.size();
  Token token;
  std::size_t found = 0;
  for (std::size_t at = 0; next_token(text, at, token); ++found) {
    if (found < expected) values.push_back(value_of(text, token, unquoted_));
  }
  if (found == expected) return;
  values.clear();
  if (found < expected || !agent_column_ || found > kMaxFields) {
    record.problem = fmt::format("line {}: expected {} as #Fields says, found {}", record.line,
                                 count_of(expected, "value"), found);
    return;
  }
  // Again, now that the number of surplus values is known.
  record.mended = true;
  unquoted_.clear();
  const std::size_t surplus = found - expected;
  std::size_t agent_begin = 0;
  found = 0;
  for (std::size_t at = 0; next_token(text, at, token); ++found) {
    if (found == *agent_column_) agent_begin = token.begin;
    if (found >= *agent_column_ && found < *agent_column_ + surplus) continue;
    const bool agent = found == *agent_column_ + surplus;
    values.push_back(agent ? text.substr(agent_begin, token.end - agent_begin)
                           : value_of(text, token, unquoted_));
  }
}

void Reader::read_comma(std::string_view text, Record& record) {
  unquoted_.clear();
  unquoted_.reserve(text.size());
  std::vector<std::string_view>& values = record.values;
  std::size_t at = 0;
  std::size_t found = 0;
  const std::size_t expected = header_.fields.size();
  bool open = false;
  while (at <= text.size()) {
    std::string_view value;
    if (at < text.size() && text[at] == '"') {
      const std::size_t begin = unquoted_.size();
      std::size_t i = at + 1;
      open = true;
      bool doubled = false;
      for (; i < text.size(); ++i) {
        if (text[i] == '"') {
          if (i + 1 < text.size() && text[i + 1] == '"') {
            ++i;
            doubled = true;
          } else {
            open = false;
            break;
          }
        }
        unquoted_ += text[i];
      }
      value = doubled ? std::string_view(unquoted_).substr(begin) : text.substr(at + 1, i - at - 1);
      // What stands between the closing quote and the comma is left out.
      at = std::min(text.find(',', std::min(i, text.size())), text.size()) + 1;
    } else {
      const std::size_t end = std::min(text.find(',', at), text.size());
      value = text.substr(at, end - at);
      at = end + 1;
    }
    if (found < expected) values.push_back(value);
    ++found;
  }
  if (found == expected && !open) return;
  if (open) {
    record.problem =
        fmt::format("line {}: expected a closing quote, found the end of the line", record.line);
  } else {
    record.problem = fmt::format("line {}: expected {} as #Fields says, found {}", record.line,
                                 count_of(expected, "value"), found);
  }
  values.resize(expected);
}

void Reader::read_time(Record& record) {
  record.local_time = local_columns_ || local_said_;
  switch (time_form_) {
    case TimeForm::None:
      return;
    case TimeForm::Stamp: {
      const auto time = parse_utc(record.values[time_column_]);
      record.has_time = time.has_value();
      record.time = time.value_or(Instant{});
      return;
    }
    case TimeForm::DateAndTime: {
      const std::string_view date = record.values[date_column_];
      if (!seen_day_ || date != seen_date_) {
        seen_date_ = date;
        seen_day_ = parse_day(date);
      }
      const auto of_day = parse_time_of_day(record.values[time_column_]);
      record.has_time = seen_day_ && of_day;
      if (record.has_time) record.time = *seen_day_ + *of_day;
      return;
    }
    case TimeForm::TimeOnly: {
      const auto of_day = parse_time_of_day(record.values[time_column_]);
      if (!of_day || !day_) return;
      if (*of_day + std::chrono::hours{12} < last_of_day_) *day_ += std::chrono::hours{24};
      last_of_day_ = *of_day;
      record.has_time = true;
      record.time = *day_ + *of_day;
      return;
    }
  }
}

std::vector<Header> headers_in(std::string_view text) {
  std::vector<Header> out;
  Header current;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trim(text.substr(0, end));
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string_view name;
    std::string_view value;
    if (!split_directive(line, name, value)) continue;
    if (equals_nocase_ascii(name, "Software")) {
      current = {};
      current.software = without_comment(value);
    } else if (equals_nocase_ascii(name, "Log-type")) {
      current.log_type = without_comment(value);
    } else if (equals_nocase_ascii(name, "Fields")) {
      const std::string_view names = without_comment(value);
      current.separator = separator_of(names);
      current.fields = split_names(names, current.separator);
      ++current.version;
      if (!current.fields.empty()) out.push_back(current);
    }
  }
  return out;
}

}  // namespace dropscope::w3clog
