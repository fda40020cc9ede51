#pragma once

// Computers by what they have in common: how many of each office, server … lost the connection, and
// how often; and the moments that many of them share. Counts only; what they mean is the verdict's.

#include <cstdint>
#include <string>
#include <vector>

#include "present/digest.h"

namespace dropscope {

/// Computers that have one value of an attribute.
struct Group {
  std::string name;                  ///< The value.
  std::vector<std::size_t> members;  ///< Indices into Digest::computers, ascending.
  std::uint64_t affected = 0;        ///< Members with a loss.
  std::uint64_t losses = 0;
  double watched_hours = 0;  ///< Of all members added.
  double per_day = 0;      ///< Losses per computer and 24 watched hours; 0 if nothing was watched.
  double per_day_low = 0;  ///< 95 % interval (exact Poisson, Garwood 1936).
  double per_day_high = 0;
  bool named = false;  ///< The verdict says that the leading cause hits this value.
};

/// The computers by one attribute, the highest rate first; those without a value are in no group.
struct Division {
  std::string attribute;  ///< "office": name of a column of Decision::clients.
  std::vector<Group> groups;
  std::uint64_t without_value = 0;
};

/// By each attribute that tells computers apart: at least two values, which at least half of the
/// computers have and which are not nearly one for each computer. Places first, then servers, then
/// the rest by name; at most `most`.
[[nodiscard]] std::vector<Division> divide_fleet(const Digest& digest, const Decision& decision,
                                                 std::size_t most);

/// What the rows of a timeline are sorted by: offices, else servers, else segments; nothing (an
/// empty attribute) when no such division tells computers apart.
[[nodiscard]] Division timeline_rows(const Digest& digest, const Decision& decision);

}  // namespace dropscope
