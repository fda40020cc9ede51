#pragma once

// Finds event records that no reader of the log shows: stale ones behind the free space of a chunk,
// those behind a break in a chunk, in blocks that have lost their header, and in any other bytes at
// all, such as a disk image, a memory dump or a page file.
//
//   auto scan = evtx::RecoverScan::open(file.bytes());
//   evtx::RecoveredRecord record;
//   while (scan.next(record)) {
//     if (record.event) …            // whole, or without the part that is lost
//     else record_values(record.bytes, values);
//   }
//
// What makes a record: its magic, the beginning of a BinXML fragment, an id and a time that are
// plausible, and a size that is confirmed at the record's end or by the record that follows. Its
// event is given as far as it can be proved (recover_event.h); nothing is guessed.
//
// In an event log, the records that LogReader gives as live are never given here. In anything else
// no record counts as live, also those of whole chunks.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "formats/evtx/recover_event.h"
#include "formats/evtx/recover_live.h"

namespace dropscope::evtx {

enum class FoundIn : std::uint8_t {
  Slack,        ///< Behind the free-space offset of a chunk: older than the chunk's live records.
  Gap,          ///< In a chunk, behind a break in its chain of records.
  LostChunk,    ///< In a log: in a block without a chunk's header. Elsewhere: in a whole chunk.
  Unallocated,  ///< Outside of any chunk.
};
inline constexpr std::size_t kFoundInCount = 4;

/// "slack", "gap", "lost-chunk", "unallocated"; "whole", "part", "none".
[[nodiscard]] const char* name_of(FoundIn place);
[[nodiscard]] const char* name_of(Rendered rendered);

/// One record as next() gives it.
struct RecoveredRecord {
  std::uint64_t offset = 0;  ///< Of the record in the input.
  FoundIn found_in = FoundIn::Unallocated;
  std::uint64_t id = 0;
  Instant written{};          ///< From the record's header.
  bool sizes_differ = false;  ///< Its end is known by the other size or by the next record.
  bool also_live = false;     ///< A live record of this log has the same id and the same time.
  bool live_unknown = false;  ///< That would take too long to tell (LiveRecords::find).
  Rendered rendered = Rendered::None;
  std::optional<EventView> event;  ///< Whole or Part; valid until the next call of next().
  Bytes bytes;                     ///< The record in place, for record_values().
};

/// Counts; complete once next() has returned false.
struct RecoverSummary {
  std::uint64_t records = 0;
  std::array<std::uint64_t, kFoundInCount> found_in{};
  std::uint64_t whole = 0;
  std::uint64_t part = 0;
  std::uint64_t none = 0;
  std::uint64_t also_live = 0;
  std::uint64_t live_unknown = 0;
  std::uint64_t sizes_differ = 0;
  std::uint64_t cut = 0;          ///< Beginnings of records whose end is lost; not given.
  std::uint64_t chunks = 0;       ///< Found outside of their place in a log.
  std::uint64_t live_chunks = 0;  ///< Of a log.
  std::uint64_t live_records = 0;
};

/// What a record's time may be: the years that the clock of a PC can hold. One that has lost its
/// battery begins with 1980, the first year of the FAT and DOS calendars; the century byte of the
/// real-time clock ends with 2099.
inline constexpr Instant kEarliestRecord = instant_from_unix(315'532'800);  // 1980-01-01
inline constexpr Instant kLatestRecord = instant_from_unix(4'102'444'800);  // 2100-01-01
/// What a record's id may be: from 1, and below what a log reaches in 34 years with a thousand
/// events in every second.
inline constexpr std::uint64_t kHighestRecordId = std::uint64_t{1} << 40;

class RecoverScan {
 public:
  /// Any bytes; an event log is one that begins with "ElfFile".
  static RecoverScan open(Bytes input) { return RecoverScan(input); }

  /// The next record in the order of the input; false at the end.
  bool next(RecoveredRecord& out) { return next_before(input_.size(), out); }
  /// The same, but also false once everything before the offset `pause` has been looked at, for
  /// callers that have other things to do now and then: a disk image may hold nothing at all.
  bool next_before(std::uint64_t pause, RecoveredRecord& out);

  [[nodiscard]] bool is_log() const { return log_; }
  [[nodiscard]] const RecoverSummary& summary() const { return summary_; }
  /// Offset up to which everything has been looked at, for progress.
  [[nodiscard]] std::uint64_t position() const { return std::min(position_, input_.size()); }

 private:
  /// What is known of the bytes being scanned.
  struct Chunk {
    std::size_t begin = 0;
    std::size_t end = 0;         // Where it ceases to hold; begin and end 0: no chunk.
    std::size_t chain_end = 0;   // End of the unbroken records.
    std::size_t free_space = 0;  // 0: unknown.
  };

  explicit RecoverScan(Bytes input);
  [[nodiscard]] bool is_live_chunk(std::size_t at) const;
  [[nodiscard]] std::size_t next_block(std::size_t at) const;
  bool begin_region();
  void enter_live_chunk(std::size_t at);
  void enter_found_chunk(std::size_t at);
  bool take_record(std::size_t at, RecoveredRecord& out);
  [[nodiscard]] FoundIn place_of(std::size_t at) const;

  Bytes input_;
  bool log_ = false;
  std::size_t first_chunk_ = 0;
  std::uint32_t file_flags_ = 0;
  std::size_t position_ = 0;
  std::size_t region_end_ = 0;  // Magics are looked for up to here.
  std::size_t live_begin_ = 0;  // Records end here at the latest.
  Chunk chunk_;
  std::optional<ChunkBase> inferred_;  // That gave the last event.
  std::size_t doubted_end_ = 0;        // End of a record without its event; others may be inside.
  int inside_doubted_ = 0;
  EventResolver resolver_;
  std::optional<LiveRecords> live_;
  RecordWalk walk_;
  RecoverSummary summary_;
};

}  // namespace dropscope::evtx
