#include "evidence/intake/computer_names.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace dropscope {
namespace {

struct Parts {
  std::string host;
  std::string domain;
};

Parts parts_of(std::string_view spelling) {
  std::string lower = to_lower_ascii(trim(spelling));
  while (!lower.empty() && lower.back() == '.') lower.pop_back();
  const std::size_t dot = lower.find('.');
  // An address is a name without parts.
  const bool address =
      !lower.empty() && lower.find_first_not_of("0123456789.") == std::string::npos;
  if (dot == std::string::npos || address) return {lower, ""};
  return {lower.substr(0, dot), lower.substr(dot + 1)};
}

}  // namespace

std::uint32_t ComputerNames::add(std::string_view name) {
  if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(spellings_.size());
  spellings_.emplace_back(name);
  ids_.emplace(spellings_.back(), id);
  return id;
}

ComputerNames::Resolved ComputerNames::resolve() const {
  std::vector<Parts> parts;
  parts.reserve(spellings_.size());
  std::map<std::string, std::set<std::string>> domains;  // Of each host; bare names add none.
  for (const std::string& spelling : spellings_) {
    parts.push_back(parts_of(spelling));
    auto& of_host = domains[parts.back().host];
    if (!parts.back().domain.empty()) of_host.insert(parts.back().domain);
  }
  // Key of a computer → its best spelling: the first with a domain, else the first.
  std::map<std::string, std::size_t> best;
  std::vector<std::string> keys;
  keys.reserve(spellings_.size());
  for (std::size_t id = 0; id < spellings_.size(); ++id) {
    const bool ambiguous = domains[parts[id].host].size() > 1;
    keys.push_back(ambiguous ? parts[id].host + "." + parts[id].domain : parts[id].host);
    const auto [it, inserted] = best.emplace(keys.back(), id);
    if (!inserted && parts[it->second].domain.empty() && !parts[id].domain.empty()) {
      it->second = id;
    }
  }
  Resolved result;
  std::map<std::string, std::uint32_t> index;
  for (const auto& [key, id] : best) {  // The map's order is the order of names.
    index.emplace(key, static_cast<std::uint32_t>(result.names.size()));
    result.names.push_back(spellings_[id]);
  }
  result.computer.reserve(keys.size());
  for (const std::string& key : keys) result.computer.push_back(index.at(key));
  return result;
}

}  // namespace dropscope
