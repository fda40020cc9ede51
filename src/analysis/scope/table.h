#pragma once

// Clients or leaves as columns of small whole numbers: what the search of a scope works on.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

/// In ScopeAttribute::ids: the row has no value, so no description by this attribute matches it.
inline constexpr std::uint32_t kNoValue = 0xffffffff;

/// One column. `ids[row]` is an index into `values` or kNoValue.
struct ScopeAttribute {
  std::string name;
  std::vector<std::string> values;
  std::vector<std::uint32_t> ids;

  /// Appends the value of the next row; an empty one is missing.
  void add(std::string_view value);

 private:
  /// Where `value` is or belongs in slots_.
  [[nodiscard]] std::size_t slot_of(std::string_view value) const;
  void grow();

  /// Open addressing over `values`: a million names are then kept once, and not again as keys.
  std::vector<std::uint32_t> slots_;
};

/// One part of a description: attribute `attribute` has value `value`.
struct ScopeTerm {
  std::uint32_t attribute = 0;
  std::uint32_t value = 0;

  bool operator==(const ScopeTerm&) const = default;
};

/// All terms hold; in the order of the attributes.
using ScopeTerms = std::vector<ScopeTerm>;

/// Whether the row is described by all terms.
[[nodiscard]] bool matches(const std::vector<ScopeAttribute>& attributes, const ScopeTerms& terms,
                           std::size_t row);

/// Attributes of which a description names at most one, from the widest to the narrowest.
using ScopeHierarchy = std::vector<std::string>;

/// user/computer, region/office/subnet and pool/server, with the other names that lists of clients
/// have for the same levels.
[[nodiscard]] std::vector<ScopeHierarchy> default_hierarchies();

/// Whether the attribute names a single person or computer; it is not combined with others.
[[nodiscard]] bool names_one_client(std::string_view attribute);

/// Among names of the same clients the one to say has the lowest rank: what somebody can repair
/// (server, load balancer) before what merely lives there (office, segment, user).
[[nodiscard]] int naming_rank(std::string_view attribute);

}  // namespace dropscope
