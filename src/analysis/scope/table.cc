#include "analysis/scope/table.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/text.h"

namespace dropscope {

void ScopeAttribute::add(std::string_view value) {
  if (value.empty()) {
    ids.push_back(kNoValue);
    return;
  }
  if (2 * values.size() >= slots_.size()) grow();
  std::uint32_t& slot = slots_[slot_of(value)];
  if (slot == kNoValue) {
    slot = static_cast<std::uint32_t>(values.size());
    values.emplace_back(value);
  }
  ids.push_back(slot);
}

std::size_t ScopeAttribute::slot_of(std::string_view value) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = std::hash<std::string_view>()(value) & mask;
  while (slots_[at] != kNoValue && values[slots_[at]] != value) at = (at + 1) & mask;
  return at;
}

void ScopeAttribute::grow() {
  constexpr std::size_t kFirst = 16;  // A power of two, for the mask.
  slots_.assign(std::max(kFirst, 4 * slots_.size()), kNoValue);
  for (std::uint32_t id = 0; id < values.size(); ++id) slots_[slot_of(values[id])] = id;
}

bool matches(const std::vector<ScopeAttribute>& attributes, const ScopeTerms& terms,
             std::size_t row) {
  return std::all_of(terms.begin(), terms.end(), [&](const ScopeTerm& term) {
    return attributes[term.attribute].ids[row] == term.value;
  });
}

std::vector<ScopeHierarchy> default_hierarchies() {
  return {
      {"user", "computer"}, {"region", "office", "site", "segment", "subnet"}, {"pool", "server"}};
}

bool names_one_client(std::string_view attribute) {
  const std::string name = to_lower_ascii(attribute);
  return name == "user" || name == "computer" || name == "client" || name == "address";
}

int naming_rank(std::string_view attribute) {
  // The order in which an administrator can act on what is named.
  static constexpr std::array<std::string_view, 13> kOrder = {
      "server", "pool",   "lb",      "load_balancer", "proxy", "version", "region",
      "office", "subnet", "segment", "adapter",       "user",  "computer"};
  const std::string name = to_lower_ascii(attribute);
  // What is not in the list stands before the person and the computer.
  constexpr int kOther = 10;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (kOrder[i] == name) return static_cast<int>(i) + (i > kOther ? 1 : 0);
  }
  return kOther + 1;
}

}  // namespace dropscope
