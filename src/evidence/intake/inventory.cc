#include "evidence/intake/inventory.h"

#include <fmt/format.h>

#include "base/text.h"
#include "evidence/intake/table_header.h"
#include "formats/csv/csv.h"

namespace dropscope {

SourceIntake read_inventory(Bytes bytes, std::string name, std::size_t damage_kept) {
  SourceIntake out;
  Source& source = out.source;
  source.path = std::move(name);
  source.kind = "inventory";
  const auto table = csv::read(bytes, source.path, {}, csv::Comments::Yes);
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
    std::string user;
    if (const auto at = table->column("user")) user = std::string(trim(row.fields[*at]));
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      const std::string_view value = trim(row.fields[i]);
      if (i == *column || value.empty()) continue;
      entry.values.emplace_back(to_lower_ascii(table->header[i]), std::string(value));
      if (table_column(table->header[i]) != "address") continue;
      if (const auto address = IpAddress::parse(value)) {
        RawAddress& raw = out.addresses.emplace_back();
        raw.use.address = *address;
        raw.computer = entry.computer;
        raw.user = user;
        raw.reason = "inventory";
      } else {
        note(row.line,
             fmt::format("expected an address in \"{}\", found \"{}\"; it is kept as text",
                         table->header[i], printable(value)));
      }
    }
    out.inventory.push_back(std::move(entry));
  }
  source.records = out.inventory.size();
  source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  return out;
}

}  // namespace dropscope
