// Plans for JSON lines. docs/cli.md ("JSON lines") describes the mapping: System fields are members
// with fixed names, everything behind System is a list in document order, because the order of Data
// elements carries meaning and their names need not be there or be unique.

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf16.h"
#include "formats/evtx/text_plan.h"

namespace dropscope::evtx {
namespace {

enum class MemberKind : std::uint8_t { Number, Text, Typed };

struct Member {
  Field field;
  std::string_view key;  ///< With the quotes and the colon.
  MemberKind kind;
};

/// In the order of the line. record_id, time and the list stand around them.
constexpr std::array kMembers = {
    Member{Field::Level, ",\"level\":", MemberKind::Number},
    Member{Field::ProviderName, ",\"provider\":", MemberKind::Text},
    Member{Field::EventId, ",\"event_id\":", MemberKind::Number},
    Member{Field::Qualifiers, ",\"qualifiers\":", MemberKind::Number},
    Member{Field::Version, ",\"version\":", MemberKind::Number},
    Member{Field::Task, ",\"task\":", MemberKind::Number},
    Member{Field::Opcode, ",\"opcode\":", MemberKind::Number},
    Member{Field::Keywords, ",\"keywords\":", MemberKind::Typed},
    Member{Field::ProcessId, ",\"process_id\":", MemberKind::Number},
    Member{Field::ThreadId, ",\"thread_id\":", MemberKind::Number},
    Member{Field::Channel, ",\"channel\":", MemberKind::Text},
    Member{Field::Computer, ",\"computer\":", MemberKind::Text},
    Member{Field::UserId, ",\"user_sid\":", MemberKind::Typed},
    Member{Field::ProviderGuid, ",\"provider_guid\":", MemberKind::Typed},
    Member{Field::EventSourceName, ",\"event_source\":", MemberKind::Typed},
    Member{Field::ActivityId, ",\"activity_id\":", MemberKind::Typed},
    Member{Field::RelatedActivityId, ",\"related_activity_id\":", MemberKind::Typed},
};

class JsonPlanner {
 public:
  JsonPlanner(TextPlan& plan, const Program& program)
      : writer_(plan), plan_(plan), program_(program), ops_(program.ops) {}

  void run(JsonPlace place) {
    for (const Op& op : ops_) plan_.cost += op.cost();
    const auto end = static_cast<std::uint32_t>(ops_.size());
    switch (place) {
      case JsonPlace::Record:
        record();
        break;
      case JsonPlace::Payload:
        payload(0, end);
        break;
      case JsonPlace::Nested:
        entries(0, end, false);
        break;
    }
    writer_.finish();
  }

 private:
  [[nodiscard]] const Op* field(Field f) const {
    const std::uint32_t at = program_.fields[static_cast<std::size_t>(f)];
    return at == 0 ? nullptr : &ops_[at];
  }

  void record() {
    special(Field::RecordId, StepKind::JsonRecordId);
    special(Field::TimeCreated, StepKind::JsonTime);
    for (const Member& member : kMembers) {
      if (const Op* op = field(member.field)) member_of(member, *op);
    }
    open_list(",\"data\":[");
    if (program_.payload != 0) {
      payload(program_.payload, ops_[0].end - 1);
    } else if (field(Field::ProviderName) == nullptr && field(Field::EventId) == nullptr) {
      // No event with a System element: all there is, is data.
      entries(0, static_cast<std::uint32_t>(ops_.size()), false);
    }
    writer_.copy("]");
  }

  /// Fields that every record has, from its header if not from its event. The literal ones of
  /// events without a template are UTF-16 text, which the step reads again.
  void special(Field f, StepKind kind) {
    const Op* op = field(f);
    writer_.begin_leaf();
    if (op != nullptr && op->kind != OpKind::Substitution) {
      writer_.copy(as_text(program_.bytes_of(*op)));
    }
    Step& step = writer_.add_leaf();
    step.kind = kind;
    step.index = op != nullptr && op->kind == OpKind::Substitution ? op->index : kNoValue;
  }

  void member_of(const Member& member, const Op& op) {
    if (op.kind == OpKind::Literal) {
      const ValueView value = program_.literal_of(op);
      writer_.copy(member.key);
      const auto number = member.kind == MemberKind::Number ? value.as_u64() : std::nullopt;
      if (number) {
        writer_.copy(std::to_string(*number));
      } else {
        writer_.copy("\"");
        writer_.copy(value.as_utf16(), Markup::Json);
        writer_.copy("\"");
      }
      return;
    }
    writer_.begin_leaf();
    writer_.copy(member.key);
    Step& step = writer_.add_leaf();
    if (member.kind == MemberKind::Number) step.kind = StepKind::JsonNumber;
    step.markup = Markup::Json;
    step.index = op.index;
    step.optional = true;
  }

  [[nodiscard]] bool is_named(const Op& op, std::string_view name) const {
    return program_.name_of(op).equals_ascii(name);
  }

  void copy_name(const Op& op) {
    const Utf16View text = program_.name_of(op);
    if (!writer_.copy_name(text)) writer_.copy(text, Markup::Json);
  }

  [[nodiscard]] std::uint32_t first_content(std::uint32_t at) const {
    std::uint32_t i = at + 1;
    while (ops_[i].kind == OpKind::Attribute) i = ops_[i].end;
    return i;
  }

  void payload(std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t i = from; i < to;) {
      const Op& op = ops_[i];
      if (op.kind != OpKind::Open) {
        entry_of_part(i, true);
        ++i;
        continue;
      }
      if (is_named(op, "EventData")) {
        if (has_told_attributes(i)) {
          open_entry("\"element\":\"EventData\"");
          attributes(i, false);
          writer_.copy("}");
          end_entry(before_, false);
        }
        entries(first_content(i), op.end - 1, true);
      } else {
        element(i, false);
      }
      i = op.end;
    }
  }

  void entries(std::uint32_t from, std::uint32_t to, bool event_data) {
    for (std::uint32_t i = from; i < to;) {
      const Op& op = ops_[i];
      if (op.kind == OpKind::Open) {
        element(i, event_data);
        i = op.end;
      } else {
        entry_of_part(i, false);
        ++i;
      }
    }
  }

  /// What the list that is being written has so far, as far as that is the same for every record:
  /// where it is, a comma needs no step.
  enum class Before : std::uint8_t { Nothing, Entry, Unknown };

  void open_list(std::string_view text) {
    writer_.copy(text);
    before_ = Before::Nothing;
  }
  /// After an entry that began when the list had `before`.
  void end_entry(Before before, bool optional) {
    before_ = optional && before != Before::Entry ? Before::Unknown : Before::Entry;
  }
  void comma() {
    if (before_ == Before::Entry) writer_.copy(",");
    if (before_ == Before::Unknown) writer_.add(StepKind::JsonComma);
  }

  void open_entry(std::string_view members) {
    comma();
    writer_.copy("{");
    writer_.copy(members);
  }

  /// Text or a value among elements.
  void entry_of_part(std::uint32_t at, bool payload) {
    const Op& op = ops_[at];
    if (op.kind == OpKind::Pi) return;  // For programs that show XML, not part of the event.
    if (op.kind == OpKind::Substitution) {
      Step& step = writer_.add(StepKind::JsonEntry);
      step.index = op.index;
      step.optional = payload;
      end_entry(before_, true);
      return;
    }
    open_entry("\"value\":\"");
    text_part(op);
    writer_.copy("\"}");
    end_entry(before_, false);
  }

  void text_part(const Op& op) {
    switch (op.kind) {
      case OpKind::Literal:
        writer_.copy(program_.literal_of(op).as_utf16(), Markup::Json);
        break;
      case OpKind::CData:
        writer_.copy(Utf16View(program_.bytes_of(op)), Markup::Json);
        break;
      case OpKind::CharRef:
        writer_.copy_character(static_cast<char16_t>(op.index), Markup::Json);
        break;
      case OpKind::EntityRef:
        entity(program_.name_of(op));
        break;
      case OpKind::Substitution:
        writer_.add(StepKind::JsonText).index = op.index;
        break;
      default:
        break;
    }
  }

  /// The five predefined entities (XML 1.0, 4.6) are their characters; others stay as they stand.
  void entity(Utf16View name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kKnown = {
        {{"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\\\""}, {"apos", "'"}}};
    for (const auto& [known, text] : kKnown) {
      if (name.equals_ascii(known)) {
        writer_.copy(text);
        return;
      }
    }
    writer_.copy("&");
    writer_.copy(name, Markup::Json);
    writer_.copy(";");
  }

  [[nodiscard]] bool is_xmlns(const Op& attribute) const { return is_named(attribute, "xmlns"); }

  [[nodiscard]] bool has_told_attributes(std::uint32_t at) const {
    for (std::uint32_t i = at + 1; ops_[i].kind == OpKind::Attribute; i = ops_[i].end) {
      if (!is_xmlns(ops_[i])) return true;
    }
    return false;
  }

  /// The member "attributes"; the Name of a Data element is told as "name" instead.
  void attributes(std::uint32_t at, bool without_name) {
    bool any = false;
    for (std::uint32_t i = at + 1; ops_[i].kind == OpKind::Attribute; i = ops_[i].end) {
      const Op& attribute = ops_[i];
      if (is_xmlns(attribute) || (without_name && is_named(attribute, "Name"))) continue;
      if (!any) open_list(",\"attributes\":[");
      any = true;
      attribute_entry(i);
    }
    if (any) writer_.copy("]");
  }

  void attribute_entry(std::uint32_t at) {
    const Op& attribute = ops_[at];
    const bool sole = attribute.end == at + 2 && ops_[at + 1].kind == OpKind::Substitution;
    const bool optional = sole && ops_[at + 1].optional;
    const std::uint32_t skip = optional ? writer_.here() : 0;
    if (optional) writer_.add(StepKind::SkipIfNull).index = ops_[at + 1].index;
    const Before before = before_;
    open_entry("\"name\":\"");
    copy_name(attribute);
    writer_.copy("\",\"value\":");
    attribute_value(at);
    writer_.copy("}");
    if (optional) plan_.steps[skip].target = writer_.here();
    end_entry(before, optional);
  }

  void attribute_value(std::uint32_t at) {
    const Op& attribute = ops_[at];
    if (attribute.end == at + 2 && ops_[at + 1].kind == OpKind::Substitution) {
      writer_.add(StepKind::JsonValue).index = ops_[at + 1].index;
      return;
    }
    writer_.copy("\"");
    for (std::uint32_t j = at + 1; j < attribute.end; ++j) text_part(ops_[j]);
    writer_.copy("\"");
  }

  /// The Name attribute of a Data element, 0 where there is none.
  [[nodiscard]] std::uint32_t name_attribute(std::uint32_t at) const {
    for (std::uint32_t i = at + 1; ops_[i].kind == OpKind::Attribute; i = ops_[i].end) {
      if (is_named(ops_[i], "Name")) return i;
    }
    return 0;
  }

  void element(std::uint32_t at, bool event_data) {
    const Op& open = ops_[at];
    const bool data = event_data && is_named(open, "Data");
    const std::uint32_t name = data ? name_attribute(at) : 0;
    const Before before = before_;
    if (open.sole_substitution != 0 && leaf(at, data, name)) {
      // A value that vanishes, or an array without elements, leaves no entry.
      end_entry(before, true);
      return;
    }
    const bool optional = open.sole_substitution != 0 && ops_[open.sole_substitution].optional;
    const std::uint32_t skip = optional ? writer_.here() : 0;
    if (optional) writer_.add(StepKind::SkipIfNull).index = ops_[open.sole_substitution].index;
    comma();
    opening(at, data, name);
    content(at);
    writer_.copy("}");
    if (optional) plan_.steps[skip].target = writer_.here();
    end_entry(before, optional);
  }

  /// From "{" to what comes before the value.
  void opening(std::uint32_t at, bool data, std::uint32_t name) {
    writer_.copy("{");
    bool first = true;
    if (!data) {
      writer_.copy("\"element\":\"");
      copy_name(ops_[at]);
      writer_.copy("\"");
      first = false;
    } else if (name != 0) {
      writer_.copy("\"name\":");
      attribute_value(name);
      first = false;
    }
    if (has_told_attributes(at)) {
      // Data without a name, but with other attributes: rare, and the comma has to be right.
      if (first) writer_.copy("\"name\":null");
      first = false;
      attributes(at, data);
    }
    if (!first) writer_.copy(",");
  }

  /// One step for an element that is nothing but a value; false if the opening is not fixed.
  bool leaf(std::uint32_t at, bool data, std::uint32_t name) {
    for (std::uint32_t i = at + 1; ops_[i].kind == OpKind::Attribute; i = ops_[i].end) {
      const bool is_name = i == name;
      const bool literal = ops_[i].end == i + 2 && ops_[i + 1].kind == OpKind::Literal;
      if (!literal || !(is_name || is_xmlns(ops_[i]))) return false;
    }
    const Op& open = ops_[at];
    const Op& value = ops_[open.sole_substitution];
    if (value.type == ValueType::BinXml) return false;
    writer_.begin_leaf();
    opening(at, data, name);
    writer_.copy("\"value\":");
    Step& step = writer_.add_leaf();
    writer_.copy("}");
    writer_.close_leaf();
    step.markup = Markup::Json;
    step.index = value.index;
    step.optional = value.optional;
    step.repeats = true;
    step.comma = true;
    for (std::uint32_t i = at; i < open.end; ++i) {
      step.cost += static_cast<std::uint32_t>(ops_[i].cost());
    }
    return true;
  }

  void content(std::uint32_t at) {
    const Op& open = ops_[at];
    const std::uint32_t from = first_content(at);
    const std::uint32_t to = open.end - 1;
    if (from + 1 == to && ops_[from].kind == OpKind::Substitution) {
      writer_.add(StepKind::JsonContent).index = ops_[from].index;
      return;
    }
    const auto is_element = [](const Op& op) {
      return op.kind == OpKind::Open ||
             (op.kind == OpKind::Substitution && op.type == ValueType::BinXml);
    };
    const auto begin = ops_.begin();
    if (std::any_of(begin + from, begin + to, is_element)) {
      open_list("\"data\":[");
      entries(from, to, false);
      writer_.copy("]");
      return;
    }
    writer_.copy("\"value\":\"");
    for (std::uint32_t i = from; i < to; ++i) text_part(ops_[i]);
    writer_.copy("\"");
  }

  PlanWriter writer_;
  TextPlan& plan_;
  const Program& program_;
  const std::vector<Op>& ops_;
  Before before_ = Before::Unknown;
};

}  // namespace

void plan_json(TextPlan& plan, const Program& program, JsonPlace place) {
  JsonPlanner(plan, program).run(place);
}

}  // namespace dropscope::evtx
