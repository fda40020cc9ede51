#pragma once

// BinXML, compiled and walked without copying.
//
// A template definition is used by hundreds of records of its chunk, so it is compiled once into a
// flat list of operations (Program) that refer to the chunk by offset; a record then only brings
// its substitution values. Fragments without a template (forwarded events) compile into a program
// of their own and are walked by the same code. While a program is compiled, the places of the
// System fields are noted, which lets a reader ask for the provider or the event id without walking
// anything.
//
// All offsets are relative to the chunk. Every one is checked against the chunk's bytes when it is
// compiled; the walk itself then needs no checks.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
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
  /// The template's among those of its chunk, from 0; kInline for a fragment without a template.
  std::uint32_t number = kInline;
  std::vector<Op> ops;
  /// Index of the operation that gives each System field; 0 where there is none (operation 0 is
  /// always an Open, so it is never a field).
  std::array<std::uint32_t, kFieldCount> fields{};
  /// First operation after the System element inside Event: EventData, UserData, or the
  /// substitution that holds them as a nested fragment. 0 where there is none.
  std::uint32_t payload = 0;

  static constexpr std::uint32_t kInline = ~std::uint32_t{0};

  void clear() {
    ops.clear();
    fields.fill(0);
    payload = 0;
  }
};

/// The substitution values of a template instance, in place: a descriptor for each (size, type),
/// then their bytes. The sizes are known to fit the record.
class ValueTable {
 public:
  ValueTable() = default;
  ValueTable(const std::byte* descriptors, std::size_t count, const std::byte* values)
      : descriptors_(descriptors), count_(count), values_(values) {}

  [[nodiscard]] std::size_t size() const { return count_; }

  /// Value number `i`, type Null when there are fewer. Takes time in proportion to `i`, as the
  /// sizes before it are added up; expand() is for those who need many.
  [[nodiscard]] ValueView at(std::size_t i) const {
    if (i >= count_) return {};
    std::size_t offset = 0;
    for (std::size_t k = 0; k < i; ++k) offset += load_le<std::uint16_t>(descriptors_ + 4 * k);
    return view(i, values_ + offset);
  }

  void expand(std::vector<ValueView>& out) const {
    out.resize(count_);
    const std::byte* at = values_;
    for (std::size_t i = 0; i < count_; ++i) {
      out[i] = view(i, at);
      at += out[i].bytes.size();
    }
  }

 private:
  [[nodiscard]] ValueView view(std::size_t i, const std::byte* at) const {
    const std::size_t size = load_le<std::uint16_t>(descriptors_ + 4 * i);
    const auto type = std::to_integer<std::uint8_t>(descriptors_[4 * i + 2]);
    return ValueView{
        static_cast<ValueType>(type & ~kArrayBit), (type & kArrayBit) != 0, {at, size}};
  }

  const std::byte* descriptors_ = nullptr;
  std::size_t count_ = 0;
  const std::byte* values_ = nullptr;
};

/// One fragment ready to be walked: a program, and the values of its substitutions.
struct Fragment {
  const Program* program = nullptr;
  ValueTable values;
};

/// The templates of a chunk by the offset of their definition. Emptied by counting, not by
/// clearing, as that happens for every chunk; grows with the templates of a hostile one.
class TemplateTable {
 public:
  TemplateTable() : slots_(kFirst) {}
  void clear() {
    ++generation_;
    used_ = 0;
  }
  /// Nothing when the offset is not there; null is a template that cannot be read.
  [[nodiscard]] std::optional<const Program*> find(std::uint32_t offset) const {
    const Slot& slot = slots_[place_of(slots_, offset, generation_)];
    if (slot.generation != generation_) return std::nullopt;
    return slot.program;
  }
  void insert(std::uint32_t offset, const Program* program);

 private:
  struct Slot {
    std::uint64_t generation = 0;
    std::uint32_t offset = 0;
    const Program* program = nullptr;
  };
  static constexpr std::size_t kFirst = 256;  ///< A power of two.

  /// The slot of that offset, or the free one where it belongs.
  static std::size_t place_of(const std::vector<Slot>& slots, std::uint32_t offset,
                              std::uint64_t generation) {
    const std::size_t mask = slots.size() - 1;
    // Fibonacci hashing (Knuth, TAOCP 3, 6.4): offsets of a chunk differ in any of their bits.
    std::size_t at = (offset * std::uint32_t{2654435769u} >> 16) & mask;
    while (slots[at].generation == generation && slots[at].offset != offset) at = (at + 1) & mask;
    return at;
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::uint64_t generation_ = 1;
};

/// Compiles fragments of one chunk and keeps its templates. Reused from chunk to chunk, so that
/// nothing is allocated per record once it is warm. Not for concurrent use; each thread has its
/// own.
///
/// Two bounds keep hostile input from costing more than it weighs. Real templates do not overlap,
/// so those of a chunk cannot compile to more operations than the chunk has bytes; templates that
/// share their bytes could. And a value may be substituted, repeated and nested again and again, so
/// what one walk may emit is counted.
class BinXmlReader {
 public:
  BinXmlReader();
  ~BinXmlReader();
  BinXmlReader(BinXmlReader&&) noexcept;
  BinXmlReader& operator=(BinXmlReader&&) noexcept;

  /// Begins a chunk; its bytes must outlive all that is made from them.
  void begin_chunk(Bytes chunk);

  /// Prepares the fragment at [offset, offset + size) of the chunk. `depth` is the nesting of
  /// fragments, 0 for a record's own. What is returned is valid until the next call with the same
  /// or a lower depth. Nothing on error; see error().
  [[nodiscard]] std::optional<Fragment> fragment(std::size_t offset, std::size_t size,
                                                 int depth = 0);

  /// The fragment's values, valid as long as the fragment is; `depth` is its.
  [[nodiscard]] std::span<const ValueView> values_of(const Fragment& fragment, int depth) {
    auto& values = scratch_[static_cast<std::size_t>(depth)].values;
    fragment.values.expand(values);
    return values;
  }

  /// Number of the chunk that was begun, another for every chunk of every reader: what was derived
  /// from a program is void when it changes.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  [[nodiscard]] const BinXmlError& error() const { return error_; }
  [[nodiscard]] Bytes chunk() const { return chunk_; }

  /// Offset of a borrowed value inside the chunk.
  [[nodiscard]] std::size_t offset_of(Bytes bytes) const {
    return static_cast<std::size_t>(bytes.data() - chunk_.data());
  }

  [[nodiscard]] Utf16View name_of(const Op& op) const {
    return Utf16View(chunk_.subspan(op.name, std::size_t{op.name_length} * 2));
  }
  [[nodiscard]] ValueView literal_of(const Op& op) const {
    return ValueView{op.type, op.array, chunk_.subspan(op.offset, op.length)};
  }

  /// Deepest nesting of fragments; real logs use 2.
  static constexpr int kMaxFragments = 8;

  /// What a walk may emit for each byte of the record, counting the stored bytes of names and
  /// values and one for each operation, plus one chunk's worth for the template. An array of bytes
  /// that repeats an element with a name of thirty characters stays below it.
  static constexpr std::size_t kWalkPerByte = 64;

  /// For walk(): starts the count, and takes from it. False, with error() set, when it is used up.
  void begin_walk() { walk_left_ = walk_limit_; }
  /// Of the record whose fragment was prepared last.
  [[nodiscard]] std::size_t walk_limit() const { return walk_limit_; }
  [[nodiscard]] bool spend(std::size_t amount) {
    if (amount <= walk_left_) {
      walk_left_ -= amount;
      return true;
    }
    walk_left_ = 0;
    return set_error(0, "record expands to far more than its size");
  }

 private:
  struct Scratch {
    Program inline_program;
    std::vector<ValueView> values;
  };

  /// The template defined at `offset`, which was found at `reference`; null on error.
  [[nodiscard]] const Program* template_at(std::size_t offset, std::size_t reference);
  [[nodiscard]] bool read_values(std::size_t pos, std::size_t end, ValueTable& values);
  bool set_error(std::size_t offset, const char* what) {
    error_ = {static_cast<std::uint32_t>(offset), what};
    return false;
  }

  Bytes chunk_;
  BinXmlError error_;
  // Programs stay allocated from chunk to chunk; `used_` counts those of this chunk.
  std::vector<std::unique_ptr<Program>> programs_;
  std::size_t used_ = 0;
  TemplateTable templates_;
  std::uint64_t generation_ = 0;
  std::size_t template_ops_ = 0;  // Operations of this chunk's templates so far.
  std::size_t walk_limit_ = 0;    // Of the record whose fragment was prepared last.
  std::size_t walk_left_ = 0;
  std::array<Scratch, kMaxFragments> scratch_;
};

/// Walks a fragment and calls the sink in document order:
///   start_element(Utf16View name), end_attributes(bool self_closed), end_element(Utf16View name),
///   start_attribute(Utf16View name), end_attribute(), value(const ValueView&), cdata(Utf16View),
///   char_ref(char16_t), entity_ref(Utf16View), pi(Utf16View target, Utf16View data),
///   damaged(const BinXmlError&) for a nested fragment that cannot be read, or where the walk gives
///   up because the record expands without bound (BinXmlReader::kWalkPerByte).
/// Nested fragments are walked in place, and every element that was started is ended. Returns false
/// if damaged() was called.
template <typename Sink>
bool walk(BinXmlReader& reader, const Fragment& fragment, Sink& sink, int depth = 0);

}  // namespace dropscope::evtx

#include "formats/evtx/binxml_walk-inl.h"
