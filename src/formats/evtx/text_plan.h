#pragma once

// What a program becomes when its text is wanted again and again: pieces of finished text with
// gaps for the values.
//
// The records of a chunk share few templates, and nine tenths of what a record becomes is its
// template's text. So the template is rendered once, with names converted, escaped and quoted, and
// a record costs one copy between two values. xml_plan.cc and json_plan.cc make the plans,
// renderer.cc carries them out.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/escape.h"
#include "base/text_buffer.h"
#include "formats/evtx/program.h"

namespace dropscope::evtx {

enum class StepKind : std::uint8_t {
  Copy,          ///< The piece.
  Leaf,          ///< Piece, value, closing piece; nothing for a null value that is optional, and
                 ///< again for each element of an array where `repeats`.
  Content,       ///< XML: the value, or the nested event of a BinXml value.
  Attribute,     ///< XML: the value inside an attribute.
  SkipIfNull,    ///< To step `target` when the value is null.
  BailIfArray,   ///< XML: an element that is repeated with all its attributes; left to the walk.
  JsonValue,     ///< JSON: the value.
  JsonText,      ///< JSON: the value inside a string that has other parts.
  JsonContent,   ///< JSON: the member "value", or "data" with the nested event.
  JsonEntry,     ///< JSON: a list entry of the value, or those of the nested event.
  JsonComma,     ///< JSON: a comma unless a list has just been opened.
  JsonNumber,    ///< JSON: piece, then a number also where the value is text.
  JsonTime,      ///< JSON: a time also where the value is text; the record's where it is none.
  JsonRecordId,  ///< JSON: a number; the record's where there is none.
};

/// Index of a step whose value is in the template or nowhere; no substitution has it, as there are
/// fewer values than a record has bytes.
inline constexpr std::uint16_t kNoValue = 0xffff;

struct Step {
  StepKind kind = StepKind::Copy;
  Markup markup = Markup::XmlText;
  bool optional = false;
  bool repeats = false;
  bool comma = false;        ///< Leaf: a comma comes before unless a list has just been opened.
  std::uint16_t index = 0;   ///< Of the substitution.
  std::uint16_t close = 0;   ///< Bytes of the closing piece, which stands behind the piece.
  std::uint32_t offset = 0;  ///< Of the piece in the plan's text.
  std::uint32_t size = 0;
  std::uint32_t target = 0;
  std::uint32_t cost = 0;  ///< Leaf: what each repetition costs, without the value.
};

/// Bytes behind a plan's text that may be read.
inline constexpr std::size_t kPlanSlack = 32;

struct TextPlan {
  std::vector<Step> steps;
  TextBuffer text;
  /// False: something in it needs the walk (prefixes, odd names, processing instructions).
  bool usable = false;
  /// At least what BinXmlReader::spend() would be asked for by a walk, without the values.
  std::size_t cost = 0;

  [[nodiscard]] std::string_view piece(const Step& step) const {
    return text.view().substr(step.offset, step.size);
  }
};

/// Appends steps. Text that is appended between two of them is one piece, unless a jump lands
/// inside it; a plan is complete when finish() has been called.
class PlanWriter {
 public:
  explicit PlanWriter(TextPlan& plan) : plan_(plan) {
    plan.steps.clear();
    plan.text.clear();
    plan.usable = true;
    plan.cost = 0;
  }

  void copy(std::string_view text) { plan_.text.append(text); }
  /// UTF-16 text with escapes.
  void copy(Utf16View text, Markup markup);
  void copy_character(char32_t c, Markup markup);
  /// A name that XML and JSON can take as it is: of ASCII letters, digits, '-', '.' and '_', and
  /// beginning with a letter. Other names are not copied; false then.
  [[nodiscard]] bool copy_name(Utf16View name);

  Step& add(StepKind kind) {
    close_piece();
    plan_.steps.emplace_back().kind = kind;
    return plan_.steps.back();
  }

  /// A jump may land on what comes next.
  std::uint32_t here() {
    close_piece();
    return static_cast<std::uint32_t>(plan_.steps.size());
  }

  /// A step with what is appended to the plan's text from now on up to its add_leaf().
  void begin_leaf() { close_piece(); }
  /// The step of a value: what has been appended since begin_leaf() comes before it. What is
  /// appended up to close_leaf() comes behind it.
  Step& add_leaf();
  void close_leaf();

  void finish() { close_piece(); }

 private:
  void close_piece();

  TextPlan& plan_;
  std::size_t piece_ = 0;  // Where the text begins that no step has yet.
};

/// "&#65;"; U+FFFD for what XML does not allow.
[[nodiscard]] std::string xml_char_ref(char16_t unit);
/// "&lt;"; the name as text when it is no predefined entity, as there is no document type.
[[nodiscard]] std::string xml_entity_ref(Utf16View name, Markup markup);
/// Names of namespaces that may not be declared (Namespaces in XML 1.0, section 3).
[[nodiscard]] bool is_reserved_namespace(Utf16View uri);

/// Makes the plan of a program.
void plan_xml(TextPlan& plan, const Program& program);

enum class JsonPlace : std::uint8_t {
  Record,   ///< A record's own event: members of its object.
  Payload,  ///< What stands behind System: entries of "data", those of EventData without it.
  Nested,   ///< Deeper: entries.
};
void plan_json(TextPlan& plan, const Program& program, JsonPlace place);

}  // namespace dropscope::evtx
