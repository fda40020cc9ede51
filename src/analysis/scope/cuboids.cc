#include "analysis/scope/cuboids.h"

#include <algorithm>
#include <bit>

#include "base/text.h"

namespace dropscope {
namespace {

/// Gives each pair (group of the parent, value) a dense number. A flat table where the pairs are
/// few, open addressing where they are not; both are reused from cuboid to cuboid.
class PairNumbers {
 public:
  void begin(std::uint64_t pairs, std::size_t rows) {
    next_ = 0;
    // A flat table costs its whole length to clear, so it may not be much longer than the rows.
    flat_ = pairs <= 4 * static_cast<std::uint64_t>(rows) + 1024;
    if (flat_) {
      table_.assign(pairs, kNoValue);
      return;
    }
    const std::size_t size = std::bit_ceil(rows * 2 + 2);
    shift_ = 64 - std::countr_zero(size);
    keys_.resize(size);
    table_.assign(size, kNoValue);
  }

  std::uint32_t number(std::uint64_t pair) {
    if (flat_) {
      std::uint32_t& slot = table_[pair];
      if (slot == kNoValue) slot = next_++;
      return slot;
    }
    // Fibonacci hashing: 2^64 divided by the golden ratio.
    std::size_t at = (pair * 0x9e3779b97f4a7c15ull) >> shift_;
    while (table_[at] != kNoValue && keys_[at] != pair) at = (at + 1) & (table_.size() - 1);
    if (table_[at] == kNoValue) {
      keys_[at] = pair;
      table_[at] = next_++;
    }
    return table_[at];
  }

  [[nodiscard]] std::uint32_t count() const { return next_; }

 private:
  std::vector<std::uint32_t> table_;
  std::vector<std::uint64_t> keys_;
  std::uint32_t next_ = 0;
  int shift_ = 0;
  bool flat_ = true;
};

struct Grouping {
  std::vector<std::uint32_t> groups;
  std::uint32_t count = 0;
};

void refine(std::span<const std::uint32_t> parent, std::uint32_t parent_count,
            const ScopeAttribute& attribute, PairNumbers& numbers, Grouping& out) {
  const std::uint64_t values = attribute.values.size();
  numbers.begin(parent_count * values, parent.size());
  out.groups.resize(parent.size());
  for (std::size_t row = 0; row < parent.size(); ++row) {
    const std::uint32_t value = attribute.ids[row];
    out.groups[row] = parent[row] == kNoValue || value == kNoValue
                          ? kNoValue
                          : numbers.number(parent[row] * values + value);
  }
  out.count = numbers.count();
}

/// Ways to choose up to `order` of `count`.
std::size_t combinations(std::size_t count, std::size_t order) {
  std::size_t sum = 0;
  std::size_t ways = 1;
  for (std::size_t k = 1; k <= std::min(order, count); ++k) {
    ways = ways * (count - k + 1) / k;
    sum += ways;
  }
  return sum;
}

}  // namespace

std::vector<Cuboid> make_cuboids(const std::vector<ScopeAttribute>& attributes,
                                 const std::vector<ScopeHierarchy>& hierarchies,
                                 std::size_t max_order) {
  // The hierarchy of each attribute, -1 for none.
  std::vector<int> family(attributes.size(), -1);
  for (std::size_t a = 0; a < attributes.size(); ++a) {
    for (std::size_t h = 0; h < hierarchies.size(); ++h) {
      for (const std::string& level : hierarchies[h]) {
        if (equals_nocase_ascii(level, attributes[a].name)) family[a] = static_cast<int>(h);
      }
    }
  }
  const auto count = static_cast<std::uint32_t>(attributes.size());
  // 12 attributes have 2,509 combinations of up to six, 24 have 2,324 of up to three.
  constexpr std::size_t kMostCuboids = 2600;
  std::size_t order = max_order;
  while (order > 1 && combinations(attributes.size(), order) > kMostCuboids) --order;
  const auto may_join = [&](std::uint32_t a, std::uint32_t b) {
    return !names_one_client(attributes[a].name) && !names_one_client(attributes[b].name) &&
           (family[a] < 0 || family[a] != family[b]);
  };
  // Depth first, so that a cuboid stands right behind its parent and the parent's other children.
  std::vector<Cuboid> cuboids;
  Cuboid current;
  std::uint32_t next = 0;
  for (;;) {
    if (next < count && current.attributes.size() < order) {
      if (std::all_of(current.attributes.begin(), current.attributes.end(),
                      [&](std::uint32_t a) { return may_join(a, next); })) {
        current.attributes.push_back(next);
        cuboids.push_back(current);
      }
      ++next;
      continue;
    }
    if (current.attributes.empty()) return cuboids;
    next = current.attributes.back() + 1;
    current.attributes.pop_back();
  }
}

void for_each_grouping(
    const std::vector<ScopeAttribute>& attributes, const std::vector<Cuboid>& cuboids,
    const std::function<void(std::size_t, std::span<const std::uint32_t>, std::uint32_t)>& visit) {
  PairNumbers numbers;
  // The grouping of the current cuboid's first two, three, … attributes.
  std::vector<Grouping> path;
  for (std::size_t i = 0; i < cuboids.size(); ++i) {
    const std::vector<std::uint32_t>& of = cuboids[i].attributes;
    const ScopeAttribute& last = attributes[of.back()];
    if (of.size() == 1) {
      visit(i, last.ids, static_cast<std::uint32_t>(last.values.size()));
      continue;
    }
    const std::size_t depth = of.size() - 2;
    if (path.size() <= depth) path.resize(depth + 1);
    if (depth == 0) {
      const ScopeAttribute& first = attributes[of.front()];
      refine(first.ids, static_cast<std::uint32_t>(first.values.size()), last, numbers, path[0]);
    } else {
      refine(path[depth - 1].groups, path[depth - 1].count, last, numbers, path[depth]);
    }
    visit(i, path[depth].groups, path[depth].count);
  }
}

}  // namespace dropscope
