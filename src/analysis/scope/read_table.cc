#include "analysis/scope/read_table.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "base/text.h"
#include "formats/csv/csv.h"

namespace dropscope {
namespace {

/// Beyond these a number is a mistake, and their sums would no longer be exact: more than a
/// thousand years, more than a loss a second for thirty years, and what a double holds to the unit.
constexpr double kMostHours = 1e7;
constexpr double kMostEvents = 1e9;
constexpr double kLargestFigure = 9e15;

/// The two columns of numbers and the attributes; `numbers[i]` has one entry a row.
struct Columns {
  std::vector<ScopeAttribute> attributes;
  std::array<std::vector<double>, 2> numbers;
  std::vector<std::uint64_t> lines;
};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const std::string_view trimmed = trim(text);
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
  if (error != std::errc() || end != trimmed.data() + trimmed.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::string at_line(const std::string& name, std::uint64_t line) {
  return fmt::format("{}, line {}", name, line);
}

Result<Columns> read_columns(Bytes bytes, const std::string& name,
                             const std::array<std::string_view, 2>& wanted) {
  csv::Limits limits;
  limits.bytes = 1u << 30;
  const auto table = csv::read(bytes, name, limits);
  if (!table) return fail(table.error());
  if (!table->problems.empty()) {
    return fail(ErrorCode::Invalid, table->problems.front().what,
                at_line(name, table->problems.front().line));
  }
  std::array<std::size_t, 2> places{};
  std::set<std::string> seen;
  for (const std::string& title : table->header) {
    if (!seen.insert(to_lower_ascii(title)).second) {
      return fail(ErrorCode::Invalid,
                  fmt::format("there are two columns \"{}\"; leave one of them out", title),
                  at_line(name, 1));
    }
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto place = table->column(wanted[i]);
    if (!place) {
      return fail(ErrorCode::Invalid,
                  fmt::format("there is no column \"{}\"; the first row has to name it", wanted[i]),
                  at_line(name, 1));
    }
    places[i] = *place;
  }
  Columns out;
  std::vector<std::size_t> attribute_places;
  for (std::size_t c = 0; c < table->header.size(); ++c) {
    if (c == places[0] || c == places[1]) continue;
    attribute_places.push_back(c);
    out.attributes.emplace_back().name = table->header[c];
  }
  for (std::size_t a = 0; a < attribute_places.size(); ++a) {
    out.attributes[a].ids.reserve(table->rows.size());
  }
  for (const csv::Row& row : table->rows) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const std::string_view text =
          places[i] < row.fields.size() ? std::string_view(row.fields[places[i]]) : "";
      const auto value = number(text);
      if (!value) {
        return fail(ErrorCode::Invalid,
                    fmt::format("{} is \"{}\"; a number was expected, such as 7.5", wanted[i],
                                printable(text)),
                    at_line(name, row.line));
      }
      out.numbers[i].push_back(*value);
    }
    for (std::size_t a = 0; a < attribute_places.size(); ++a) {
      const std::size_t c = attribute_places[a];
      out.attributes[a].add(c < row.fields.size() ? trim(row.fields[c]) : std::string_view());
    }
    out.lines.push_back(row.line);
  }
  return out;
}

}  // namespace

Result<ScopeTable> read_scope_table(Bytes bytes, const std::string& name) {
  auto columns = read_columns(bytes, name, {"exposure_h", "disconnects"});
  if (!columns) return fail(columns.error());
  for (std::size_t row = 0; row < columns->lines.size(); ++row) {
    const double hours = columns->numbers[0][row];
    const double events = columns->numbers[1][row];
    const std::string where = at_line(name, columns->lines[row]);
    if (hours > kMostHours || events > kMostEvents) {
      return fail(ErrorCode::Invalid,
                  fmt::format("{} disconnects in {} hours; up to {} in {} are possible", events,
                              hours, kMostEvents, kMostHours),
                  where);
    }
    if (hours < 0) {
      return fail(ErrorCode::Invalid,
                  fmt::format("exposure_h is {}; hours at risk cannot be negative", hours), where);
    }
    if (events < 0) {
      return fail(ErrorCode::Invalid,
                  fmt::format("disconnects is {}; a count cannot be negative", events), where);
    }
    if (events > 0 && hours == 0) {
      return fail(ErrorCode::Invalid,
                  fmt::format("{} disconnects in 0 hours; give the hours in which the client could "
                              "have lost its server, or leave the row out",
                              events),
                  where);
    }
  }
  return ScopeTable{std::move(columns->attributes), std::move(columns->numbers[0]),
                    std::move(columns->numbers[1])};
}

Result<LeafTable> read_leaf_table(Bytes bytes, const std::string& name) {
  auto columns = read_columns(bytes, name, {"real", "predict"});
  if (!columns) return fail(columns.error());
  for (std::size_t row = 0; row < columns->lines.size(); ++row) {
    for (const std::vector<double>& figures : columns->numbers) {
      if (std::abs(figures[row]) <= kLargestFigure) continue;
      return fail(
          ErrorCode::Invalid,
          fmt::format("{} is too large; up to {} is possible", figures[row], kLargestFigure),
          at_line(name, columns->lines[row]));
    }
  }
  return LeafTable{std::move(columns->attributes), std::move(columns->numbers[0]),
                   std::move(columns->numbers[1])};
}

}  // namespace dropscope
