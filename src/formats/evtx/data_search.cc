#include "formats/evtx/data_search.h"

#include <algorithm>

#include "formats/evtx/event_data-inl.h"

namespace dropscope::evtx {
namespace {

/// All texts as data_text() joins them.
class JoinedText {
 public:
  explicit JoinedText(std::string& out) : out_(out) { out_.clear(); }

  void start(Utf16View) { text_.clear(); }
  void finish() { append_data_text(out_, text_); }
  std::string& text() { return text_; }
  std::string* attribute(Utf16View) { return nullptr; }

 private:
  std::string& out_;
  std::string text_;
};

}  // namespace

DataSearch::DataSearch(const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    const TextPart& added = parts_.emplace_back(part);
    const std::string& plain = added.plain();
    // What stands between two items is " | ".
    if (plain.empty() || plain.find('|') != std::string::npos || plain.front() == ' ' ||
        plain.back() == ' ') {
      within_items_ = false;
    }
  }
}

bool DataSearch::in_units(Utf16View text) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const TextPart& part) { return part.is_in(text); });
}

bool DataSearch::in_text(std::string_view text) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const TextPart& part) { return part.is_in(text); });
}

bool DataSearch::found_in(BinXmlReader& reader, const Fragment& fragment) {
  if (within_items_) {
    std::size_t cost = 0;
    const Answer answer = search(reader, fragment, 0, cost);
    if (answer != Answer::Unknown) return answer == Answer::Yes;
  }
  JoinedText items(text_);
  (void)walk_data(reader, fragment, items);
  return in_text(text_);
}

DataSearch::Answer DataSearch::in_value(const ValueView& value) {
  switch (value.type) {
    case ValueType::Null:
      return Answer::No;
    case ValueType::String:
    case ValueType::EvtXml:
      return in_units(Utf16View(value.bytes).trim_nul()) ? Answer::Yes : Answer::No;
    case ValueType::BinXml:
      return Answer::Unknown;
    default:
      text_.clear();
      value.append_text(text_);
      return in_text(text_) ? Answer::Yes : Answer::No;
  }
}

DataSearch::Answer DataSearch::search(BinXmlReader& reader, const Fragment& fragment, int depth,
                                      std::size_t& cost) {
  const Program& program = *fragment.program;
  if (program.number == Program::kInline) return Answer::Unknown;
  auto& plans = plans_[static_cast<std::size_t>(depth)];
  if (program.number >= plans.size()) plans.resize(program.number + 1);
  Plan& plan = plans[program.number];
  if (plan.generation != reader.generation()) {
    plan.generation = reader.generation();
    make(plan, program, depth);
  }
  if (!plan.simple) return Answer::Unknown;
  const auto values = reader.values_of(fragment, depth);
  const auto value_of = [&](std::uint32_t at) {
    const std::uint16_t index = program.ops[at].index;
    return index < values.size() ? values[index] : ValueView{};
  };
  if (plan.nested != 0) {
    const ValueView value = value_of(plan.nested);
    if (value.type != ValueType::BinXml || value.array || value.bytes.empty()) {
      return Answer::Unknown;
    }
    cost += 1 + value.bytes.size();
    const auto nested = reader.fragment(reader.offset_of(value.bytes), value.bytes.size(), 1);
    return nested ? search(reader, *nested, 1, cost) : Answer::Unknown;
  }
  cost += plan.fixed_cost;
  for (const std::uint32_t at : plan.costs) cost += 1 + value_of(at).bytes.size();
  Answer answer = Answer::No;
  for (const Leaf& leaf : plan.leaves) {
    const Op& content = program.ops[leaf.content];
    const bool literal = content.kind == OpKind::Literal;
    const ValueView value = literal ? program.literal_of(content) : value_of(leaf.content);
    // An array repeats its element, with its name; each item of it has two bytes at least.
    if (value.array && value.type != ValueType::String) return Answer::Unknown;
    const std::size_t name_bytes = std::size_t{program.ops[leaf.element].name_length} * 2;
    cost += 1 + value.bytes.size();
    if (value.array) cost += (value.bytes.size() / 2 + 1) * (2 + name_bytes);
    value.for_each_element([&](const ValueView& item) {
      if (answer == Answer::No) answer = in_value(item);
    });
    if (answer == Answer::Unknown) return answer;
  }
  // A walk gives up where a record expands without bound, and what it has not reached is not found.
  return cost <= reader.walk_limit() ? answer : Answer::Unknown;
}

/// What walk_data() would visit, if each item is an element without elements whose content is one
/// literal or one substitution.
void DataSearch::make(Plan& plan, const Program& program, int depth) const {
  plan.simple = false;
  plan.fixed_cost = 0;
  plan.leaves.clear();
  plan.costs.clear();
  plan.nested = 0;
  const auto& ops = program.ops;
  std::uint32_t from = 0;
  auto to = static_cast<std::uint32_t>(ops.size());
  if (depth == 0) {
    from = program.payload;
    if (from == 0) return;
    if (ops[from].kind == OpKind::Substitution) {
      plan.nested = from;
      plan.simple = true;
      return;
    }
    to = ops[from].end;
  }
  // Below Event: EventData or the like, at level 2; what is in it are the items.
  int level = 1;
  std::uint32_t open = 0;  // Whose content is expected next; 0 at none.
  bool leaf_open = false;
  for (std::uint32_t i = from; i < to;) {
    const Op& op = ops[i];
    plan.fixed_cost += op.cost();
    if (op.kind == OpKind::Open) {
      if (leaf_open || level == 3) return;
      ++level;
      // Not data, wherever it stands.
      if (level == 2 && program.name_of(op).equals_ascii("System")) return;
      open = i;
      leaf_open = level == 3;
      for (++i; ops[i].kind == OpKind::Attribute; i = ops[i].end) {
        for (std::uint32_t k = i; k < ops[i].end; ++k) {
          plan.fixed_cost += ops[k].cost();
          if (ops[k].kind == OpKind::Substitution) plan.costs.push_back(k);
        }
      }
      continue;
    }
    if (op.kind == OpKind::Close) {
      --level;
      leaf_open = false;
    } else {
      // Text beside elements, or more than one piece of it.
      const bool value = op.kind == OpKind::Literal || op.kind == OpKind::Substitution;
      if (!leaf_open || !value || ops[i + 1].kind != OpKind::Close || ops[open].end != i + 2)
        return;
      plan.leaves.push_back({open, i});
    }
    ++i;
  }
  plan.simple = level == 1;
}

}  // namespace dropscope::evtx
