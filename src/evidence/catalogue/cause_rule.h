#pragma once

// What may end connections, and what each of these predicts of the evidence (data/causes/*.toml).
//
// Evidence of one kind is an aspect with a closed list of states, so that a prediction is a
// distribution over them and a misspelt state is an error with its place. A new cause is a new
// file; a new aspect needs code that measures it.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

enum class Aspect : std::uint8_t {
  Rhythm,     ///< How the losses lie in time.
  Interval,   ///< The length of a regular interval.
  IdleGate,   ///< Whether the protocol can be idle for as long as the interval.
  Near,       ///< What the computer itself logged at the time of the losses.
  Together,   ///< Whether several computers lose the connection at the same moment.
  Whom,       ///< What the computers that it hits have in common.
  OnWifi,     ///< Share of the losses on computers that use Wi-Fi.
  OnVpn,      ///< … that use a VPN.
  ViaProxy,   ///< … whose connection goes through a proxy.
  Closed,     ///< Who ended the connection, as a device on the way or the server saw it.
  Outage,     ///< How long the connection stays away.
  Hours,      ///< When in the week.
  Settings,   ///< Whether settings of the computers that it hits differ from those of the others.
  Rate,       ///< Losses per affected computer and day.
  Occasions,  ///< How many moments; losses of several computers at once are one.
  Path,       ///< What a probe measured of the path, held against a regular interval.
  NewConnections,  ///< Whether new connections are lost as soon as old ones.
};
inline constexpr std::size_t kAspectCount = 17;

[[nodiscard]] constexpr std::array<Aspect, kAspectCount> all_aspects() {
  std::array<Aspect, kAspectCount> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<Aspect>(i);
  return out;
}
[[nodiscard]] std::string_view to_string(Aspect aspect);  ///< "rhythm", "idle-gate" …
/// The names of its states, as data files write them.
[[nodiscard]] const std::vector<std::string_view>& states_of(Aspect aspect);
/// Index of a state by name; it must exist.
[[nodiscard]] std::size_t state_index(Aspect aspect, std::string_view state);

/// What a cause makes likely in one aspect.
struct Prediction {
  Aspect aspect = Aspect::Rhythm;
  std::vector<double> likelihood;  ///< Of each state, adding up to 1; none is 0.
  std::string why;
  std::string source;
};

/// How to change what causes it in one product.
struct CauseChange {
  std::string product;
  std::string setting;  ///< The vendor's name of it.
  std::string how;
  std::string source;
};

/// Another way in which the cause acts, that looks different.
struct CauseVariant {
  std::string title;
  double share = 0;  ///< Of the cases in which this is the cause, 0 to 1.
  /// Kinds of evidence of which at least one must be there before this way is considered.
  std::vector<Aspect> told_by;
  std::vector<Prediction> predictions;  ///< In place of the cause's own for the same aspect.
  std::string source;

  [[nodiscard]] const Prediction* predicts(Aspect aspect) const;
};

struct CauseRule {
  std::string id;       ///< "idle-timeout"
  std::string title;    ///< "Idle time-out of a device on the way"
  std::string summary;  ///< One sentence: what happens.
  /// The same where the evidence holds no loss at all; empty: no difference.
  std::string title_without_loss;
  std::string summary_without_loss;
  /// How often it is the cause among complaints about lost connections, relative to the others.
  double prior = 1;
  /// Kinds of evidence of which at least one must be there before the cause can be told from its
  /// look-alikes; empty: nothing particular.
  std::vector<Aspect> told_by;
  std::vector<Prediction> predictions;  ///< At most one for each aspect.
  std::vector<CauseVariant> variants;   ///< Their shares add up to less than 1.
  std::vector<std::string> against;     ///< What speaks against it.
  std::string confirm;                  ///< How to confirm it in one step.
  std::string confirm_command;          ///< Where there is one.
  std::string owner;                    ///< Who can change it.
  /// Timers of the catalogue that act this way: of one of these kinds and of one of these layers.
  std::vector<std::string> timer_kinds;
  std::vector<std::string> timer_layers;
  std::vector<CauseChange> changes;  ///< What no timer covers.
  std::string verify;                ///< How to see that the change helped.
  std::string source;
  bool refer_out = false;  ///< Not a matter of this procedure: hand over to the owner.

  /// The prediction for an aspect; null when the cause predicts nothing of it.
  [[nodiscard]] const Prediction* predicts(Aspect aspect) const;
};

}  // namespace dropscope
