#pragma once

// What BinXML is compiled into: a flat list of operations that refer to names and literals by
// offset.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/utf16.h"
#include "formats/evtx/format.h"
#include "formats/evtx/value.h"

namespace dropscope::evtx {

/// What was wrong, where. `what` is a literal; the offset is relative to the chunk.
struct BinXmlError {
  std::uint32_t offset = 0;
  const char* what = "";
};

enum class OpKind : std::uint8_t {
  Open,          ///< Element; `end` is the index after its Close.
  Close,         ///< End of the element.
  Attribute,     ///< `end` is the index after the last operation of its value.
  Literal,       ///< Typed value in the template: `type`, bytes at [offset, offset + length).
  CData,         ///< UTF-16 at [offset, offset + length).
  CharRef,       ///< Character `index`.
  EntityRef,     ///< Entity of that name.
  Pi,            ///< Processing instruction: name, then text at [offset, offset + length).
  Substitution,  ///< Value number `index`.
};

struct Op {
  OpKind kind = OpKind::Close;
  bool optional = false;     ///< Substitution: vanishes when null.
  bool self_closed = false;  ///< Open: written as an empty element.
  ValueType type = ValueType::Null;
  bool array = false;
  std::uint16_t index = 0;
  std::uint16_t name_length = 0;  ///< UTF-16 units
  std::uint32_t name = 0;         ///< Offset of the name's characters.
  std::uint32_t offset = 0;
  std::uint32_t length = 0;  ///< Bytes
  std::uint32_t end = 0;
  /// Open: index of the substitution that is the element's whole content, or 0. Such an element
  /// vanishes with a null optional value, and is repeated for each element of an array.
  std::uint32_t sole_substitution = 0;

  /// What the operation counts for where work is bounded: one, and the stored bytes of its name and
  /// its text.
  [[nodiscard]] std::size_t cost() const { return 1 + length + std::size_t{name_length} * 2; }
};

/// Fields of the System element.
enum class Field : std::uint8_t {
  ProviderName,
  ProviderGuid,
  EventSourceName,
  EventId,
  Qualifiers,
  Version,
  Level,
  Task,
  Opcode,
  Keywords,
  TimeCreated,
  RecordId,
  ActivityId,
  RelatedActivityId,
  ProcessId,
  ThreadId,
  Channel,
  Computer,
  UserId,
  kCount,
};
inline constexpr std::size_t kFieldCount = static_cast<std::size_t>(Field::kCount);

struct Program {
  /// The template's among those that its reader keeps, from 0; kInline for a fragment without one.
  std::uint32_t number = kInline;
  /// What the offsets of names and literals refer to: the chunk, or a copy that the reader keeps.
  Bytes text;
  std::vector<Op> ops;
  /// Index of the operation that gives each System field; 0 where there is none (operation 0 is
  /// always an Open, so it is never a field).
  std::array<std::uint32_t, kFieldCount> fields{};
  /// First operation after the System element inside Event: EventData, UserData, or the
  /// substitution that holds them as a nested fragment. 0 where there is none.
  std::uint32_t payload = 0;

  static constexpr std::uint32_t kInline = ~std::uint32_t{0};

  [[nodiscard]] Bytes bytes_of(const Op& op) const { return text.subspan(op.offset, op.length); }
  [[nodiscard]] Utf16View name_of(const Op& op) const {
    return Utf16View(text.subspan(op.name, std::size_t{op.name_length} * 2));
  }
  [[nodiscard]] ValueView literal_of(const Op& op) const {
    return ValueView{op.type, op.array, bytes_of(op)};
  }

  void clear() {
    text = {};
    ops.clear();
    fields.fill(0);
    payload = 0;
  }
};

}  // namespace dropscope::evtx
