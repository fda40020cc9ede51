#pragma once

// How sure a verdict is, in words.
//
// A report shows two probabilities: one of the cause, and one of the kind of interval that the
// losses keep. Readers take the second for a contradiction of the first unless each says what it is
// of.

#include <string>

#include "present/text/speech.h"
#include "verdict/verdict.h"

namespace dropscope {

/// The words around the two numbers, in the reader's language.
struct Certainty {
  std::string cause;  ///< "How sure of the cause:"; empty when no cause is named.
  std::string
      interval;      ///< "How sure of the kind of interval:"; empty without a probability of it.
  std::string note;  ///< That these are two questions; empty without the second.
};
[[nodiscard]] Certainty certainty_words(const Verdict& verdict, const Speech& speech);

/// For writers without pictures: "How sure of the cause: 75 %. How sure of the kind of interval:
/// 95 %. …" with the note. Empty where there is only one number, which stands beside the cause.
[[nodiscard]] std::string certainty_text(const Verdict& verdict, const Speech& speech);

}  // namespace dropscope
