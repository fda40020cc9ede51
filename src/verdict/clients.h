#pragma once

// The clients of a site as the search of a scope wants them: one row a computer, with everything
// that the evidence tells of it.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/scope/scope.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"

namespace dropscope {

struct Diagnosis;

/// Computers whose logs were watched. `table.events` are the losses of each.
struct Clients {
  ScopeTable table;
  std::vector<std::uint32_t>
      computers;  ///< Of each row: index into Evidence::computers; ascending.
  /// Of each attribute: whether it is a setting of the computer (data/settings) and not a fact from
  /// a list. Its name is the id of the setting then.
  std::vector<bool> is_setting;
  /// Attributes of which most rows have a value, whether or not the values differ; what is not
  /// among them may tell the computers apart without anybody knowing.
  std::vector<std::string> known;
  double settings_read = 0;  ///< Share of the rows whose settings were read.

  /// The row of a computer; nothing when it was not watched.
  [[nodiscard]] std::optional<std::size_t> row_of(std::uint32_t computer) const;
};

/// The first label of each computer's name where no other computer has it, else the whole name. In
/// the order of Evidence::computers.
[[nodiscard]] std::vector<std::string> short_names(const Evidence& evidence);

/// `diagnosis` needs its episodes. Hours at risk are those that the log covers with the computer
/// awake, as far as that is known.
[[nodiscard]] Clients list_clients(const Evidence& evidence, const Catalogue& catalogue,
                                   const Diagnosis& diagnosis);

/// The same clients with the losses of `computers` instead, one entry a loss; a computer that has
/// no row is left out.
[[nodiscard]] ScopeTable with_losses(const Clients& clients,
                                     std::span<const std::uint32_t> computers);

}  // namespace dropscope
