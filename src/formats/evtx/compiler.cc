// Two facts decide how bytes are read, and neither is marked in them:
//   - inside a template definition every element start carries a 16-bit dependency identifier;
//     outside of one (forwarded events, nested fragments without a template) it does not;
//   - a name is stored in place when its offset is the position just after the reference, and
//     elsewhere in the chunk otherwise.
// The bytes are hostile until proven otherwise: lengths are checked against the fragment's end
// before use, depth is bounded, and a program cannot be longer than its bytes, so that memory is
// bounded by the chunk's 64 KiB.

#include "formats/evtx/compiler.h"

#include <string_view>

namespace dropscope::evtx {
namespace {

/// Where a System field stands: element under System, and attribute ("" for the element's content).
struct FieldPath {
  std::string_view element;
  std::string_view attribute;
  Field field;
};
constexpr FieldPath kFieldPaths[] = {
    {"Provider", "Name", Field::ProviderName},
    {"Provider", "Guid", Field::ProviderGuid},
    {"Provider", "EventSourceName", Field::EventSourceName},
    {"EventID", "", Field::EventId},
    {"EventID", "Qualifiers", Field::Qualifiers},
    {"Version", "", Field::Version},
    {"Level", "", Field::Level},
    {"Task", "", Field::Task},
    {"Opcode", "", Field::Opcode},
    {"Keywords", "", Field::Keywords},
    {"TimeCreated", "SystemTime", Field::TimeCreated},
    {"EventRecordID", "", Field::RecordId},
    {"Correlation", "ActivityID", Field::ActivityId},
    {"Correlation", "RelatedActivityID", Field::RelatedActivityId},
    {"Execution", "ProcessID", Field::ProcessId},
    {"Execution", "ThreadID", Field::ThreadId},
    {"Channel", "", Field::Channel},
    {"Computer", "", Field::Computer},
    {"Security", "UserID", Field::UserId},
};

class Compiler {
 public:
  Compiler(Bytes chunk, std::size_t pos, std::size_t end, bool in_template, Program& out,
           BinXmlError& error, Landscape* landscape)
      : chunk_(chunk),
        pos_(pos),
        end_(end),
        in_template_(in_template),
        out_(out),
        error_(error),
        landscape_(landscape) {}

  /// Compiles elements until the end-of-fragment token or the end of the bytes.
  bool run() {
    while (pos_ < end_) {
      const auto token = peek();
      if (token == static_cast<std::uint8_t>(Token::EndOfFragment)) break;
      if (token == static_cast<std::uint8_t>(Token::FragmentHeader)) {
        if (!skip(4, "fragment header is cut off")) return false;
        continue;
      }
      if (!content()) return false;
    }
    if (depth_ > 0) return fail(pos_, "element is not closed before the fragment ends");
    if (landscape_ != nullptr) {
      landscape_->end = pos_;
      landscape_->has_end_token = pos_ < end_;
    }
    note_fields();
    return true;
  }

 private:
  [[nodiscard]] std::uint8_t peek() const { return std::to_integer<std::uint8_t>(chunk_[pos_]); }

  bool fail(std::size_t at, const char* what) {
    error_ = {static_cast<std::uint32_t>(at), what};
    return false;
  }

  [[nodiscard]] bool has(std::size_t count) const { return count <= end_ - pos_; }

  bool skip(std::size_t count, const char* what) {
    if (!has(count)) return fail(pos_, what);
    pos_ += count;
    return true;
  }

  /// Four bytes that say how long something is, which is known without them.
  bool skip_size(const char* what) {
    if (landscape_ != nullptr) {
      landscape_->marks.push_back({static_cast<std::uint32_t>(pos_), false, 4, 0, 0});
    }
    return skip(4, what);
  }

  template <typename T>
  bool read(T& value, const char* what) {
    if (!has(sizeof(T))) return fail(pos_, what);
    value = load_le<T>(chunk_.data() + pos_);
    pos_ += sizeof(T);
    return true;
  }

  /// A name by its 32-bit offset; steps over the definition when it stands in place.
  bool name(Op& op) {
    std::uint32_t offset = 0;
    if (!read(offset, "offset of a name is cut off")) return false;
    if (!fits(chunk_, offset, 8))
      return fail(pos_ - 4, "offset of a name points outside the chunk");
    const std::size_t units = load_le<std::uint16_t>(chunk_.data() + offset + 6);
    if (!fits(chunk_, std::size_t{offset} + 8, units * 2)) {
      return fail(offset, "name reaches beyond the chunk");
    }
    op.name = offset + 8;
    op.name_length = static_cast<std::uint16_t>(units);
    if (landscape_ != nullptr) {
      landscape_->marks.push_back(
          {static_cast<std::uint32_t>(pos_ - 4), true, 4, op.name_length, op.name});
    }
    if (offset == pos_) return skip(8 + units * 2 + 2, "name stored in place is cut off");
    return true;
  }

  /// Counted UTF-16 text after a token: 16-bit number of units, then the units.
  bool counted_text(Op& op, const char* what) {
    std::uint16_t units = 0;
    if (!read(units, what)) return false;
    op.offset = static_cast<std::uint32_t>(pos_);
    op.length = std::uint32_t{units} * 2;
    return skip(op.length, what);
  }

  /// One token of content, of attribute values or of the top level.
  bool content() {
    const std::size_t at = pos_;
    const std::uint8_t raw = peek();
    ++pos_;
    const auto token = static_cast<Token>(raw & ~kTokenMore);
    if (token == Token::OpenStartElement) return open_element(at, (raw & kTokenMore) != 0);
    if (token == Token::EndElement) return close_element(at);
    if (token == Token::Value) return literal(at);
    // What fails leaves an operation too many, in a program that nobody gets.
    Op& op = out_.ops.emplace_back();
    switch (token) {
      case Token::CData:
        op.kind = OpKind::CData;
        if (!counted_text(op, "CDATA section is cut off")) return false;
        break;
      case Token::CharRef:
        op.kind = OpKind::CharRef;
        if (!read(op.index, "character reference is cut off")) return false;
        break;
      case Token::EntityRef:
        op.kind = OpKind::EntityRef;
        if (!name(op)) return false;
        break;
      case Token::PiTarget:
        op.kind = OpKind::Pi;
        if (!name(op)) return false;
        if (pos_ < end_ && peek() == static_cast<std::uint8_t>(Token::PiData)) {
          ++pos_;
          if (!counted_text(op, "processing instruction is cut off")) return false;
        }
        break;
      case Token::NormalSubstitution:
      case Token::OptionalSubstitution: {
        op.kind = OpKind::Substitution;
        op.optional = token == Token::OptionalSubstitution;
        std::uint8_t type = 0;
        if (!read(op.index, "substitution is cut off") || !read(type, "substitution is cut off")) {
          return false;
        }
        op.type = static_cast<ValueType>(type & ~kArrayBit);
        op.array = (type & kArrayBit) != 0;
        break;
      }
      default:
        return fail(at, "unknown BinXML token");
    }
    return true;
  }

  bool literal(std::size_t at) {
    Op& op = out_.ops.emplace_back();
    op.kind = OpKind::Literal;
    std::uint8_t type = 0;
    if (!read(type, "type of a literal value is cut off")) return false;
    op.type = static_cast<ValueType>(type & ~kArrayBit);
    op.array = (type & kArrayBit) != 0;
    // Only strings occur as literals (MS-EVEN6 2.2.12: ValueText); the length of others is not
    // stored.
    if (op.type != ValueType::String || op.array) {
      return fail(at, "literal value of a type other than string");
    }
    return counted_text(op, "literal value is cut off");
  }

  bool open_element(std::size_t at, bool has_attributes) {
    if (depth_ >= open_.size()) return fail(at, "elements are nested too deeply");
    open_[depth_++] = static_cast<std::uint32_t>(out_.ops.size());
    Op& op = out_.ops.emplace_back();
    op.kind = OpKind::Open;
    if (in_template_ && !skip(2, "dependency identifier is cut off")) return false;
    if (!skip_size("element size is cut off") || !name(op)) return false;
    if (has_attributes && !attributes()) return false;
    if (pos_ >= end_) return fail(pos_, "start of an element is cut off");
    const auto token = static_cast<Token>(peek());
    if (token == Token::CloseEmptyElement) {
      ++pos_;
      out_.ops[open_[depth_ - 1]].self_closed = true;
      return finish_element();
    }
    if (token != Token::CloseStartElement) return fail(pos_, "start of an element is not closed");
    ++pos_;
    return true;
  }

  bool attributes() {
    if (!skip_size("attribute list is cut off")) return false;
    int count = 0;
    while (pos_ < end_ && (peek() & ~kTokenMore) == static_cast<std::uint8_t>(Token::Attribute)) {
      if (++count > kMaxAttributes) return fail(pos_, "element has too many attributes");
      ++pos_;
      const std::size_t index = out_.ops.size();
      Op& op = out_.ops.emplace_back();
      op.kind = OpKind::Attribute;
      if (!name(op)) return false;
      while (pos_ < end_ && is_attribute_value(peek())) {
        if (!content()) return false;
      }
      out_.ops[index].end = static_cast<std::uint32_t>(out_.ops.size());
    }
    return true;
  }

  [[nodiscard]] static bool is_attribute_value(std::uint8_t raw) {
    switch (static_cast<Token>(raw & ~kTokenMore)) {
      case Token::Value:
      case Token::CharRef:
      case Token::EntityRef:
      case Token::NormalSubstitution:
      case Token::OptionalSubstitution:
        return true;
      default:
        return false;
    }
  }

  bool close_element(std::size_t at) {
    if (depth_ == 0) return fail(at, "end of an element that was not opened");
    return finish_element();
  }

  bool finish_element() {
    const std::uint32_t open = open_[--depth_];
    out_.ops.emplace_back();
    const auto end = static_cast<std::uint32_t>(out_.ops.size());
    out_.ops[open].end = end;
    std::uint32_t content = open + 1;
    while (out_.ops[content].kind == OpKind::Attribute) content = out_.ops[content].end;
    if (content + 2 == end && out_.ops[content].kind == OpKind::Substitution) {
      out_.ops[open].sole_substitution = content;
    }
    return true;
  }

  [[nodiscard]] bool is_named(const Op& op, std::string_view name) const {
    return op.name_length == name.size() && out_.name_of(op).equals_ascii(name);
  }

  void note_field(std::string_view element, std::string_view attribute, std::uint32_t at) {
    for (const FieldPath& path : kFieldPaths) {
      if (path.element == element && path.attribute == attribute) {
        out_.fields[static_cast<std::size_t>(path.field)] = at;
        return;
      }
    }
  }

  /// Finds Event/System/* and what follows System.
  void note_fields() {
    const auto& ops = out_.ops;
    if (ops.empty() || ops[0].kind != OpKind::Open || !is_named(ops[0], "Event")) return;
    std::uint32_t i = 1;
    while (ops[i].kind == OpKind::Attribute) i = ops[i].end;
    bool seen_system = false;
    while (i < ops[0].end - 1) {
      const bool is_element = ops[i].kind == OpKind::Open;
      if (is_element && !seen_system && is_named(ops[i], "System")) {
        note_system(i);
        seen_system = true;
      } else if (seen_system && out_.payload == 0 &&
                 (is_element || ops[i].kind == OpKind::Substitution)) {
        out_.payload = i;
      }
      i = is_element ? ops[i].end : i + 1;
    }
  }

  void note_system(std::uint32_t system) {
    const auto& ops = out_.ops;
    std::uint32_t i = system + 1;
    while (i < ops[system].end - 1) {
      if (ops[i].kind != OpKind::Open) {
        ++i;
        continue;
      }
      const Op& element = ops[i];
      for (const FieldPath& path : kFieldPaths) {
        if (!is_named(element, path.element)) continue;
        std::uint32_t j = i + 1;
        while (ops[j].kind == OpKind::Attribute) {
          // A field is one literal or one substitution; anything more complex is left to the walk.
          if (ops[j].end == j + 2 && is_named(ops[j], path.attribute)) {
            note_field(path.element, path.attribute, j + 1);
          }
          j = ops[j].end;
        }
        if (path.attribute.empty() && j + 2 == element.end &&
            (ops[j].kind == OpKind::Literal || ops[j].kind == OpKind::Substitution)) {
          note_field(path.element, "", j);
        }
      }
      i = element.end;
    }
  }

  Bytes chunk_;
  std::size_t pos_;
  std::size_t end_;
  bool in_template_;
  Program& out_;
  BinXmlError& error_;
  Landscape* landscape_;
  std::array<std::uint32_t, kMaxDepth> open_;  // Elements that are open, outermost first.
  std::size_t depth_ = 0;
};

}  // namespace

bool compile(Bytes chunk, std::size_t pos, std::size_t end, bool in_template, Program& out,
             BinXmlError& error, Landscape* landscape) {
  out.clear();
  out.text = chunk;
  if (landscape != nullptr) landscape->marks.clear();
  return Compiler(chunk, pos, end, in_template, out, error, landscape).run();
}

}  // namespace dropscope::evtx
