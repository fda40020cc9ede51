#pragma once

// From provider + id + text to a meaning, in the order that docs/methods/classification.md gives:
// exact table, product name + stem, strict alternation of two unknown texts, else unclassified.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"

namespace dropscope {

struct Classification {
  Meaning meaning = Meaning::Unclassified;
  Recognition recognition = Recognition::None;
};

/// The form in which texts are compared: without regard to case, to the length and kind of white
/// space, to white space at either end, and to full stops at the end.
[[nodiscard]] std::string normalise_text(std::string_view utf8);

/// The first two steps. Holds prepared tables; build once, use from many threads.
/// A text costs some microseconds, so a caller with millions of events classifies each different
/// text once.
class TextClassifier {
 public:
  /// Keeps nothing of its arguments.
  TextClassifier(const Catalogue& catalogue, const Profile& profile);
  /// Unclassified with Recognition::None when neither step decides.
  [[nodiscard]] Classification classify(std::string_view text) const;

 private:
  struct Rule {
    std::string text;
    Meaning meaning;
  };
  [[nodiscard]] Classification classify_exactly(std::string_view normalised) const;
  [[nodiscard]] Classification classify_by_stem(std::string_view normalised) const;
  [[nodiscard]] bool names_product(std::string_view sentence) const;

  std::vector<Rule> exact_;                    // Sorted by text.
  std::vector<Rule> prefixes_;                 // Longest first.
  std::vector<Rule> stems_;                    // Sorted by text.
  std::array<std::size_t, 257> stems_from_{};  // By first byte: where its stems begin in stems_.
  std::vector<std::string> product_names_;
};

/// The third step, over one evidence: where exactly two unknown texts of one provider and id
/// strictly alternate on a computer, at least `min_pairs` times, the one that comes first after an
/// application start, and that ends the longer gaps (a loss ends an uptime, and uptimes are longer
/// than outages), is Lost. Refuses when the two signs disagree or are weak. Marks the events with
/// Recognition::Alternation, on all computers that have these texts, and returns how many.
std::size_t classify_by_alternation(Evidence& evidence, const Catalogue& catalogue,
                                    std::size_t min_pairs = 3);

}  // namespace dropscope
