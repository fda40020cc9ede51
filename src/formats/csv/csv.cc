// Two steps: the bytes become UTF-8 text (decode), the text becomes rows (Parser).
//
// The parser goes by RFC 4180 with three liberties that real exports need: any line ending, blank
// lines, and a quote inside an unquoted field, which is taken as itself. What cannot be understood,
// such as a quote that is never closed, costs that one line: reading begins again on the next one,
// so that a single slip does not swallow the rest of the table.

#include "formats/csv/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "base/utf16.h"

namespace dropscope::csv {
namespace {

struct Decoded {
  std::string text;
  Encoding encoding = Encoding::Utf8;
};

Decoded decode(Bytes bytes) {
  const std::string_view raw = as_text(bytes);
  if (raw.starts_with("\xff\xfe")) return {to_utf8(Utf16View(bytes.subspan(2))), Encoding::Utf16Le};
  if (raw.starts_with("\xfe\xff")) {
    std::vector<std::byte> swapped(bytes.begin() + 2, bytes.end());
    for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
    return {to_utf8(Utf16View(swapped)), Encoding::Utf16Be};
  }
  const std::string_view text = raw.starts_with("\xef\xbb\xbf") ? raw.substr(3) : raw;
  if (is_utf8(text)) return {std::string(text), Encoding::Utf8};
  std::string converted;
  append_windows_1252(converted, text);
  return {std::move(converted), Encoding::Windows1252};
}

/// The candidate that the first line holds most often outside quotes; of equals the first one here.
char detect_delimiter(std::string_view text) {
  constexpr std::string_view kCandidates = ",;\t";
  std::array<std::size_t, kCandidates.size()> counts{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) break;
    const std::size_t which = kCandidates.find(c);
    if (!quoted && which != std::string_view::npos) ++counts[which];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return kCandidates[static_cast<std::size_t>(most - counts.begin())];
}

class Parser {
 public:
  Parser(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] std::uint64_t line() const { return line_; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  void set_delimiter(char delimiter) { delimiter_ = delimiter; }

  /// The line at the current place, without its ending, and goes to the next one.
  std::string_view take_line() {
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    const std::string_view line = text_.substr(at_, end - at_);
    at_ = end;
    pass_line_end();
    return line;
  }

  /// One row. On failure, reading stands at the line after the one where the row began.
  Result<std::vector<std::string>> row() {
    const std::size_t start = at_;
    const std::uint64_t start_line = line_;
    std::vector<std::string> fields;
    for (;;) {
      Result<std::string> field = at_ < text_.size() && text_[at_] == '"' ? quoted() : plain();
      if (!field || fields.size() == limits_.columns) {
        at_ = start;
        line_ = start_line;
        take_line();
        if (!field) return fail(std::move(field.error()));
        return fail(ErrorCode::Limit, fmt::format("more than {} columns", limits_.columns));
      }
      fields.push_back(std::move(*field));
      if (at_ == text_.size()) return fields;
      if (text_[at_] == delimiter_) {
        ++at_;
        continue;
      }
      pass_line_end();
      return fields;
    }
  }

 private:
  [[nodiscard]] bool at_field_end() const {
    return at_ == text_.size() || text_[at_] == delimiter_ || text_[at_] == '\r' ||
           text_[at_] == '\n';
  }

  void pass_line_end() {
    if (at_ == text_.size()) return;
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  [[nodiscard]] Error too_long() const {
    return {
        ErrorCode::Limit, fmt::format("a field is longer than {} bytes", limits_.field_bytes), {}};
  }

  Result<std::string> plain() {
    const std::size_t start = at_;
    while (!at_field_end()) ++at_;
    if (at_ - start > limits_.field_bytes) return fail(too_long());
    return std::string(text_.substr(start, at_ - start));
  }

  Result<std::string> quoted() {
    std::string out;
    ++at_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (out.size() >= limits_.field_bytes) return fail(too_long());
      if (c == '"') {
        ++at_;
        if (at_ == text_.size() || text_[at_] != '"') {
          if (at_field_end()) return out;
          return fail(ErrorCode::Corrupt,
                      "after a closing quote expected a delimiter or the end of the line; "
                      "write a quote inside a quoted field twice");
        }
        out += '"';
        continue;
      }
      // Line endings inside quotes: "\r\n" counts once, at its '\n'.
      if (c == '\n' || (c == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] != '\n'))) ++line_;
      out += c;
    }
    return fail(ErrorCode::Corrupt, "a quote is opened and never closed");
  }

  std::string_view text_;
  const Limits& limits_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  char delimiter_ = ',';
};

std::string place(std::string_view name, std::uint64_t line) {
  return fmt::format("{}:{}", name, line);
}

bool is_blank(const std::vector<std::string>& fields) {
  return fields.size() == 1 && trim(fields.front()).empty();
}

void pass_comments(Parser& parser, Comments comments) {
  while (comments == Comments::Yes && parser.rest().starts_with('#')) parser.take_line();
}

/// Lines above the header that programs write for programs.
char pass_preamble(Parser& parser, Comments comments) {
  // PowerShell up to 5.1: Export-Csv without -NoTypeInformation.
  if (parser.rest().starts_with("#TYPE ")) parser.take_line();
  pass_comments(parser, comments);
  // Excel: names the delimiter.
  const std::string_view rest = parser.rest();
  if (rest.size() >= 5 && equals_nocase_ascii(rest.substr(0, 4), "sep=") &&
      std::string_view(",;\t|").find(rest[4]) != std::string_view::npos &&
      (rest.size() == 5 || rest[5] == '\r' || rest[5] == '\n')) {
    const char delimiter = rest[4];
    parser.take_line();
    return delimiter;
  }
  while (!parser.at_end() && (parser.rest().front() == '\r' || parser.rest().front() == '\n')) {
    parser.take_line();
    pass_comments(parser, comments);
  }
  return detect_delimiter(parser.rest());
}

}  // namespace

std::string_view to_string(Encoding encoding) {
  switch (encoding) {
    case Encoding::Utf8:
      return "UTF-8";
    case Encoding::Utf16Le:
      return "UTF-16LE";
    case Encoding::Utf16Be:
      return "UTF-16BE";
    case Encoding::Windows1252:
      return "Windows-1252 (assumed)";
  }
  return "";
}

std::optional<std::size_t> Table::column(std::string_view name) const {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (equals_nocase_ascii(header[i], name)) return i;
  }
  return std::nullopt;
}

Result<Table> read(Bytes bytes, std::string_view name, const Limits& limits, Comments comments) {
  if (bytes.size() > limits.bytes) {
    return fail(ErrorCode::Limit,
                fmt::format("is {} bytes long; a table of at most {} bytes is read", bytes.size(),
                            limits.bytes),
                std::string(name));
  }
  const Decoded decoded = decode(bytes);
  const std::size_t zero = decoded.text.find('\0');
  if (zero != std::string::npos) {
    return fail(ErrorCode::Corrupt,
                fmt::format("is no text: character {} is zero; save the table as CSV", zero + 1),
                std::string(name));
  }

  Table table;
  table.encoding = decoded.encoding;
  Parser parser(decoded.text, limits);
  table.delimiter = pass_preamble(parser, comments);
  parser.set_delimiter(table.delimiter);

  for (;;) {
    pass_comments(parser, comments);
    if (parser.at_end()) break;
    const std::uint64_t line = parser.line();
    Result<std::vector<std::string>> fields = parser.row();
    if (fields && is_blank(*fields)) continue;
    if (table.header.empty()) {
      if (!fields) return fail(fields.error().code, fields.error().message, place(name, line));
      for (const std::string& field : *fields) table.header.emplace_back(trim(field));
      continue;
    }
    std::string what;
    if (!fields) {
      what = fields.error().message + "; the line was left out";
    } else {
      const std::size_t found = fields->size();
      if (found != table.header.size()) {
        what = fmt::format("expected {} as in the header, found {}; {}",
                           count_of(table.header.size(), "field"), found,
                           found < table.header.size() ? "the missing ones are empty"
                                                       : "the ones too many were left out");
        fields->resize(table.header.size());
      }
      if (table.rows.size() == limits.rows) {
        return fail(ErrorCode::Limit, fmt::format("more than {} rows", limits.rows),
                    place(name, line));
      }
      table.rows.push_back({line, std::move(*fields)});
    }
    if (!what.empty()) table.problems.push_back({line, std::move(what)});
    if (table.problems.size() > limits.problems) {
      return fail(ErrorCode::Limit,
                  fmt::format("more than {} lines do not fit the header; is this a table with "
                              "columns separated by '{}'?",
                              limits.problems,
                              table.delimiter == '\t' ? "\\t" : std::string(1, table.delimiter)),
                  place(name, line));
    }
  }
  if (table.header.empty()) {
    return fail(ErrorCode::Corrupt, "is empty: expected a first row that names the columns",
                std::string(name));
  }
  return table;
}

}  // namespace dropscope::csv
