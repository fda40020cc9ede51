#pragma once

// Builds HTML and SVG in which text can never become markup.
//
// Evidence is written by strangers: a log text may hold "<script>". So text and attribute values go
// in only through functions that escape them, and tag and attribute names are literals. Control
// characters are shown as \xNN, broken UTF-8 likewise, and so are characters that turn the reading
// direction.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

/// Text made safe for element content and for double-quoted attributes.
[[nodiscard]] std::string escape_markup(std::string_view utf8);

/// A coordinate with at most one decimal and no trailing zero: "12", "0.5".
[[nodiscard]] std::string coordinate(double value);

class Markup {
 public:
  struct Attribute {
    std::string_view name;  ///< A literal.
    std::string value;      ///< Any text; escaped. An empty value writes the bare name.
  };
  using Attributes = std::vector<Attribute>;

  Markup& open(std::string_view tag, const Attributes& attributes = {});
  Markup& close();  ///< Closes the innermost open element.
  /// An element without content: <tag …/> ; for void elements of HTML and leaf elements of SVG.
  Markup& leaf(std::string_view tag, const Attributes& attributes = {});
  Markup& text(std::string_view utf8);
  /// open, text, close.
  Markup& element(std::string_view tag, std::string_view utf8, const Attributes& attributes = {});
  /// Takes over what another builder has closed.
  Markup& append(const Markup& other);
  /// A line feed between blocks, to keep the page readable as text.
  Markup& line();

  /// The markup; every element is closed.
  [[nodiscard]] const std::string& str() const;
  [[nodiscard]] bool empty() const { return out_.empty(); }

 private:
  void start(std::string_view tag, const Attributes& attributes);
  std::string out_;
  std::vector<std::string_view> open_;
};

}  // namespace dropscope
