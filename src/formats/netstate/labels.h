#pragma once

// Labelled values, as ipconfig and systeminfo print them. The page is FORMAT.md.

#include <optional>
#include <string>
#include <string_view>

namespace dropscope::netstate {

enum class LabelKind {
  Blank,
  Title,  ///< "Ethernet adapter Ethernet 2:"; `label` is it without the colon.
  Value,  ///< Label and value.
  More,   ///< A further value of the label before.
};

struct LabelLine {
  LabelKind kind = LabelKind::Blank;
  std::string_view label;  ///< Without dots, spaces and colon; a view into the line.
  std::string_view value;
};

[[nodiscard]] LabelLine parse_label_line(std::string_view line);

/// "    SSID                   : Office", as netsh prints values: indented, a label, a colon with a
/// space before it. Nothing for other lines; the value may be empty.
[[nodiscard]] std::optional<LabelLine> parse_padded_line(std::string_view line);

}  // namespace dropscope::netstate
