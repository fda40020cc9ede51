#pragma once

// Reads a whole log, record by record, and keeps an account of what is damaged.
//
//   auto reader = evtx::LogReader::open(file.bytes());
//   evtx::LogRecord record;
//   while (reader->next(record)) {
//     if (record.event && record.event->event_id() == 26) …
//   }
//
// Everything handed out is a view into the bytes given to open(), which must outlive it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/evtx/chunk.h"
#include "formats/evtx/event.h"
#include "formats/evtx/filter.h"

namespace dropscope::evtx {

/// How a log is to be read.
struct ReadOptions {
  bool recovered = false;  ///< Also give records found behind a break in their chain.
  /// Compare checksums. Without, records that look sound in a damaged chunk are not doubted, and a
  /// header that is older than its records is noticed in a dirty log only.
  bool verify_crc = true;
  /// Give only records whose event matches. An event that cannot be read does not; it is counted
  /// and listed as damage all the same. Needed during open() only.
  const Filter* filter = nullptr;
};

/// One record as next() gives it.
struct LogRecord {
  std::uint64_t offset = 0;  ///< Of the record in the file.
  std::uint64_t id = 0;
  Instant written{};
  bool doubtful = false;    ///< There is one of `doubts`.
  std::uint8_t doubts = 0;  ///< Bits of Doubt.
  bool recovered = false;   ///< Found behind a break in the chain; may be a stale copy.
  /// Nothing when the BinXML cannot be read; the damage list says why.
  std::optional<EventView> event;
};

/// Something that could not be read or is not as it should be.
struct LogDamage {
  std::uint64_t offset = 0;     ///< In the file.
  std::uint64_t record_id = 0;  ///< 0 when no record is concerned.
  std::string what;
  std::uint64_t lost_bytes = 0;
  std::uint64_t lost_records = 0;  ///< Known to be lost here; 0 if none or unknown.
};

/// Counts over the whole file, whatever is filtered; complete once next() has returned false.
struct LogSummary {
  std::uint64_t chunks = 0;         ///< With magic, at least in part.
  std::uint64_t chunks_unused = 0;  ///< Preallocated and never written: nothing but zeros.
  std::uint64_t chunks_bad = 0;     ///< Neither.
  std::uint64_t chunks_crc_bad = 0;
  std::uint64_t records = 0;
  std::uint64_t records_unreadable = 0;   ///< Part of `records`: header found, BinXML damaged.
  std::uint64_t records_recoverable = 0;  ///< Found behind a break; not part of `records`.
  std::uint64_t records_doubtful = 0;     ///< Part of `records`.
  std::uint64_t lost_bytes = 0;           ///< In all damages together.
  std::uint64_t damages = 0;              ///< Also those that `damage` no longer keeps.
};

class LogReader {
 public:
  /// Errors: Corrupt when the bytes are no event log; says what they begin with.
  static Result<LogReader> open(Bytes file, const ReadOptions& options = {});

  /// The next record in file order; false at the end.
  bool next(LogRecord& out) { return next_before(file_.size(), out); }
  /// The same, but also false before a chunk at or behind the offset `pause` is begun, for callers
  /// that have other things to do now and then: a filter may find nothing in a whole log. At the
  /// end, position() is the size of the file.
  bool next_before(std::uint64_t pause, LogRecord& out);

  [[nodiscard]] const FileHeader& header() const { return header_; }
  [[nodiscard]] const LogSummary& summary() const { return summary_; }
  /// The first `kDamageKept` damages.
  [[nodiscard]] const std::vector<LogDamage>& damage() const { return damage_; }
  /// Offset in the file up to which everything has been read, for progress.
  [[nodiscard]] std::uint64_t position() const { return next_chunk_; }

  static constexpr std::size_t kDamageKept = 100;

 private:
  LogReader(Bytes file, const FileHeader& header, const ReadOptions& options);
  bool begin_next_chunk(std::uint64_t pause);
  void fetch_ahead(const RecordView& record) const;
  void note_stale_header();
  void compare_chunk_count();
  void add_damage(std::uint64_t offset, std::uint64_t record_id, std::string what,
                  std::uint64_t lost_bytes = 0, std::uint64_t lost_records = 0);

  Bytes file_;
  FileHeader header_;
  BinXmlReader binxml_;
  RecordWalk walk_;
  std::size_t next_chunk_ = 0;    // Offset of the chunk to begin next.
  std::size_t chunk_offset_ = 0;  // Of the chunk being read.
  std::size_t next_record_ = 0;
  std::uint8_t chunk_doubts_ = 0;
  bool give_recovered_ = false;
  bool verify_crc_ = true;
  bool ended_ = false;
  std::unique_ptr<FilterProgram> filter_;  // Null: every record.
  LogSummary summary_;
  std::vector<LogDamage> damage_;
};

}  // namespace dropscope::evtx
