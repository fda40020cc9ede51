#pragma once

// Tables as people export them: RFC 4180 and what Excel and PowerShell make of it.
//
// Excel writes semicolons where the comma is the decimal sign, PowerShell may put a "#TYPE" line on
// top and write UTF-16, older tools write the machine's code page. All of these are read; what had
// to be assumed is said in the table. A bad row is listed with its line and the other rows are
// kept.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope::csv {

/// Bounds against input that is no table made by people. Meeting one gives ErrorCode::Limit.
struct Limits {
  std::size_t bytes = 256u << 20;
  std::size_t rows = 5'000'000;
  std::size_t columns = 1024;
  std::size_t field_bytes = 1u << 20;
  std::size_t problems = 1000;  ///< Bad rows; more than this is not a table.
};

struct Row {
  std::uint64_t line = 0;           ///< Where the row begins, counted from 1.
  std::vector<std::string> fields;  ///< Exactly as many as the header has; missing ones are empty.
};

struct Problem {
  std::uint64_t line = 0;
  std::string what;  ///< What was expected and what was found.
};

enum class Encoding : std::uint8_t {
  Utf8,
  Utf16Le,
  Utf16Be,
  Windows1252,  ///< Assumed: the bytes are not UTF-8 and have no byte order mark.
};
[[nodiscard]] std::string_view to_string(Encoding encoding);

struct Table {
  std::vector<std::string> header;  ///< Trimmed names, at least one.
  std::vector<Row> rows;
  std::vector<Problem> problems;  ///< Rows left out or mended, by line.
  char delimiter = ',';
  Encoding encoding = Encoding::Utf8;

  /// Column of that name; ASCII case does not matter. Of two equal names the first.
  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
};

/// Whether lines that begin with # are comments. They are in tables that people write for us; in
/// what programs write, # is a character like any other.
enum class Comments : std::uint8_t { No, Yes };

/// Reads a whole table whose first row names the columns. All text comes out as UTF-8.
/// `name` goes into errors. Errors: Corrupt (not text, no header), Limit.
[[nodiscard]] Result<Table> read(Bytes bytes, std::string_view name, const Limits& limits = {},
                                 Comments comments = Comments::No);

}  // namespace dropscope::csv
