#pragma once

// Searches the data of events for parts of text. The answer is that of data_text() and a search in
// it, case apart; but where a template puts one value into each item, which is the rule, strings
// are searched where they stand.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/evtx/binxml.h"
#include "formats/evtx/text_match.h"

namespace dropscope::evtx {

/// Keeps what it has made of the templates of the current chunk. Not for concurrent use; each
/// thread takes a copy.
class DataSearch {
 public:
  explicit DataSearch(const std::vector<std::string>& parts);

  [[nodiscard]] bool empty() const { return parts_.empty(); }
  /// Whether the event's data hold any of the parts.
  [[nodiscard]] bool found_in(BinXmlReader& reader, const Fragment& fragment);

 private:
  enum class Answer : std::uint8_t { No, Yes, Unknown };

  /// An item of a template's data: its element, and the operation that is its whole content.
  struct Leaf {
    std::uint32_t element = 0;
    std::uint32_t content = 0;
  };
  /// The items of a template's data.
  struct Plan {
    std::uint64_t generation = 0;
    bool simple = false;         ///< Each item is one value; otherwise the rest is not filled in.
    std::size_t fixed_cost = 0;  ///< Of the operations, as a walk counts it.
    std::vector<Leaf> leaves;
    std::vector<std::uint32_t> costs;  ///< Substitutions in attributes, which cost all the same.
    std::uint32_t nested = 0;          ///< The substitution that holds all data, or 0.
  };

  [[nodiscard]] Answer search(BinXmlReader& reader, const Fragment& fragment, int depth,
                              std::size_t& cost);
  [[nodiscard]] Answer in_value(const ValueView& value);
  [[nodiscard]] bool in_units(Utf16View text) const;
  [[nodiscard]] bool in_text(std::string_view text) const;
  void make(Plan& plan, const Program& program, int depth) const;

  std::vector<TextPart> parts_;
  bool within_items_ = true;  // No part can reach from one item into the next.
  // By depth, and by the template's number in its chunk.
  std::array<std::vector<Plan>, 2> plans_;
  std::string text_;
};

}  // namespace dropscope::evtx
