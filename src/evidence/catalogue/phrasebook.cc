#include "evidence/catalogue/phrasebook.h"

#include <algorithm>
#include <set>

namespace dropscope {

std::optional<std::size_t> placeholders_of(std::string_view text) {
  std::size_t in_order = 0;
  std::set<std::size_t> by_number;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('}')) {
      ++in_order;
    } else if (rest.size() > 1 && rest[0] >= '1' && rest[0] <= '9' && rest[1] == '}') {
      by_number.insert(static_cast<std::size_t>(rest[0] - '0'));
    } else {
      return std::nullopt;
    }
  }
  if (by_number.empty()) return in_order;
  const std::size_t most = *by_number.rbegin();
  if (in_order > 0 || by_number.size() != most) return std::nullopt;
  return most;
}

std::string fill_phrase(std::string_view text, const std::vector<std::string>& values) {
  std::string out;
  std::size_t next = 0;
  while (!text.empty()) {
    const std::size_t at = text.find('{');
    const std::size_t close = at == std::string_view::npos ? at : text.find('}', at);
    if (close == std::string_view::npos) break;
    out += text.substr(0, at);
    const std::string_view number = text.substr(at + 1, close - at - 1);
    const std::size_t index =
        number.empty() ? next++ : static_cast<std::size_t>(number[0] - '0') - 1;
    if (index < values.size()) out += values[index];
    text.remove_prefix(close + 1);
  }
  return out.append(text);
}

}  // namespace dropscope
