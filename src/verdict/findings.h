#pragma once

// What the analysis found, as the model of causes takes it: pure data. findings.cc makes it from a
// diagnosis; tests and simulations make it by hand.
//
// The losses of a fleet seldom have one cause. So they are divided into components: losses that
// have the same thing near them, the same reason in a device's log, the same moment, or the same
// rhythm. Each component is weighed by itself.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "verdict/clients.h"
#include "verdict/whom.h"

namespace dropscope {

/// What is known of one aspect of a component.
struct AspectFinding {
  /// How well each state agrees with what was seen, relative to each other: the likelihood of the
  /// data. One entry for each of states_of(aspect); empty when nothing is known. Equal entries say
  /// nothing.
  std::vector<double> fit;
  /// Whether the evidence of this kind is complete enough to tell the aspect's states apart; a
  /// partial look (an Application log only, for what is near) still counts for what it excludes.
  bool complete = true;
  std::string words;  ///< For people: "46 of 48 losses have a resume within two minutes".

  [[nodiscard]] bool known() const { return !fit.empty(); }
};

/// A finding that is sure of one state: the others fit with `doubt` times its weight.
[[nodiscard]] AspectFinding certain(Aspect aspect, std::string_view state, double doubt = 0.02);
/// A finding for an aspect of two states from a share of the losses in the first state.
[[nodiscard]] AspectFinding share_of(Aspect aspect, double share, double losses);

/// Losses that are thought to have one cause.
struct Component {
  std::uint64_t losses = 0;  ///< Moments at which a computer lost its connection.
  double excess = 0;         ///< Of these, beyond what chance would put here.
  std::array<AspectFinding, kAspectCount> aspects;
  std::optional<double> interval_s, interval_lo, interval_hi;
  std::string rhythm;                    ///< Class, as the contract names it.
  std::vector<std::uint32_t> computers;  ///< Indices into Evidence::computers, ascending.
  std::vector<std::uint32_t> events;     ///< Losses, indices into Evidence::events, ascending.
  std::optional<std::string> device;     ///< What the evidence names as the closer.
  Whom whom;                             ///< Whom it hits; empty when it was made by hand.
  /// Of each row of Findings::clients in how many of the moments it was connected, where the losses
  /// have moments in common; else empty.
  std::vector<double> at_risk;

  [[nodiscard]] const AspectFinding& at(Aspect aspect) const {
    return aspects[static_cast<std::size_t>(aspect)];
  }
  [[nodiscard]] AspectFinding& at(Aspect aspect) {
    return aspects[static_cast<std::size_t>(aspect)];
  }
};

struct Findings {
  std::uint64_t losses = 0;
  double computer_days = 0;           ///< Days that logs cover, all computers added.
  std::vector<Component> components;  ///< Largest first.
  Clients clients = {};               ///< Whom `Component::whom` is about.
};

struct Diagnosis;
struct Evidence;

/// What a diagnosis found, component by component. `diagnosis` needs its episodes, matches, zone
/// and computers; its verdict is not looked at.
[[nodiscard]] Findings gather_findings(const Evidence& evidence, const Catalogue& catalogue,
                                       const Diagnosis& diagnosis);

}  // namespace dropscope
