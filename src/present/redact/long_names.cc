#include "present/redact/long_names.h"

#include <algorithm>

namespace dropscope::redact {
namespace {

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

}  // namespace

void LongNames::add(std::string_view name) {
  if (name.size() < kLongBytes) return;
  begins_.add(name);
  std::vector<std::string>& same = by_start_[std::string(name.substr(0, kLongBytes))];
  if (std::find(same.begin(), same.end(), name) != same.end()) return;
  const auto shorter = std::find_if(
      same.begin(), same.end(), [&](const std::string& each) { return each.size() < name.size(); });
  same.emplace(shorter, name);
}

std::string_view LongNames::at(std::string_view text, std::size_t at) const {
  if (at + kLongBytes > text.size() || !begins_.any_at(text, at)) return {};
  const auto found = by_start_.find(std::string(text.substr(at, kLongBytes)));
  if (found == by_start_.end()) return {};
  for (const std::string& name : found->second) {
    if (text.compare(at, name.size(), name) != 0) continue;
    const bool goes_on = is_digit_at(name, name.size() - 1) && is_digit_at(text, at + name.size());
    const bool began = is_digit_at(name, 0) && at > 0 && is_digit_at(text, at - 1);
    if (!goes_on && !began) return name;
  }
  return {};
}

}  // namespace dropscope::redact
