#include "evidence/intake/inventory.h"

#include <fmt/format.h>

#include "base/text.h"
#include "formats/csv/csv.h"

namespace dropscope {

SourceIntake read_inventory(Bytes bytes, std::string name, std::size_t damage_kept) {
  SourceIntake out;
  Source& source = out.source;
  source.path = std::move(name);
  source.kind = "inventory";
  const auto table = csv::read(bytes, source.path);
  const auto column = table ? table->column("computer") : std::nullopt;
  if (!table || !column) {
    source.state = SourceState::Unreadable;
    source.problem = table ? "the table has no column \"computer\"" : table.error().message;
    return out;
  }
  const auto note = [&](std::uint64_t line, const std::string& what) {
    ++source.damage_count;
    if (source.damage.size() < damage_kept) {
      source.damage.push_back({line, 0, fmt::format("line {}: {}", line, what), 0});
    }
  };
  for (const csv::Problem& problem : table->problems) note(problem.line, problem.what);
  for (const csv::Row& row : table->rows) {
    const std::string_view computer = trim(row.fields[*column]);
    if (computer.empty()) {
      note(row.line, "the column \"computer\" is empty; the row is not used");
      continue;
    }
    InventoryRow entry;
    entry.computer = std::string(computer);
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      const std::string_view value = trim(row.fields[i]);
      if (i == *column || value.empty()) continue;
      entry.values.emplace_back(to_lower_ascii(table->header[i]), std::string(value));
    }
    out.inventory.push_back(std::move(entry));
  }
  source.records = out.inventory.size();
  source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  return out;
}

}  // namespace dropscope
