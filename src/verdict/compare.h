#pragma once

// Two results held against each other: what changed between them, and what is no more than chance.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/diagnosis/document.h"

namespace dropscope {

enum class Movement : std::uint8_t {
  Same,     ///< Not distinguishable.
  Better,   ///< Fewer losses, by more than chance.
  Worse,    ///< More.
  Changed,  ///< Different, in no direction.
  Unknown,  ///< One of the two does not tell.
};
[[nodiscard]] std::string_view to_string(Movement movement);  ///< "same", "better" …

/// One thing that was compared.
struct Compared {
  std::string id;     ///< "cause", "probability", "interval", "rate", "scope", "impacted".
  std::string title;  ///< For people.
  Movement movement = Movement::Same;
  std::string before;
  std::string after;
};

struct ComputerChange {
  std::string name;
  Movement movement = Movement::Same;
  diagnosis_json::Rate before;
  diagnosis_json::Rate after;
};

struct Comparison {
  Movement movement = Movement::Same;  ///< Of the rate of losses.
  std::string headline;                ///< One sentence.
  std::vector<Compared> aspects;       ///< In a fixed order.
  std::vector<std::string> impacted_new;
  std::vector<std::string> impacted_gone;
  std::vector<ComputerChange> computers;  ///< Those that became better or worse; by name.
  std::vector<std::string> computers_new;
  std::vector<std::string> computers_gone;
};

/// Rates differ when their 95 % intervals do not overlap, which is stricter than a test at 5 %;
/// intervals of a rhythm likewise. Probabilities differ by ten points and more.
[[nodiscard]] Comparison compare(const diagnosis_json::Document& before,
                                 const diagnosis_json::Document& after);

}  // namespace dropscope
