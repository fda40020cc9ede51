#pragma once

// Logs whose columns are named by a line "#Fields:": those of IIS, of Windows' HTTP driver and of
// Exchange. Columns are always taken by that line, never by position: they differ from build to
// build, and a file may change them in its middle.
//
//   Reader reader(bytes);
//   for (Record record; reader.next(record);) … record[reader.header().column("c-ip")] …

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "formats/text/line_reader.h"

namespace dropscope::w3clog {

enum class Separator : std::uint8_t {
  Blank,  ///< Blanks and tabs, any number; "-" stands for nothing. W3C, as IIS writes it.
  Comma,  ///< RFC 4180 with one line per record; nothing is nothing. Exchange.
};

/// What the lines that begin with "#" have said so far.
struct Header {
  std::string software;
  std::string log_type;
  std::vector<std::string> fields;  ///< As written. Empty: no header is in force.
  Separator separator = Separator::Blank;
  /// Counts the changes of `fields`, so that a caller looks its columns up once for each.
  std::uint64_t version = 0;

  /// ASCII case does not matter; of two equal names the first.
  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
};

/// One line that is not a header line and not blank.
struct Record {
  std::uint64_t line = 0;
  /// What is wrong with the line: what was expected and found. `values` is empty if nothing of it
  /// can be used; a comma-separated line with too few or too many values is used as far as it goes.
  std::string problem;
  /// No header is in force: text around a log, or a line before its header.
  bool foreign = false;
  /// More values than fields, and the user agent was found to hold the blanks.
  bool mended = false;
  bool has_time = false;
  bool local_time = false;  ///< `time` is what a clock on the server's wall showed.
  Instant time{};           ///< As if it were UTC, even when it is local.
  /// As many as the header has fields; empty for "-". Valid until the next call of next().
  std::vector<std::string_view> values;

  /// Empty when the column does not exist.
  [[nodiscard]] std::string_view operator[](std::optional<std::size_t> column) const {
    return column && *column < values.size() ? values[*column] : std::string_view();
  }
};

/// Bounds against input that is no log; Exchange's widest has 92 fields.
inline constexpr std::size_t kMaxFields = 1024;

struct Summary {
  std::uint64_t header_lines = 0;
  std::uint64_t records = 0;  ///< With values.
  std::uint64_t problems = 0;
  std::uint64_t foreign = 0;
  std::uint64_t blank = 0;
};

/// Not for concurrent use. Constant memory: one line.
class Reader {
 public:
  /// `bytes` must outlive the reader.
  explicit Reader(Bytes bytes);
  /// `source` must outlive the reader.
  explicit Reader(ByteSource& source);

  /// False at the end.
  bool next(Record& record);

  [[nodiscard]] const Header& header() const { return header_; }
  [[nodiscard]] const Summary& summary() const { return summary_; }
  /// Lines that were read as Windows-1252, as they are not UTF-8.
  [[nodiscard]] std::uint64_t assumed_encoding() const { return assumed_; }
  /// Where the next line begins.
  [[nodiscard]] std::uint64_t offset() const { return lines_.offset(); }

 private:
  enum class TimeForm : std::uint8_t { None, DateAndTime, TimeOnly, Stamp };

  void read_directive(std::string_view text);
  void set_fields(std::string_view names);
  void read_values(std::string_view text, Record& record);
  void read_blank(std::string_view text, Record& record);
  void read_comma(std::string_view text, Record& record);
  void read_time(Record& record);

  text::LineReader lines_;
  Header header_;
  Summary summary_;
  TimeForm time_form_ = TimeForm::None;
  std::size_t date_column_ = 0;
  std::size_t time_column_ = 0;
  bool local_columns_ = false;
  bool local_said_ = false;  // "#Time Format: Local"
  std::optional<std::size_t> agent_column_;
  // Of times without a date: the day of the header, moved on at midnight.
  std::optional<Instant> day_;
  Ticks last_of_day_{};
  // Days repeat from line to line.
  std::string seen_date_;
  std::optional<Instant> seen_day_;
  std::string unquoted_;  // Values that held doubled quotes.
  std::uint64_t assumed_ = 0;
};

/// Whether a line at the beginning of the text names fields; gives them. For recognition.
[[nodiscard]] std::vector<Header> headers_in(std::string_view text);

/// "2015-01-13", "14:40:38.123", "08:35": parts of a time as these logs write it.
[[nodiscard]] std::optional<Instant> parse_day(std::string_view text);
[[nodiscard]] std::optional<Ticks> parse_time_of_day(std::string_view text);

}  // namespace dropscope::w3clog
