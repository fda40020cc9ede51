// People write these tables by hand, so a wrong cell costs that cell or row and names its line,
// what was expected and what was found.

#include "evidence/intake/site_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include "base/text.h"
#include "evidence/intake/table_header.h"
#include "formats/csv/csv.h"

namespace dropscope {
namespace {

bool has_any(const std::vector<std::string>& columns,
             std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  });
}

/// Several values in one cell, separated by blanks, semicolons, commas or bars.
std::vector<std::string> parts_of(std::string_view cell) {
  std::vector<std::string> out;
  constexpr std::string_view kSeparators = " ;,|\t";
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find_first_of(kSeparators), cell.size());
    if (end > 0) out.emplace_back(cell.substr(0, end));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return out;
}

std::string value_of(const SiteRow& row, const std::string& column) {
  const auto found = row.values.find(column);
  return found == row.values.end() ? std::string() : found->second;
}

class TableIntake {
 public:
  TableIntake(const Content& content, const ReadContext& context, std::string_view kind)
      : damage_kept_(context.damage_kept) {
    out.source.kind = kind;
    const auto table = csv::read(content.bytes, content.name, {}, csv::Comments::Yes);
    if (!table) {
      out.source.state = SourceState::Unreadable;
      out.source.problem = table.error().message;
      return;
    }
    for (const csv::Problem& problem : table->problems) note(problem.line, problem.what);
    for (const csv::Row& row : table->rows) {
      SiteRow& entry = rows.emplace_back();
      entry.line = row.line;
      for (std::size_t i = 0; i < row.fields.size(); ++i) {
        const std::string_view value = trim(row.fields[i]);
        if (!value.empty()) entry.values.emplace(table_column(table->header[i]), value);
      }
    }
    if (table->encoding == csv::Encoding::Windows1252) {
      out.assumptions.emplace_back("text that is not Unicode is read as Windows-1252");
    }
  }

  void note(std::uint64_t line, const std::string& what) {
    add_damage(out.source, line, fmt::format("line {}: {}", line, what), damage_kept_);
  }

  /// Checks a cell of addresses; wrong ones are taken out of the row.
  template <typename Kind>
  void check_addresses(SiteRow& row, const std::string& column, std::string_view expected) {
    const auto cell = row.values.find(column);
    if (cell == row.values.end()) return;
    std::string good;
    for (const std::string& part : parts_of(cell->second)) {
      if (Kind::parse(part)) {
        good += (good.empty() ? "" : " ") + part;
      } else {
        note(row.line, fmt::format("expected {} in \"{}\", found \"{}\"; it is left out", expected,
                                   column, printable(part)));
      }
    }
    if (good.empty()) {
      row.values.erase(cell);
    } else {
      cell->second = good;
    }
  }

  SourceIntake finish(std::vector<SiteRow>& target) {
    out.source.records = target.size();
    if (out.source.state != SourceState::Unreadable) {
      out.source.state = out.source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
    }
    return std::move(out);
  }

  SourceIntake out;
  std::vector<SiteRow> rows;

 private:
  std::size_t damage_kept_;
};

template <typename Kind>
std::vector<Kind> parsed(const SiteRow& row, const std::string& column) {
  std::vector<Kind> out;
  for (const std::string& part : parts_of(value_of(row, column))) {
    if (const auto value = Kind::parse(part)) out.push_back(*value);
  }
  return out;
}

}  // namespace

bool is_network_table(const Head& head) {
  const std::vector<std::string> columns = header_columns(head.text);
  return has_any(columns, {"cidr"}) &&
         has_any(columns, {"office", "segment", "kind", "vpn", "nat"}) &&
         !has_any(columns, {"computer"});
}

SourceIntake read_networks(const Content& content, const ReadContext& context) {
  TableIntake table(content, context, "networks");
  std::map<IpNetwork, std::uint64_t> seen;
  std::uint64_t inside = 0;
  for (SiteRow& row : table.rows) {
    const std::string cidr = value_of(row, "cidr");
    const auto range = IpNetwork::parse(cidr);
    if (!range) {
      table.note(row.line,
                 fmt::format("expected a network such as 10.20.0.0/16 or 2001:db8::/32 in "
                             "\"cidr\", found \"{}\"; the row is not used",
                             printable(cidr)));
      continue;
    }
    const auto address = IpAddress::parse(trim(cidr.substr(0, cidr.find('/'))));
    if (address != range->address()) ++inside;
    const auto [first, added] = seen.emplace(*range, row.line);
    if (!added) {
      table.note(row.line,
                 fmt::format("expected each network once, found {} as in line {}; the row "
                             "is not used",
                             range->to_string(), first->second));
      continue;
    }
    table.check_addresses<IpNetwork>(row, "nat", "addresses");
    table.out.networks.push_back(std::move(row));
  }
  if (inside > 0) {
    table.out.assumptions.push_back(
        fmt::format("{} given by an address inside of it, as 10.20.0.5/16 for 10.20.0.0/16",
                    inside == 1 ? "1 network is" : fmt::format("{} networks are", inside)));
  }
  return table.finish(table.out.networks);
}

bool is_server_table(const Head& head) {
  const std::vector<std::string> columns = header_columns(head.text);
  return has_any(columns, {"server"}) &&
         has_any(columns, {"pool", "load_balancer", "virtual_address"}) &&
         !has_any(columns, {"computer"});
}

SourceIntake read_servers(const Content& content, const ReadContext& context) {
  TableIntake table(content, context, "servers");
  for (SiteRow& row : table.rows) {
    if (value_of(row, "server").empty()) {
      table.note(row.line, "expected a name in \"server\", found none; the row is not used");
      continue;
    }
    table.check_addresses<IpAddress>(row, "address", "addresses");
    table.check_addresses<IpAddress>(row, "virtual_address", "addresses");
    table.out.servers.push_back(std::move(row));
  }
  return table.finish(table.out.servers);
}

void add_site_rows(const SourceIntake& part, std::uint32_t source, Topology& topology) {
  for (const SiteRow& row : part.networks) {
    const auto range = IpNetwork::parse(value_of(row, "cidr"));
    if (!range) continue;
    Network network;
    network.range = *range;
    network.office = value_of(row, "office");
    network.segment = value_of(row, "segment");
    network.kind = to_lower_ascii(value_of(row, "kind"));
    network.vpn = value_of(row, "vpn");
    network.nat = parsed<IpNetwork>(row, "nat");
    network.source = source;
    network.line = row.line;
    topology.add(std::move(network));
  }
  for (const SiteRow& row : part.servers) {
    Server server;
    server.name = value_of(row, "server");
    server.pool = value_of(row, "pool");
    server.load_balancer = value_of(row, "load_balancer");
    server.addresses = parsed<IpAddress>(row, "address");
    server.virtual_addresses = parsed<IpAddress>(row, "virtual_address");
    server.source = source;
    server.line = row.line;
    topology.add(std::move(server));
  }
}

}  // namespace dropscope
