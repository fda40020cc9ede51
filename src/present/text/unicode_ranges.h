#pragma once

// Which code points take two columns of a terminal, and which none.
//
// The C library's wcwidth() is no choice: it depends on the locale, and Windows has none. Sorted,
// disjoint ranges searched by bisection are small and the same everywhere.

#include <span>

namespace dropscope {

struct CodePointRange {
  char32_t first;
  char32_t last;
};

[[nodiscard]] std::span<const CodePointRange> wide_ranges();
[[nodiscard]] std::span<const CodePointRange> zero_width_ranges();

}  // namespace dropscope
