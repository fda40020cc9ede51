#pragma once

// Searches the data of events for parts of text. The answer is that of data_text() and a search in
// it, case apart; but where a template puts one value into each item, which is the rule, strings
// are searched where they stand.

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

  /// The items of a template's data, one operation each, when they are as simple as that.
  struct Plan {
    std::uint64_t generation = 0;
    bool simple = false;
    std::size_t fixed_cost = 0;            ///< Of the operations, as a walk counts it.
    std::vector<std::uint32_t> items;      ///< Operations, each the whole content of an item.
    std::vector<std::uint32_t> arrays_of;  ///< The element of each, which an array repeats.
    std::vector<std::uint32_t> costly;     ///< Substitutions elsewhere, which cost all the same.
  };

  [[nodiscard]] Answer quick(BinXmlReader& reader, const Fragment& fragment);
  [[nodiscard]] Answer search(BinXmlReader& reader, const Fragment& fragment, Plan& plan,
                              std::size_t& cost, int depth);
  [[nodiscard]] bool in_value(const ValueView& value);
  [[nodiscard]] bool in_text(std::string_view plain) const;
  void make(Plan& plan, const Program& program, std::uint32_t from, std::uint32_t to, int depth);

  std::vector<TextPart> parts_;
  bool within_items_ = true;  // No part can reach from one item into the next.
  std::vector<Plan> outer_;   // By the template's number in its chunk.
  std::vector<Plan> nested_;
  std::string text_;
};

}  // namespace dropscope::evtx
