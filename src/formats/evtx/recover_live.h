#pragma once

// Which records of a log are live, for those that look for the others.
//
// A stale record is often a copy of a live one: a chunk that is written again holds the tail of
// what it held before. To say so, a record's id and time are looked up among the live ones. Keeping
// all of those would take memory in proportion to the log, so only the range of each chunk is kept,
// and the few chunks that can hold a record are walked again, which costs some microseconds each.

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "formats/evtx/chunk.h"

namespace dropscope::evtx {

/// Walks the live records of a chunk into `walk.records`; what is only recovered is left out.
/// Returns the end of the last one, relative to the chunk: where live data ends.
std::size_t walk_live_records(Bytes chunk, const ChunkHeader& header, std::uint32_t file_flags,
                              RecordWalk& walk);

class LiveRecords {
 public:
  enum class Answer : std::uint8_t { No, Yes, Unknown };

  /// Of nothing: every answer is No.
  LiveRecords() = default;
  /// Walks the headers of all records once. The bytes must outlive the object. Beyond
  /// `max_groups`, at least 1, ranges of neighbouring chunks are joined.
  LiveRecords(Bytes file, std::size_t first_chunk, std::uint32_t file_flags,
              std::size_t max_groups = kMaxGroups);

  /// Whether a live record has this id and this time. Unknown only for logs whose chunks claim the
  /// same ids and times over and over, where looking would take too long.
  [[nodiscard]] Answer find(std::uint64_t id, Instant written);

  /// 3 MiB for a log of any size. A log of 4 GiB, the largest that Windows makes, has one group for
  /// each of its chunks.
  static constexpr std::size_t kMaxGroups = std::size_t{1} << 16;

 private:
  /// Consecutive chunks and what their records span.
  struct Group {
    std::uint64_t lowest_id = 0;
    std::uint64_t highest_id = 0;
    Instant first{};
    Instant last{};
    std::uint64_t number = 0;             // The group's place in the file.
    std::uint64_t highest_id_so_far = 0;  // Of this group and those before it in the order of ids.
  };

  void add(std::uint64_t number, const RecordWalk& walk);
  void halve();
  [[nodiscard]] bool spend(std::uint64_t cost);
  [[nodiscard]] bool chunk_holds(std::size_t offset, std::uint64_t id, Instant written);

  /// What looking may cost, counted in groups passed by; to walk a chunk's records takes about as
  /// long as passing a thousand of them (4 µs against 4 ns). Each question brings its share, and
  /// some is in store. A sound log needs one or two walks for a question; one that was joined from
  /// fifty files needs up to fifty.
  static constexpr std::uint64_t kWalkCost = 1000;
  static constexpr std::uint64_t kCostPerQuestion = 16 * kWalkCost;
  static constexpr std::uint64_t kCostInStore = 1000 * kWalkCost;

  Bytes file_;
  std::size_t first_chunk_ = 0;
  std::uint32_t file_flags_ = 0;
  std::vector<Group> groups_;  // By lowest id.
  std::size_t max_groups_ = kMaxGroups;
  std::uint64_t chunks_per_group_ = 1;  // A power of two.
  std::uint64_t cost_left_ = kCostInStore;
  RecordWalk walk_;
  std::size_t walked_ = 0;  // Offset of the chunk in walk_; 0: none.
};

}  // namespace dropscope::evtx
