#include "present/fleet.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "analysis/frequency/poisson.h"
#include "analysis/scope/table.h"

namespace dropscope {

namespace {

// What somebody can go to comes first: a place, then a machine, then how the client talks.
constexpr std::array<std::string_view, 12> kOrder = {
    "region", "office", "segment",       "vpn",      "adapter", "pool",
    "server", "proxy",  "load_balancer", "protocol", "mode",    "version"};
constexpr std::array<std::string_view, 3> kTimelineOrder = {"office", "server", "segment"};

// With more values than this share of the computers, a value is nearly a computer's own name.
constexpr double kMostDistinct = 0.5;

std::size_t rank_of(std::string_view attribute) {
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), attribute) -
                                  kOrder.begin());
}

/// For each of Digest::computers its row of Decision::clients; a computer without one was not
/// watched.
std::vector<std::optional<std::size_t>> rows_of(const Digest& digest, const Clients& clients) {
  std::vector<std::optional<std::size_t>> out(digest.computers.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint32_t computer = digest.computers[i].diagnosis->computer;
    const auto row = std::lower_bound(clients.computers.begin(), clients.computers.end(), computer);
    if (row != clients.computers.end() && *row == computer) {
      out[i] = static_cast<std::size_t>(row - clients.computers.begin());
    }
  }
  return out;
}

Division divide_by(const Digest& digest, const Decision& decision, std::size_t attribute) {
  const ScopeAttribute& column = decision.clients.table.attributes[attribute];
  const std::vector<std::optional<std::size_t>> rows = rows_of(digest, decision.clients);
  Division out;
  out.attribute = column.name;
  std::map<std::string, Group> groups;
  for (std::size_t i = 0; i < digest.computers.size(); ++i) {
    const ComputerView& view = digest.computers[i];
    const std::uint32_t value =
        rows[i] && *rows[i] < column.ids.size() ? column.ids[*rows[i]] : kNoValue;
    if (value == kNoValue) {
      ++out.without_value;
      continue;
    }
    Group& group = groups[column.values[value]];
    group.members.push_back(i);
    const Frequency& f = view.diagnosis->frequency;
    group.affected += f.losses > 0 ? 1U : 0U;
    group.losses += f.losses;
    group.watched_hours += f.watched_hours;
  }
  if (const Whom* whom = decision.whom()) {
    for (const ScopeCause& cause : whom->scope.causes) {
      for (const ScopeTerm& term : cause.terms) {
        if (term.attribute == attribute) groups[column.values[term.value]].named = true;
      }
    }
  }
  for (auto& [name, group] : groups) {
    group.name = name;
    if (group.watched_hours > 0) {
      const double days = group.watched_hours / 24;
      const PoissonInterval interval = poisson_interval(group.losses, 0.95);
      group.per_day = static_cast<double>(group.losses) / days;
      group.per_day_low = interval.low / days;
      group.per_day_high = interval.high / days;
    }
    out.groups.push_back(std::move(group));
  }
  std::stable_sort(out.groups.begin(), out.groups.end(),
                   [](const Group& a, const Group& b) { return a.per_day > b.per_day; });
  return out;
}

bool tells_apart(const Digest& digest, const Division& division) {
  const std::size_t known = digest.computers.size() - division.without_value;
  return division.groups.size() >= 2 && 2 * known >= digest.computers.size() &&
         static_cast<double>(division.groups.size()) <=
             std::max(2.0, kMostDistinct * static_cast<double>(known));
}

}  // namespace

std::vector<Division> divide_fleet(const Digest& digest, const Decision& decision,
                                   std::size_t most) {
  const std::vector<ScopeAttribute>& attributes = decision.clients.table.attributes;
  std::vector<std::size_t> ordered;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (!names_one_client(attributes[i].name)) ordered.push_back(i);
  }
  std::stable_sort(ordered.begin(), ordered.end(), [&](std::size_t a, std::size_t b) {
    return rank_of(attributes[a].name) < rank_of(attributes[b].name);
  });
  std::vector<Division> out;
  for (const std::size_t attribute : ordered) {
    if (out.size() == most) break;
    Division division = divide_by(digest, decision, attribute);
    if (tells_apart(digest, division)) out.push_back(std::move(division));
  }
  return out;
}

Division timeline_rows(const Digest& digest, const Decision& decision) {
  const std::vector<ScopeAttribute>& attributes = decision.clients.table.attributes;
  for (const std::string_view name : kTimelineOrder) {
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      if (attributes[i].name != name) continue;
      Division division = divide_by(digest, decision, i);
      if (tells_apart(digest, division)) return division;
    }
  }
  return {};
}

}  // namespace dropscope
