#include "present/fleet.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

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

Division divide_by(const Digest& digest, const std::string& attribute) {
  Division out;
  out.attribute = attribute;
  std::map<std::string, Group> groups;
  for (std::size_t i = 0; i < digest.computers.size(); ++i) {
    const ComputerView& view = digest.computers[i];
    const std::string value = view.computer->attributes.get(attribute);
    if (value.empty()) {
      ++out.without_value;
      continue;
    }
    Group& group = groups[value];
    group.members.push_back(i);
    const Frequency& f = view.diagnosis->frequency;
    group.affected += f.losses > 0 ? 1U : 0U;
    group.losses += f.losses;
    group.watched_hours += f.watched_hours;
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

std::vector<Division> divide_fleet(const Digest& digest, std::size_t most) {
  std::set<std::string> names;
  for (const ComputerView& view : digest.computers) {
    for (const auto& [key, value] : view.computer->attributes.values) {
      if (!names_one_client(key)) names.insert(key);
    }
  }
  std::vector<std::string> ordered(names.begin(), names.end());
  std::stable_sort(ordered.begin(), ordered.end(), [](const std::string& a, const std::string& b) {
    return rank_of(a) < rank_of(b);
  });
  std::vector<Division> out;
  for (const std::string& name : ordered) {
    if (out.size() == most) break;
    Division division = divide_by(digest, name);
    if (tells_apart(digest, division)) out.push_back(std::move(division));
  }
  return out;
}

Division timeline_rows(const Digest& digest) {
  for (const std::string_view name : kTimelineOrder) {
    Division division = divide_by(digest, std::string(name));
    if (tells_apart(digest, division)) return division;
  }
  return {};
}

}  // namespace dropscope
