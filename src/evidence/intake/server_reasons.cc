#include "evidence/intake/server_reasons.h"

#include "base/text.h"

namespace dropscope {

ServerReasons::ServerReasons(const ServerWords& words) : words_(words) {
  for (const ServerReason& reason : words.reasons) {
    const auto log = static_cast<std::size_t>(reason.log);
    std::string value = to_lower_ascii(reason.value);
    if (reason.contains) {
      parts_[log].emplace_back(std::move(value), &reason);
    } else {
      exact_[log].emplace(std::move(value), &reason);
    }
  }
  for (const std::string& probe : words.probes) probes_.push_back(to_lower_ascii(probe));
}

const ServerReason* ServerReasons::find(ServerLog log, std::string_view value) const {
  const auto& known = exact_[static_cast<std::size_t>(log)];
  const auto found = known.find(to_lower_ascii(value));
  return found == known.end() ? nullptr : found->second;
}

const ServerReason* ServerReasons::find_in(ServerLog log, std::string_view text) const {
  if (text.empty()) return nullptr;
  const std::string lower = to_lower_ascii(text);
  for (const auto& [value, reason] : parts_[static_cast<std::size_t>(log)]) {
    if (lower.find(value) != std::string::npos) return reason;
  }
  return nullptr;
}

std::string_view ServerReasons::protocol_of(std::string_view path) const {
  const ServerPath* best = nullptr;
  for (const ServerPath& candidate : words_.paths) {
    const std::string& prefix = candidate.prefix;
    if (best != nullptr && prefix.size() <= best->prefix.size()) continue;
    if (path.size() < prefix.size()) continue;
    if (!equals_nocase_ascii(path.substr(0, prefix.size()), prefix)) continue;
    // "/rpc" is the folder, not the beginning of "/rpcdocs".
    if (prefix.back() != '/' && path.size() > prefix.size() && path[prefix.size()] != '/') continue;
    best = &candidate;
  }
  return best == nullptr ? std::string_view() : std::string_view(best->protocol);
}

bool ServerReasons::is_probe(std::string_view text) const {
  if (text.empty()) return false;
  const std::string lower = to_lower_ascii(text);
  for (const std::string& probe : probes_) {
    if (lower.find(probe) != std::string::npos) return true;
  }
  return false;
}

}  // namespace dropscope
