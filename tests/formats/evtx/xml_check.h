#pragma once

// A small, strict reader of XML content, for tests and fuzz targets of the XML that the reader
// writes.
//
// It shares no code or table with the writer of that XML, and it accepts only what that writer may
// produce: elements, attributes, text, references and processing instructions, but no comments,
// CDATA sections or declarations. A real parser checks the program's output in the tests of the
// program; this one is here because unit tests and fuzz targets have no other at hand.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8_decode.h"

namespace dropscope::evtx::test {

struct XmlNode {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<XmlNode> children;
  std::string text;  ///< All text directly inside, in one piece.

  [[nodiscard]] const XmlNode* child(std::string_view wanted) const {
    for (const XmlNode& node : children) {
      if (node.name == wanted) return &node;
    }
    return nullptr;
  }
  [[nodiscard]] std::string attribute(std::string_view wanted) const {
    for (const auto& [key, value] : attributes) {
      if (key == wanted) return value;
    }
    return "(no attribute)";
  }
};

class XmlCheck {
 public:
  /// Reads content into a nameless node; the complaint, if there is one, is in error().
  static std::optional<XmlNode> parse(std::string_view xml, std::string* error = nullptr) {
    XmlCheck check(xml);
    XmlNode root;
    check.content(root, 0);
    if (check.error_.empty() && check.at_ != xml.size()) check.complain("end tag without a start");
    if (check.error_.empty()) return root;
    if (error != nullptr) *error = check.error_;
    return std::nullopt;
  }

 private:
  explicit XmlCheck(std::string_view xml) : xml_(xml) {}

  void complain(std::string_view what) {
    if (error_.empty()) error_ = std::string(what) + " at byte " + std::to_string(at_);
  }
  [[nodiscard]] bool good() const { return error_.empty(); }
  [[nodiscard]] bool begins(std::string_view text) const {
    return xml_.substr(at_).starts_with(text);
  }
  bool take(std::string_view text) {
    if (!begins(text)) return false;
    at_ += text.size();
    return true;
  }

  /// XML 1.0, production 2.
  static bool is_char(char32_t c) {
    return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
  }
  /// XML 1.0 fifth edition, productions 4 and 4a.
  static bool is_name_start(char32_t c) {
    return c == ':' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= 0xc0 && c <= 0x2ff && c != 0xd7 && c != 0xf7) ||
           (c >= 0x370 && c <= 0x1fff && c != 0x37e) || c == 0x200c || c == 0x200d ||
           (c >= 0x2070 && c <= 0x218f) || (c >= 0x2c00 && c <= 0x2fef) ||
           (c >= 0x3001 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) ||
           (c >= 0xfdf0 && c <= 0xfffd) || (c >= 0x10000 && c <= 0xeffff);
  }
  static bool is_name_char(char32_t c) {
    return is_name_start(c) || c == '-' || c == '.' || (c >= '0' && c <= '9') || c == 0xb7 ||
           (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040;
  }

  /// The next character; complains about what XML or UTF-8 does not allow.
  char32_t character() {
    if (at_ >= xml_.size()) {
      complain("unexpected end");
      return 0;
    }
    const Utf8Character next = decode_utf8(xml_.substr(at_));
    if (!next.valid) complain("broken UTF-8");
    if (!is_char(next.code_point)) complain("character that XML does not allow");
    at_ += next.size;
    return next.code_point;
  }

  std::string name() {
    const std::size_t begin = at_;
    while (good() && at_ < xml_.size()) {
      const Utf8Character next = decode_utf8(xml_.substr(at_));
      if (!next.valid || !(at_ == begin ? is_name_start : is_name_char)(next.code_point)) break;
      at_ += next.size;
    }
    if (at_ == begin) complain("name expected");
    return std::string(xml_.substr(begin, at_ - begin));
  }

  /// The writer refers to no character outside the basic plane by number.
  static void append_unit(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
      out += static_cast<char>(c);
      return;
    }
    if (c < 0x800) {
      out += static_cast<char>(0xc0 | c >> 6);
    } else {
      out += static_cast<char>(0xe0 | c >> 12);
      out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    }
    out += static_cast<char>(0x80 | (c & 0x3f));
  }

  void reference(std::string& out) {
    static constexpr std::pair<std::string_view, char> kKnown[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (const auto& [text, meaning] : kKnown) {
      if (take(text)) {
        out += meaning;
        return;
      }
    }
    if (!take("&#")) return complain("unknown entity");
    std::uint32_t value = 0;
    const std::size_t begin = at_;
    while (at_ < xml_.size() && xml_[at_] >= '0' && xml_[at_] <= '9' && value < 0x110000) {
      value = value * 10 + static_cast<std::uint32_t>(xml_[at_++] - '0');
    }
    if (at_ == begin || !take(";")) return complain("broken character reference");
    if (!is_char(value) || value > 0xffff) return complain("reference to a character not allowed");
    append_unit(out, value);
  }

  void content(XmlNode& node, int depth) {
    if (depth > 1000) return complain("nested too deeply");
    while (good() && at_ < xml_.size() && !begins("</")) {
      if (begins("<?")) {
        instruction();
      } else if (begins("<")) {
        element(node, depth);
      } else if (begins("&")) {
        reference(node.text);
      } else if (begins("]]>")) {
        complain("]]> in text");
      } else {
        // A parser gives the end of a line as one line feed (XML 1.0, 2.11).
        const std::size_t begin = at_;
        const char32_t c = character();
        if (c == '\r') {
          if (!begins("\n")) node.text += '\n';
        } else {
          node.text.append(xml_, begin, at_ - begin);
        }
      }
    }
  }

  void element(XmlNode& parent, int depth) {
    take("<");
    const std::size_t scope = prefixes_.size();
    XmlNode node;
    node.name = name();
    while (good() && take(" ")) attribute(node);
    for (const auto& [key, value] : node.attributes) {
      if (key.starts_with("xmlns:")) {
        if (value.empty()) complain("prefix bound to nothing");
        prefixes_.push_back(key.substr(6));
      }
    }
    check_prefix(node.name);
    for (const auto& [key, value] : node.attributes) {
      if (!key.starts_with("xmlns:")) check_prefix(key);
    }
    if (!take("/>")) {
      if (!take(">")) complain("tag not closed");
      if (good()) content(node, depth + 1);
      if (!take("</")) complain("element not closed");
      if (good() && name() != node.name) complain("end tag of another element");
      if (!take(">")) complain("end tag not closed");
    }
    prefixes_.resize(scope);
    parent.children.push_back(std::move(node));
  }

  void attribute(XmlNode& node) {
    std::string key = name();
    if (!take("='")) return complain("=' expected");
    std::string value;
    while (good() && !begins("'")) {
      if (begins("&")) {
        reference(value);
        continue;
      }
      const std::size_t begin = at_;
      const char32_t c = character();
      if (c == '<') complain("< in an attribute");
      // A parser turns blanks other than references into spaces (XML 1.0, 3.3.3).
      if (c == '\t' || c == '\n' || c == '\r') {
        value += ' ';
      } else {
        value.append(xml_, begin, at_ - begin);
      }
    }
    take("'");
    for (const auto& [other, unused] : node.attributes) {
      if (other == key) complain("attribute given twice");
    }
    node.attributes.emplace_back(std::move(key), std::move(value));
  }

  void check_prefix(const std::string& qualified) {
    const auto colon = qualified.find(':');
    if (colon == std::string::npos) return;
    if (colon == 0 || colon + 1 == qualified.size() ||
        qualified.find(':', colon + 1) != std::string::npos) {
      return complain("colon in the wrong place of a name");
    }
    const std::string prefix = qualified.substr(0, colon);
    if (prefix == "xml") return;
    for (const std::string& bound : prefixes_) {
      if (bound == prefix) return;
    }
    complain("prefix that is not bound");
  }

  void instruction() {
    take("<?");
    const std::string target = name();
    if (target.size() == 3 && (target[0] | 32) == 'x' && (target[1] | 32) == 'm' &&
        (target[2] | 32) == 'l') {
      complain("reserved target");
    }
    if (target.find(':') != std::string::npos) complain("colon in a target");
    if (!take(" ") && !begins("?>")) complain("blank expected after a target");
    while (good() && !begins("?>")) character();
    take("?>");
  }

  std::string_view xml_;
  std::size_t at_ = 0;
  std::string error_;
  std::vector<std::string> prefixes_;
};

}  // namespace dropscope::evtx::test
