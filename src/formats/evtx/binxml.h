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
#include "formats/evtx/program.h"
#include "formats/evtx/template_store.h"
#include "formats/evtx/value.h"

namespace dropscope::evtx {

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
  explicit BinXmlReader(KeepTemplates keep = KeepTemplates::Yes);
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

  /// Another for every reader, and another when a reader forgets its programs: what was derived
  /// from a program, by its number, is void when it changes. It does so at most when a chunk
  /// begins.
  [[nodiscard]] std::uint64_t generation() const { return templates_.generation(); }

  [[nodiscard]] const BinXmlError& error() const { return error_; }
  [[nodiscard]] Bytes chunk() const { return chunk_; }

  /// Offset of a borrowed value inside the chunk.
  [[nodiscard]] std::size_t offset_of(Bytes bytes) const {
    return static_cast<std::size_t>(bytes.data() - chunk_.data());
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

  [[nodiscard]] bool read_values(std::size_t pos, std::size_t end, ValueTable& values);
  bool set_error(std::size_t offset, const char* what) {
    error_ = {static_cast<std::uint32_t>(offset), what};
    return false;
  }

  Bytes chunk_;
  BinXmlError error_;
  TemplateStore templates_;
  std::size_t walk_limit_ = 0;  // Of the record whose fragment was prepared last.
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
