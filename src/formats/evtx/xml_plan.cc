// Plans for XML. The rules are those of XmlSink in xml.cc; what they say of prefixes, of names that
// are no names and of attributes given twice needs the whole tag, so programs with such make no
// plan.

#include <fmt/format.h>

#include <string>

#include "base/utf16.h"
#include "formats/evtx/text_plan.h"

namespace dropscope::evtx {
namespace {

class XmlPlanner {
 public:
  XmlPlanner(TextPlan& plan, const Program& program)
      : writer_(plan), plan_(plan), program_(program), ops_(program.ops) {}

  void run() {
    for (const Op& op : ops_) plan_.cost += op.cost();
    content(0, static_cast<std::uint32_t>(ops_.size()));
    writer_.finish();
  }

 private:
  void content(std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t i = from; i < to && plan_.usable;) {
      const Op& op = ops_[i];
      if (op.kind == OpKind::Open) {
        element(i);
        i = op.end;
        continue;
      }
      if (op.kind == OpKind::Substitution) {
        writer_.add(StepKind::Content).index = op.index;
      } else {
        part(op, Markup::XmlText);
      }
      ++i;
    }
  }

  /// Text that is the same for every record.
  void part(const Op& op, Markup markup) {
    switch (op.kind) {
      case OpKind::Literal:
        writer_.copy(program_.literal_of(op).as_utf16(), markup);
        break;
      case OpKind::CData:
        writer_.copy(Utf16View(program_.bytes_of(op)), markup);
        break;
      case OpKind::CharRef:
        writer_.copy(xml_char_ref(static_cast<char16_t>(op.index)));
        break;
      case OpKind::EntityRef:
        writer_.copy(xml_entity_ref(program_.name_of(op), markup));
        break;
      default:
        plan_.usable = false;
        break;
    }
  }

  /// `<Name a='…'`, when nothing in it comes from the record.
  bool tag_is_fixed(std::uint32_t at) const {
    for (std::uint32_t i = at + 1; ops_[i].kind == OpKind::Attribute; i = ops_[i].end) {
      for (std::uint32_t j = i + 1; j < ops_[i].end; ++j) {
        if (ops_[j].kind == OpKind::Substitution) return false;
      }
    }
    return true;
  }

  void element(std::uint32_t at) {
    const Op& open = ops_[at];
    if (open.sole_substitution != 0 && tag_is_fixed(at)) {
      leaf(at);
      return;
    }
    const bool sole = open.sole_substitution != 0;
    const bool optional = sole && ops_[open.sole_substitution].optional;
    const std::uint32_t skip = optional ? writer_.here() : 0;
    if (optional) writer_.add(StepKind::SkipIfNull).index = ops_[open.sole_substitution].index;
    if (sole) writer_.add(StepKind::BailIfArray).index = ops_[open.sole_substitution].index;
    const std::uint32_t inside = start_tag(at);
    if (open.self_closed) {
      writer_.copy("/>");
    } else {
      writer_.copy(">");
      content(inside, open.end - 1);
      writer_.copy("</");
      name(open);
      writer_.copy(">");
    }
    if (optional) plan_.steps[skip].target = writer_.here();
  }

  /// An element whose only content is one value: one step.
  void leaf(std::uint32_t at) {
    const Op& open = ops_[at];
    const Op& value = ops_[open.sole_substitution];
    writer_.begin_leaf();
    const auto steps = plan_.steps.size();
    start_tag(at);
    writer_.copy(">");
    // Nothing in the tag has made a step of its own: it is fixed.
    if (!plan_.usable || plan_.steps.size() != steps) {
      plan_.usable = false;
      return;
    }
    Step& step = writer_.add_leaf();
    writer_.copy("</");
    name(open);
    writer_.copy(">");
    writer_.close_leaf();
    step.markup = Markup::XmlText;
    step.index = value.index;
    step.optional = value.optional;
    step.repeats = true;
    for (std::uint32_t i = at; i < open.end; ++i) {
      step.cost += static_cast<std::uint32_t>(ops_[i].cost());
    }
  }

  void name(const Op& op) {
    if (!writer_.copy_name(program_.name_of(op))) plan_.usable = false;
  }

  /// Up to, without, the closing angle. Returns the first operation of the content.
  std::uint32_t start_tag(std::uint32_t at) {
    writer_.copy("<");
    name(ops_[at]);
    std::uint32_t i = at + 1;
    for (; ops_[i].kind == OpKind::Attribute && plan_.usable; i = ops_[i].end) {
      if (!allowed(at, i)) plan_.usable = false;
      attribute(i);
    }
    while (ops_[i].kind == OpKind::Attribute) i = ops_[i].end;
    return i;
  }

  /// Whether the attribute may stand there as it is.
  bool allowed(std::uint32_t element, std::uint32_t at) const {
    const Utf16View mine = program_.name_of(ops_[at]);
    for (std::uint32_t i = element + 1; i < at; i = ops_[i].end) {
      if (same_text(program_.name_of(ops_[i]), mine)) return false;
    }
    if (!mine.equals_ascii("xmlns")) return true;
    if (ops_[at].end != at + 2 || ops_[at + 1].kind != OpKind::Literal) return false;
    return !is_reserved_namespace(program_.literal_of(ops_[at + 1]).as_utf16());
  }

  void attribute(std::uint32_t at) {
    const Op& op = ops_[at];
    const bool sole = op.end == at + 2 && ops_[at + 1].kind == OpKind::Substitution;
    if (sole && ops_[at + 1].optional) {
      writer_.begin_leaf();
      writer_.copy(" ");
      name(op);
      writer_.copy("='");
      Step& step = writer_.add_leaf();
      writer_.copy("'");
      writer_.close_leaf();
      step.markup = Markup::XmlAttribute;
      step.index = ops_[at + 1].index;
      step.optional = true;
      return;
    }
    writer_.copy(" ");
    name(op);
    writer_.copy("='");
    for (std::uint32_t j = at + 1; j < op.end; ++j) {
      if (ops_[j].kind == OpKind::Substitution) {
        writer_.add(StepKind::Attribute).index = ops_[j].index;
      } else {
        part(ops_[j], Markup::XmlAttribute);
      }
    }
    writer_.copy("'");
  }

  PlanWriter writer_;
  TextPlan& plan_;
  const Program& program_;
  const std::vector<Op>& ops_;
};

}  // namespace

void plan_xml(TextPlan& plan, const Program& program) {
  XmlPlanner(plan, program).run();
}

}  // namespace dropscope::evtx
