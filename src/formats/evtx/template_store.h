#pragma once

// The templates of a log, compiled once.
//
// A chunk carries every template that its records use, so the same few templates come again in each
// chunk. They are not the same bytes: names are offsets into the chunk, and stand in place the
// first time. So a template that was seen before is recognised by comparing what must be equal, and
// by following its names; that takes a tenth of the time of compiling it and of planning its text.
//
// What a reader gives does not depend on what its store holds: a template is taken from there only
// if compiling it would give the same.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "formats/evtx/compiler.h"
#include "formats/evtx/program.h"

namespace dropscope::evtx {

/// Template definition: next offset (4), GUID (16), size of the data (4), data.
inline constexpr std::size_t kTemplateHeaderBytes = 24;

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

/// Whether programs outlive their chunk. One that does refers to a copy of its names and literals
/// instead of the chunk.
enum class KeepTemplates : std::uint8_t { Yes, No };

class TemplateStore {
 public:
  explicit TemplateStore(KeepTemplates keep) : keep_(keep == KeepTemplates::Yes) {}

  void begin_chunk(Bytes chunk);

  /// The template defined at `offset`, which was found at `reference`; null, with `error` set, when
  /// it is damaged. Valid until generation() changes.
  [[nodiscard]] const Program* at(std::size_t offset, std::size_t reference, BinXmlError& error);

  /// Changes when programs are dropped; never the same for two stores of a process.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

 private:
  /// Bytes that have to be equal, then some that need not be, or a name.
  struct Piece {
    std::uint32_t same_at = 0;  ///< In the entry's bytes.
    std::uint32_t same = 0;
    std::uint32_t text = 0;   ///< Of the name's characters, in the entry's bytes.
    std::uint16_t units = 0;  ///< Of the name.
    bool name = false;
    std::uint8_t skip = 0;
  };

  struct Entry {
    Program program;
    std::vector<std::byte> bytes;
    std::vector<Piece> pieces;
    bool ends_with_bytes = false;  ///< The definition has to end where the pieces do.
    std::uint64_t key = 0;
    std::size_t cost = 0;
    Entry* older = nullptr;  ///< Of the same key.
  };

  [[nodiscard]] std::uint64_t key_at(std::size_t offset) const;
  [[nodiscard]] Entry* known(std::size_t offset, std::size_t end) const;
  [[nodiscard]] bool is_at(const Entry& entry, std::size_t pos, std::size_t end) const;
  void keep(Entry& entry, std::size_t offset);
  void drop_all();

  bool keep_;
  Bytes chunk_;
  TemplateTable table_;
  // Entries stay allocated; `used_` counts those that hold a program.
  std::vector<std::unique_ptr<Entry>> entries_;
  std::size_t used_ = 0;
  std::unordered_map<std::uint64_t, Entry*> newest_;  // By key.
  Landscape landscape_;
  bool refers_to_chunk_ = false;  // A program of this chunk was not copied.
  std::size_t kept_cost_ = 0;
  std::size_t chunk_cost_ = 0;  // Of this chunk's templates so far.
  std::uint64_t generation_ = 0;
};

}  // namespace dropscope::evtx
