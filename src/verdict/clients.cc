// An attribute that differs from computer to computer names nobody but that computer, and one that
// all share names nobody at all; neither is looked at. What an inventory leaves out is taken from
// the tables of the site, by the address and the server of the computer.

#include "verdict/clients.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "base/ip_address.h"
#include "base/text.h"
#include "verdict/settings_compared.h"
#include "verdict/verdict.h"

namespace dropscope {
namespace {

/// Facts of one computer at one moment, which no group of computers is described by; user and
/// address of a computer name it, and its name does already.
constexpr std::array<std::string_view, 8> kNoGroup = {
    "address",         "boot_time", "lease_seconds", "connection_mode_interruptions",
    "connection_mode", "computer",  "mailbox",       "wifi_signal"};

/// From so many values on, a column in which no two are the same is an identifier.
constexpr std::size_t kFewestToCompare = 3;

using Values = std::map<std::string, std::vector<std::string>>;  // By attribute; one a row.

void set_if_empty(std::string& value, const std::string& other) {
  if (value.empty()) value = other;
}

/// The networks that a computer's addresses lie in; facts that they agree on.
void add_places(const Evidence& evidence, const std::map<std::uint32_t, std::size_t>& rows,
                Values& values, std::size_t count) {
  if (evidence.topology.networks().empty()) return;
  std::vector<std::set<const Network*>> networks(count);
  for (const AddressUse& use : evidence.addresses) {
    const auto row = rows.find(use.computer);
    if (row == rows.end()) continue;
    if (const Network* network = evidence.topology.network_of(use.address)) {
      networks[row->second].insert(network);
    }
  }
  const auto add = [&](const char* name, std::string Network::*fact) {
    std::vector<std::string> column(count);
    for (std::size_t row = 0; row < count; ++row) {
      std::set<std::string> told;
      for (const Network* network : networks[row]) {
        if (!(network->*fact).empty()) told.insert(network->*fact);
      }
      if (told.size() == 1) column[row] = *told.begin();
    }
    auto& target = values[name];
    target.resize(count);
    for (std::size_t row = 0; row < count; ++row) set_if_empty(target[row], column[row]);
  };
  add("office", &Network::office);
  add("segment", &Network::segment);
  add("vpn", &Network::vpn);
}

void add_server_facts(const Evidence& evidence, Values& values, std::size_t count) {
  const auto servers = values.find("server");
  if (evidence.topology.servers().empty() || servers == values.end()) return;
  const auto add = [&](const char* name, std::string Server::*fact) {
    auto& target = values[name];
    target.resize(count);
    for (std::size_t row = 0; row < count; ++row) {
      const Server* server = evidence.topology.server_named(servers->second[row]);
      if (server != nullptr) set_if_empty(target[row], server->*fact);
    }
  };
  add("pool", &Server::pool);
  add("load_balancer", &Server::load_balancer);
}

/// Whether most rows have a value. Only those who use a VPN or a proxy have one of theirs, so one
/// is enough to know of the others that they have none.
bool is_known(std::string_view name, const std::vector<std::string>& column) {
  const auto told = std::count_if(column.begin(), column.end(),
                                  [](const std::string& value) { return !value.empty(); });
  if (name == "vpn" || name == "proxy") return told > 0;
  return 2 * static_cast<std::size_t>(told) > column.size();
}

/// Whether rows can be described by it: some share a value, and some have another one.
bool describes_groups(const std::vector<std::string>& column) {
  std::map<std::string_view, std::size_t> counts;
  std::size_t known = 0;
  for (const std::string& value : column) {
    if (value.empty()) continue;
    ++counts[value];
    ++known;
  }
  if (counts.empty() || (counts.size() == 1 && known == column.size())) return false;
  return known < kFewestToCompare || counts.size() < known;
}

}  // namespace

std::vector<std::string> short_names(const Evidence& evidence) {
  const auto label = [](const Computer& computer) {
    return to_lower_ascii(computer.name.substr(0, computer.name.find('.')));
  };
  std::map<std::string, std::size_t> counts;
  for (const Computer& computer : evidence.computers) ++counts[label(computer)];
  std::vector<std::string> out;
  for (const Computer& computer : evidence.computers) {
    const bool whole = IpAddress::parse(computer.name) || counts[label(computer)] > 1;
    out.push_back(whole ? computer.name : computer.name.substr(0, computer.name.find('.')));
  }
  return out;
}

Clients list_clients(const Evidence& evidence, const Catalogue& catalogue,
                     const Diagnosis& diagnosis) {
  Clients out;
  std::map<std::uint32_t, std::size_t> rows;
  for (const ComputerEpisodes& episodes : diagnosis.episodes) {
    const double hours = watched_seconds(episodes) / 3600;
    if (hours <= 0) continue;
    rows.emplace(episodes.computer, out.computers.size());
    out.computers.push_back(episodes.computer);
    out.table.exposure_h.push_back(hours);
    out.table.events.push_back(static_cast<double>(episodes.outages.size()));
  }
  const std::size_t count = out.computers.size();
  Values values;
  for (std::size_t row = 0; row < count; ++row) {
    for (const auto& [key, value] : evidence.computers[out.computers[row]].attributes.values) {
      if (std::find(kNoGroup.begin(), kNoGroup.end(), key) != kNoGroup.end()) continue;
      auto& column = values[key];
      column.resize(count);
      column[row] = value;
    }
  }
  add_places(evidence, rows, values, count);
  add_server_facts(evidence, values, count);

  const auto add = [&](const std::string& name, const std::vector<std::string>& column,
                       bool is_setting) {
    ScopeAttribute& attribute = out.table.attributes.emplace_back();
    attribute.name = name;
    attribute.ids.reserve(count);
    for (const std::string& value : column) attribute.add(value);
    out.is_setting.push_back(is_setting);
  };
  const std::vector<std::string> every_name = short_names(evidence);
  std::vector<std::string> names;
  for (const std::uint32_t computer : out.computers) names.push_back(every_name[computer]);
  add("computer", names, false);
  // A list that names offices names those who use a VPN or a proxy; the others do not.
  if (const auto offices = values.find("office"); offices != values.end()) {
    for (const char* name : {"vpn", "proxy"}) {
      const auto column = values.find(name);
      if (column == values.end()) continue;
      for (std::size_t row = 0; row < count; ++row) {
        if (!offices->second[row].empty()) set_if_empty(column->second[row], "none");
      }
    }
  }
  for (const auto& [name, column] : values) {
    if (is_known(name, column)) out.known.push_back(name);
    if (name == "user" || describes_groups(column)) add(name, column, false);
  }
  for (const SettingRule& rule : catalogue.settings) {
    if (!bears_on_losses(rule)) continue;
    std::vector<std::string> column(count);
    std::size_t read = 0;
    for (const auto& [computer, value] : setting_values(evidence, rule)) {
      const auto row = rows.find(computer);
      if (row == rows.end()) continue;
      column[row->second] = value;
      ++read;
    }
    out.settings_read =
        std::max(out.settings_read, static_cast<double>(read) / static_cast<double>(count));
    if (describes_groups(column)) add(rule.id, column, true);
  }
  return out;
}

std::optional<std::size_t> Clients::row_of(std::uint32_t computer) const {
  const auto row = std::lower_bound(computers.begin(), computers.end(), computer);
  if (row == computers.end() || *row != computer) return std::nullopt;
  return static_cast<std::size_t>(row - computers.begin());
}

ScopeTable with_losses(const Clients& clients, std::span<const std::uint32_t> computers) {
  ScopeTable out = clients.table;
  std::fill(out.events.begin(), out.events.end(), 0.0);
  for (const std::uint32_t computer : computers) {
    if (const auto row = clients.row_of(computer)) out.events[*row] += 1;
  }
  return out;
}

}  // namespace dropscope
