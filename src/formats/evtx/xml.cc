// What Windows writes is kept byte for byte (the windows-truth sample compares); what hostile bytes
// could write and no parser would accept is made acceptable: characters outside XML 1.0, names that
// are none, attributes given twice, and prefixes that no xmlns attribute in scope binds. The last
// two can be judged only when all attributes of a tag are known, so a tag with a prefix is written
// again when it is complete; a tag without one, which is nearly every tag, is not touched.

#include "formats/evtx/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

namespace dropscope::evtx {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

/// Letters that may begin a name in every edition of XML 1.0: taken from the fourth edition's
/// BaseChar and Ideographic (appendix B), because parsers that keep to it refuse what the fifth one
/// added.
struct LetterRange {
  char16_t first;
  char16_t last;
};
constexpr LetterRange kLetters[] = {
    {u'A', u'Z'},     {u'_', u'_'},     {u'a', u'z'},     {0x00c0, 0x00d6}, {0x00d8, 0x00f6},
    {0x00f8, 0x00ff}, {0x0100, 0x0131}, {0x0134, 0x013e}, {0x0141, 0x0148}, {0x014a, 0x017e},
    {0x038e, 0x03a1}, {0x03a3, 0x03ce}, {0x0401, 0x040c}, {0x040e, 0x044f}, {0x0451, 0x045c},
    {0x045e, 0x0481}, {0x3041, 0x3094}, {0x30a1, 0x30fa}, {0x4e00, 0x9fa5}, {0xac00, 0xd7a3}};

bool begins_name(char16_t unit) {
  return std::any_of(std::begin(kLetters), std::end(kLetters),
                     [unit](LetterRange r) { return unit >= r.first && unit <= r.last; });
}

constexpr bool is_ascii_letter(char16_t unit) {
  return (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z') || unit == '_';
}
constexpr bool continues_ascii_name(char16_t unit) {
  return is_ascii_letter(unit) || (unit >= '0' && unit <= '9') || unit == '-' || unit == '.';
}

/// Names come from hostile bytes too: a character that may not stand in a name becomes "_". One
/// colon may stand, between a prefix and a local name. Returns whether it does.
bool append_odd_name(std::string& out, Utf16View name) {
  if (name.empty()) out += '_';
  bool prefixed = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char16_t unit = name[i];
    if (begins_name(unit)) {
      append_code_point(out, unit);
    } else if (i > 0 && continues_ascii_name(unit)) {
      out += static_cast<char>(unit);
    } else if (unit == ':' && i > 0 && !prefixed && i + 1 < name.size() &&
               begins_name(name[i + 1])) {
      out += ':';
      prefixed = true;
    } else {
      out += '_';
    }
  }
  return prefixed;
}

/// The same; names of ASCII letters, which nearly all are, are converted in one go.
bool append_name(std::string& out, Utf16View name) {
  const std::size_t at = out.size();
  append_utf8(out, name);
  const std::string_view added = std::string_view(out).substr(at);
  const auto plain = [](char c) { return continues_ascii_name(static_cast<unsigned char>(c)); };
  if (!added.empty() && is_ascii_letter(static_cast<unsigned char>(added[0])) &&
      std::all_of(added.begin(), added.end(), plain)) {
    return false;
  }
  out.resize(at);
  return append_odd_name(out, name);
}

/// Names of namespaces that may not be declared (Namespaces in XML 1.0, section 3).
bool is_reserved(std::string_view uri) {
  return uri == "http://www.w3.org/XML/1998/namespace" || uri == "http://www.w3.org/2000/xmlns/";
}

enum class Place : std::uint8_t { Text, Attribute, Instruction };

/// What stands for a byte; empty when the byte stands for itself.
constexpr std::string_view escape_of(unsigned char c, Place place) {
  const bool blank = c == '\t' || c == '\n' || c == '\r';
  if (c < 0x20 && !blank) return kReplacement;
  if (place == Place::Instruction) return {};
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      break;
  }
  if (place == Place::Text) return {};
  switch (c) {
    // A parser would turn the blanks of an attribute into spaces, and the quote would end it.
    case '\'':
      return "&apos;";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return {};
  }
}

/// For each byte, whether it must be looked at: those with an escape, and 0xef, which begins U+FFFE
/// and U+FFFF, no characters of XML.
constexpr std::array<bool, 256> bytes_to_check(Place place) {
  std::array<bool, 256> out{};
  for (std::size_t c = 0; c < 256; ++c) {
    out[c] = !escape_of(static_cast<unsigned char>(c), place).empty() || c == 0xef;
  }
  return out;
}

std::size_t next_to_check(std::string_view utf8, std::size_t at, Place place) {
  static constexpr std::array<std::array<bool, 256>, 3> kCheck = {
      bytes_to_check(Place::Text), bytes_to_check(Place::Attribute),
      bytes_to_check(Place::Instruction)};
  const auto& check = kCheck[static_cast<std::size_t>(place)];
  while (at < utf8.size() && !check[static_cast<unsigned char>(utf8[at])]) ++at;
  return at;
}

void append_escaped(std::string& out, std::string_view utf8, Place place) {
  std::size_t run = 0;
  std::size_t at = next_to_check(utf8, 0, place);
  while (at < utf8.size()) {
    std::string_view replacement = escape_of(static_cast<unsigned char>(utf8[at]), place);
    std::size_t width = 1;
    const std::string_view rest = utf8.substr(at);
    if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
      replacement = kReplacement;
      width = 3;
    }
    if (!replacement.empty()) {
      out.append(utf8, run, at - run);
      out += replacement;
      run = at + width;
    }
    at = next_to_check(utf8, at + width, place);
  }
  out.append(utf8, run);
}

class XmlSink {
 public:
  explicit XmlSink(std::string& out) : out_(out) {
    attributes_.reserve(8);
    open_.reserve(8);
  }

  void start_element(Utf16View name) {
    attributes_.clear();
    out_ += '<';
    const std::size_t begin = out_.size();
    prefixed_ = append_name(out_, name);
    open_.push_back({begin, out_.size() - begin});
  }
  void end_attributes(bool self_closed) {
    if (prefixed_) write_tag_again();
    out_ += self_closed ? "/>" : ">";
    closed_ = self_closed;
  }
  void end_element(Utf16View) {
    // An element that was closed in its start tag has no content and ends at once.
    if (!closed_) {
      out_ += "</";
      out_.append(out_, open_.back().begin, open_.back().size);
      out_ += '>';
    }
    closed_ = false;
    while (!bindings_.empty() && bindings_.back().depth == open_.size()) bindings_.pop_back();
    open_.pop_back();
  }
  void start_attribute(Utf16View name) {
    attributes_.push_back({out_.size(), 0, 0});
    out_ += ' ';
    if (append_name(out_, name)) prefixed_ = true;
    attributes_.back().name_end = out_.size();
    out_ += "='";
    attribute_ = true;
  }
  void end_attribute() {
    out_ += '\'';
    attribute_ = false;
    Attribute& added = attributes_.back();
    added.end = out_.size();
    const std::string_view name = name_of(added);
    const bool twice = std::any_of(attributes_.begin(), attributes_.end() - 1,
                                   [&](const Attribute& a) { return name_of(a) == name; });
    if (twice || (name == "xmlns" && is_reserved(value_of(added)))) {
      out_.resize(added.begin);
      attributes_.pop_back();
    }
  }
  void value(const ValueView& value) {
    // Most values need no escape and are written once.
    const std::size_t begin = out_.size();
    value.append_text(out_);
    const std::size_t odd = next_to_check(out_, begin, attribute_ ? Place::Attribute : Place::Text);
    if (odd == out_.size()) return;
    text_.assign(out_, odd);
    out_.resize(odd);
    append_xml_escaped(out_, text_, attribute_);
  }
  void cdata(Utf16View text) {
    // Same content, and no way for "]]>" inside it to end the section early.
    append_xml_escaped(out_, to_utf8(text), attribute_);
  }
  void char_ref(char16_t unit) {
    const bool allowed = unit == '\t' || unit == '\n' || unit == '\r' ||
                         (unit >= 0x20 && unit < 0xd800) || (unit >= 0xe000 && unit < 0xfffe);
    fmt::format_to(std::back_inserter(out_), "&#{};", allowed ? unsigned{unit} : 0xfffdu);
  }
  void entity_ref(Utf16View name) {
    // Only the predefined entities exist without a document type; the name of any other is text.
    for (const char* known : {"lt", "gt", "amp", "quot", "apos"}) {
      if (name.equals_ascii(known)) {
        out_ += '&';
        out_ += known;
        out_ += ';';
        return;
      }
    }
    out_ += "&amp;";
    append_xml_escaped(out_, to_utf8(name), attribute_);
    out_ += ';';
  }
  void pi(Utf16View target, Utf16View data) {
    // Reserved; only a document's first line has it.
    if (target.equals_ascii_nocase("xml")) return;
    // A blank keeps "?>" inside from ending the instruction early.
    const std::string text = to_utf8(data);
    text_.clear();
    for (const char c : text) {
      if (c == '>' && text_.ends_with('?')) text_ += ' ';
      text_ += c;
    }
    out_ += "<?";
    const std::size_t at = out_.size();
    if (append_name(out_, target)) out_[out_.find(':', at)] = '_';  // A target has no prefix.
    out_ += ' ';
    append_escaped(out_, text_, Place::Instruction);
    out_ += "?>";
  }
  void damaged(const BinXmlError&) {}

 private:
  /// An attribute of the tag being written, by offsets in `out_`; `begin` is that of its blank.
  struct Attribute {
    std::size_t begin;
    std::size_t name_end;
    std::size_t end;
  };
  /// The name of an element that is not ended, in `out_`.
  struct Open {
    std::size_t begin;
    std::size_t size;
  };
  struct Binding {
    std::string prefix;
    std::string uri;  ///< As written, escaped.
    std::size_t depth;
  };

  [[nodiscard]] std::string_view name_of(const Attribute& a) const {
    return std::string_view(out_).substr(a.begin + 1, a.name_end - a.begin - 1);
  }
  [[nodiscard]] std::string_view value_of(const Attribute& a) const {
    return std::string_view(out_).substr(a.name_end + 2, a.end - a.name_end - 3);
  }

  [[nodiscard]] const Binding* find(std::string_view prefix) const {
    const auto found = std::find_if(bindings_.rbegin(), bindings_.rend(),
                                    [&](const Binding& b) { return b.prefix == prefix; });
    return found == bindings_.rend() ? nullptr : &*found;
  }

  /// Declares the prefixes of the tag, then replaces the colon of every name whose prefix nothing
  /// binds, and drops attributes that have become the same.
  void write_tag_again() {
    constexpr std::string_view kDeclares = "xmlns:";
    const Open element = open_.back();
    std::string tag = out_.substr(element.begin, element.size);
    for (const Attribute& a : attributes_) {
      const std::string_view name = name_of(a);
      if (name.starts_with(kDeclares) && may_declare(name.substr(kDeclares.size()), value_of(a))) {
        bindings_.push_back(
            {std::string(name.substr(kDeclares.size())), std::string(value_of(a)), open_.size()});
      }
    }
    if (const auto colon = tag.find(':'); colon != std::string::npos) {
      if (find(std::string_view(tag).substr(0, colon)) == nullptr) tag[colon] = '_';
    }
    std::vector<std::string> seen;  // Expanded names: the namespace and the local name.
    for (const Attribute& a : attributes_) {
      std::string name(name_of(a));
      std::string expanded = name;
      if (const auto colon = name.find(':'); colon != std::string::npos) {
        const std::string_view prefix = std::string_view(name).substr(0, colon);
        const Binding* binding = find(prefix);
        const bool declares =
            prefix == "xmlns" && may_declare(std::string_view(name).substr(colon + 1), value_of(a));
        if (binding != nullptr) {
          expanded = binding->uri + name.substr(colon);
        } else if (!declares && prefix != "xml") {
          name[colon] = '_';
          expanded = name;
        }
      }
      if (std::find(seen.begin(), seen.end(), expanded) != seen.end()) continue;
      seen.push_back(std::move(expanded));
      tag += ' ';
      tag += name;
      tag.append(out_, a.name_end, a.end - a.name_end);
    }
    out_.resize(element.begin);
    out_ += tag;
  }

  [[nodiscard]] static bool may_declare(std::string_view prefix, std::string_view uri) {
    return prefix != "xml" && prefix != "xmlns" && !uri.empty() && !is_reserved(uri);
  }

  std::string& out_;
  std::string text_;
  bool attribute_ = false;
  bool closed_ = false;
  bool prefixed_ = false;  // The tag being written has a colon in a name.
  std::vector<Attribute> attributes_;
  std::vector<Open> open_;
  std::vector<Binding> bindings_;  // In scope, the innermost last.
};

}  // namespace

void append_xml_escaped(std::string& out, std::string_view utf8, bool attribute) {
  append_escaped(out, utf8, attribute ? Place::Attribute : Place::Text);
}

bool append_xml(std::string& out, BinXmlReader& reader, const Fragment& fragment) {
  XmlSink sink(out);
  return walk(reader, fragment, sink);
}

}  // namespace dropscope::evtx
