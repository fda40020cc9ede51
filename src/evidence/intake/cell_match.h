#pragma once

// What a cell says, when all there is are readings of a picture of it.
//
// Reading a small picture twice, enlarged by different factors, gives two opinions. Where the
// column has a vocabulary, the word nearest to any of them is taken, if no other word is nearly as
// near; what only looks alike (0 and O, 1 and l) counts as near. Where it has none, the opinions
// vote.

#include <string>
#include <string_view>
#include <vector>

#include "evidence/catalogue/status_words.h"

namespace dropscope {

/// One opinion on a text.
struct Opinion {
  std::string text;
  double confidence = 0;  ///< 0 to 1.
};

/// Edits between two texts, in letters without regard to case; those that look alike cost a
/// quarter, a space an eighth.
[[nodiscard]] double looks_distance(std::string_view a, std::string_view b);

/// A header of the window that an opinion is or nearly is.
struct HeaderMatch {
  StatusColumn column = StatusColumn::Cid;
  std::string text;  ///< As the data files spell it.
  double confidence = 0;
};
[[nodiscard]] std::optional<HeaderMatch> match_header(const std::vector<Opinion>& opinions,
                                                      const StatusWords& words);

/// The text of a cell of that column, with how sure it is.
[[nodiscard]] Opinion match_cell(StatusColumn column, const std::vector<Opinion>& opinions,
                                 const StatusWords& words);
/// Opinions alone, for columns that are not known.
[[nodiscard]] Opinion vote(const std::vector<Opinion>& opinions);

/// Which characters a column's cells are made of; empty for any.
[[nodiscard]] std::string_view characters_of(StatusColumn column);

/// Texts of one column that look alike are one text: the surest reading replaces the others.
/// `known`: names that the rest of the evidence has, which are sure.
void settle_alike(std::vector<Opinion*> cells, const std::vector<std::string>& known);

/// "Local Area...": without the dots of a cell that is wider than its column; empty when it is
/// whole.
[[nodiscard]] std::string_view cut_text(std::string_view text);

}  // namespace dropscope
