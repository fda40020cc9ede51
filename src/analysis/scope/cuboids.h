#pragma once

// Every description that a scope could have: the combinations of up to three attributes (cuboids)
// and, of each, the groups of rows that share their values.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "analysis/scope/table.h"

namespace dropscope {

/// Orders of a conjunction that are searched; more than three a technician does not act on.
inline constexpr std::size_t kMaxScopeOrder = 3;

struct Cuboid {
  std::vector<std::uint32_t> attributes;  ///< Ascending.
};

/// The cuboids, each behind its parent: at most one attribute of each hierarchy, and attributes
/// that name one client only alone. With many attributes the highest order falls (to two from 25
/// attributes on, to one from 72), so that there are at most 2,600 unless the attributes are more.
[[nodiscard]] std::vector<Cuboid> make_cuboids(const std::vector<ScopeAttribute>& attributes,
                                               const std::vector<ScopeHierarchy>& hierarchies,
                                               std::size_t max_order);

/// Calls `visit(cuboid, group of each row or kNoValue, number of groups)` for each cuboid in order.
/// Groups are numbered in the order of their first row. The span is valid during the call.
void for_each_grouping(
    const std::vector<ScopeAttribute>& attributes, const std::vector<Cuboid>& cuboids,
    const std::function<void(std::size_t, std::span<const std::uint32_t>, std::uint32_t)>& visit);

}  // namespace dropscope
