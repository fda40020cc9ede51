#pragma once

// Body of walk(); included by binxml.h only.

#include "formats/evtx/binxml.h"

namespace dropscope::evtx {
namespace walk_detail {

template <typename Sink>
class Walker {
 public:
  Walker(BinXmlReader& reader, const Fragment& fragment, Sink& sink, int depth)
      : reader_(reader),
        program_(*fragment.program),
        ops_(fragment.program->ops),
        values_(reader.values_of(fragment, depth)),
        sink_(sink),
        depth_(depth) {
    if (depth == 0) reader_.begin_walk();
  }

  /// Walks operations [from, to). Recursion follows the nesting of elements, which the compiler of
  /// the program has bounded by kMaxDepth.
  bool range(std::uint32_t from, std::uint32_t to) {
    bool whole = true;
    for (std::uint32_t i = from; i < to && !exhausted_;) {
      const Op& op = ops_[i];
      switch (op.kind) {
        case OpKind::Open:
          whole &= element(i);
          i = op.end;
          break;
        case OpKind::Substitution:
          whole &= emit(value_of(op));
          ++i;
          break;
        default:
          if (afford(op.cost())) simple(op);
          ++i;
          break;
      }
    }
    return whole && !exhausted_;
  }

 private:
  [[nodiscard]] ValueView value_of(const Op& op) const {
    return op.index < values_.size() ? values_[op.index] : ValueView{};
  }

  /// Takes from the reader's count; tells the sink when it is used up.
  bool afford(std::size_t amount) {
    if (exhausted_) return false;
    if (reader_.spend(amount)) return true;
    exhausted_ = true;
    sink_.damaged(reader_.error());
    return false;
  }

  void simple(const Op& op) {
    switch (op.kind) {
      case OpKind::Literal:
        sink_.value(program_.literal_of(op));
        break;
      case OpKind::CData:
        sink_.cdata(Utf16View(program_.bytes_of(op)));
        break;
      case OpKind::CharRef:
        sink_.char_ref(static_cast<char16_t>(op.index));
        break;
      case OpKind::EntityRef:
        sink_.entity_ref(program_.name_of(op));
        break;
      case OpKind::Pi:
        sink_.pi(program_.name_of(op), Utf16View(program_.bytes_of(op)));
        break;
      default:
        break;
    }
  }

  bool emit(const ValueView& value) {
    if (!afford(1 + value.bytes.size())) return false;
    if (value.type != ValueType::BinXml) {
      sink_.value(value);
      return true;
    }
    bool whole = true;
    value.for_each_element([&](const ValueView& part) {
      if (part.bytes.empty() || exhausted_) return;
      const auto nested =
          reader_.fragment(reader_.offset_of(part.bytes), part.bytes.size(), depth_ + 1);
      if (!nested) {
        sink_.damaged(reader_.error());
        whole = false;
        return;
      }
      whole &= walk(reader_, *nested, sink_, depth_ + 1);
    });
    return whole;
  }

  bool element(std::uint32_t at) {
    const Op& open = ops_[at];
    if (open.sole_substitution != 0) {
      const Op& content = ops_[open.sole_substitution];
      const ValueView value = value_of(content);
      if (content.optional && value.vanishes()) return true;
      // An array repeats the element; one without elements leaves a single empty element.
      if (value.array && value.type != ValueType::BinXml && !value.bytes.empty()) {
        value.for_each_element([&](const ValueView& item) {
          if (!afford(open.cost() + 1 + item.bytes.size())) return;
          start(at);
          sink_.value(item);
          sink_.end_element(program_.name_of(open));
        });
        return !exhausted_;
      }
    }
    if (!afford(open.cost())) return false;
    const std::uint32_t content = start(at);
    const bool whole = range(content, open.end - 1);
    sink_.end_element(program_.name_of(open));
    return whole;
  }

  /// Emits the start tag and returns the index of the first operation of the content.
  std::uint32_t start(std::uint32_t at) {
    const Op& open = ops_[at];
    sink_.start_element(program_.name_of(open));
    std::uint32_t i = at + 1;
    while (ops_[i].kind == OpKind::Attribute) {
      const Op& attribute = ops_[i];
      if (!attribute_vanishes(i) && afford(attribute.cost())) {
        sink_.start_attribute(program_.name_of(attribute));
        for (std::uint32_t j = i + 1; j < attribute.end; ++j) attribute_part(ops_[j]);
        sink_.end_attribute();
      }
      i = attribute.end;
    }
    sink_.end_attributes(open.self_closed);
    return i;
  }

  void attribute_part(const Op& part) {
    if (part.kind == OpKind::Substitution) {
      const ValueView value = value_of(part);
      if (afford(1 + value.bytes.size())) sink_.value(value);
    } else if (afford(part.cost())) {
      simple(part);
    }
  }

  [[nodiscard]] bool attribute_vanishes(std::uint32_t at) const {
    if (ops_[at].end != at + 2) return false;
    const Op& value = ops_[at + 1];
    return value.kind == OpKind::Substitution && value.optional && value_of(value).vanishes();
  }

  BinXmlReader& reader_;
  const Program& program_;
  const std::vector<Op>& ops_;
  std::span<const ValueView> values_;
  Sink& sink_;
  int depth_;
  bool exhausted_ = false;
};

}  // namespace walk_detail

template <typename Sink>
bool walk(BinXmlReader& reader, const Fragment& fragment, Sink& sink, int depth) {
  walk_detail::Walker<Sink> walker(reader, fragment, sink, depth);
  return walker.range(0, static_cast<std::uint32_t>(fragment.program->ops.size()));
}

}  // namespace dropscope::evtx
