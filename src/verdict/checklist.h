#pragma once

// The procedure of KB 2543396 step by step: what was done, what it found, what is missing for it.

#include <string>
#include <string_view>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"

namespace dropscope {

enum class StepState : std::uint8_t {
  Done,           ///< Looked at; nothing to act on.
  Finding,        ///< Looked at; something to act on.
  Missing,        ///< Cannot be done with this evidence; `command` or `text` says what is needed.
  NotApplicable,  ///< Not a question here; `text` says why.
};
[[nodiscard]] std::string_view to_string(StepState state);  ///< "done", "finding" …

struct ChecklistStep {
  std::string id;  ///< "impact", "interval" …
  std::string title;
  StepState state = StepState::Missing;
  std::string text;
  std::string command;  ///< What collects the missing evidence; empty where nothing does.
};

struct Diagnosis;

/// In the order of the article. `diagnosis` is complete but for its checklist.
[[nodiscard]] std::vector<ChecklistStep> make_checklist(const Evidence& evidence,
                                                        const Catalogue& catalogue,
                                                        const Diagnosis& diagnosis);

}  // namespace dropscope
