#include "analysis/scope/scope.h"

#include "analysis/scope/search.h"

namespace dropscope {

std::string_view to_string(ScopeKind kind) {
  switch (kind) {
    case ScopeKind::None:
      return "none";
    case ScopeKind::Localised:
      return "localised";
    case ScopeKind::Global:
      return "global";
  }
  return "none";
}

ScopeResult find_scope(const ScopeTable& table, const ScopeOptions& options) {
  return ScopeSearch(table, options).run();
}

}  // namespace dropscope
