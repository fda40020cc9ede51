#include "formats/netstate/labels.h"

#include "base/text.h"

namespace dropscope::netstate {
namespace {

std::string_view without_dots(std::string_view label) {
  while (!label.empty() && (label.back() == '.' || label.back() == ' ')) label.remove_suffix(1);
  return label;
}

}  // namespace

LabelLine parse_label_line(std::string_view line) {
  LabelLine out;
  const std::string_view text = trim(line);
  if (text.empty()) return out;
  const bool indented = line.front() == ' ' || line.front() == '\t';
  // ipconfig fills up to the colon with dots; the value may hold colons as well.
  // The French one leaves out the space before it.
  for (const std::string_view leader : {std::string_view(". :"), std::string_view(" .:")}) {
    const std::size_t dotted = text.find(leader);
    if (dotted == text.npos) continue;
    out.kind = LabelKind::Value;
    out.label = without_dots(text.substr(0, dotted));
    out.value = trim(text.substr(dotted + leader.size()));
    return out;
  }
  if (!indented && text.back() == ':' && text.find(": ") == text.npos) {
    out.kind = LabelKind::Title;
    out.label = text.substr(0, text.size() - 1);
    return out;
  }
  // systeminfo has labels up to its colon and then spaces. "[01]: Intel64" is a further value.
  const std::size_t colon = text.find(':');
  const bool numbered = text.front() == '[';
  if (!indented && !numbered && colon != text.npos && colon + 1 < text.size() &&
      text[colon + 1] == ' ') {
    out.kind = LabelKind::Value;
    out.label = trim(text.substr(0, colon));
    out.value = trim(text.substr(colon + 1));
    return out;
  }
  if (indented && text.back() == ':' && text.size() > 1) {
    // "Connection-specific DNS Suffix Search List :": its values stand below.
    out.kind = LabelKind::Value;
    out.label = without_dots(text.substr(0, text.size() - 1));
    return out;
  }
  out.kind = indented ? LabelKind::More : LabelKind::Title;
  out.label = text;
  out.value = text;
  return out;
}

std::optional<LabelLine> parse_padded_line(std::string_view line) {
  if (line.empty() || (line.front() != ' ' && line.front() != '\t')) return std::nullopt;
  const std::size_t colon = line.find(" :");
  if (colon == line.npos) return std::nullopt;
  LabelLine out{LabelKind::Value, trim(line.substr(0, colon)), trim(line.substr(colon + 2))};
  // The dots of ipconfig are another program's.
  if (out.label.empty() || out.label.ends_with('.')) return std::nullopt;
  return out;
}

}  // namespace dropscope::netstate
