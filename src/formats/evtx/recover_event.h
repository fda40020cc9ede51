#pragma once

// The event of a record that stands alone: which chunk it belonged to, and whether that can be
// trusted.
//
// A record says nothing of its chunk but the offsets of its template and names. If the chunk's
// first byte is known, or can be inferred, they lead to bytes; but those may have been overwritten
// since, and a reader that follows them blindly gives names that never belonged to the event. So
// everything that is followed is checked first: a template instance repeats the first four bytes of
// its template's GUID, and a name brings its hash. What fails is not used; the event is then given
// without that part, or not at all.
//
// The chunk's first byte is inferred in two ways, both from the offset that an instance gives for
// its template. If the template stands inside the record, right behind the instance, the offset
// says where in its chunk the record stood. If not, the bytes before the record are searched for
// the record that brought the template: it repeats both id and offset, and the GUID follows.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "formats/evtx/binxml.h"
#include "formats/evtx/event.h"

namespace dropscope::evtx {

/// How much of a recovered record's event can be given.
enum class Rendered : std::uint8_t {
  Whole,
  Part,  ///< A nested part, usually the event's data, has lost its template.
  None,  ///< Only what record_values() reads.
};

/// Offset of a chunk's first byte; negative where the input begins inside the chunk.
using ChunkBase = std::int64_t;

/// The typed values of a record's template instance, those of nested instances in their place, and
/// without any name: what can be read of a record whose template is lost. Where there is no
/// template or the values cannot be told apart, its literal texts and runs of four or more
/// characters of UTF-16 (Latin, Greek, Cyrillic), as String values; names of elements are among
/// them. `record` is the whole record.
void record_values(Bytes record, std::vector<ValueView>& out);

class EventResolver {
 public:
  /// The bytes must outlive the object and its events.
  explicit EventResolver(Bytes input) : input_(input) {}

  struct Answer {
    Rendered rendered = Rendered::None;
    std::optional<EventView> event;  ///< Valid until the next resolve().
    std::optional<ChunkBase> base;   ///< That gave the event.
  };
  /// The event of the record at [at, at + size) of the input. `known` are chunk bases to try
  /// first, the likeliest first.
  [[nodiscard]] Answer resolve(std::size_t at, std::size_t size,
                               std::initializer_list<std::optional<ChunkBase>> known);

  /// A search goes through the 64 KiB before the record. Real records are some 500 bytes, so each
  /// byte of input may be searched this many times before resolve() goes without; records without
  /// a known chunk that are much smaller are not real.
  static constexpr std::uint64_t kSearchPerByte = 256;

 private:
  /// Bytes of the chunk at `base`, as far as the input has them.
  [[nodiscard]] Bytes chunk_at(ChunkBase base);
  void begin(Bytes chunk);
  [[nodiscard]] Answer try_base(std::size_t at, std::size_t size, ChunkBase base);
  /// Whether all names that the event shows are what they claim to be.
  struct Check {
    std::optional<Fragment> fragment;
    bool names_sound = true;
    bool whole = false;
  };
  [[nodiscard]] Check check(std::size_t offset, std::size_t size);
  [[nodiscard]] std::optional<ChunkBase> base_by_search(std::size_t at, std::size_t size);

  Bytes input_;
  // Names are judged by their place in the chunk, so programs must refer to it.
  BinXmlReader binxml_{KeepTemplates::No};
  Bytes begun_;                  // Chunk that binxml_ is in; empty: none.
  std::vector<std::byte> edge_;  // A chunk that begins before the input does.
  std::optional<ChunkBase> edge_base_;
  std::vector<std::byte> altered_;  // A chunk with the parts made unreadable that are not trusted.
  std::vector<std::size_t> nested_;
  std::uint64_t searched_ = 0;  // Bytes, in all searches.
};

}  // namespace dropscope::evtx
