#pragma once

// Whether a log is sound: everything in it that can be checked against something else is.
//
//   auto verifier = LogVerifier::open(file.bytes());
//   while (verifier->next_chunk()) {}
//   if (!verifier->result().sound()) …
//
// LogReader goes on wherever it can and tells what it stumbles over. This looks at all the rest as
// well: fields that the reader does not need, the tables of names and templates, chunks that look
// unused, and each event to its end. Nothing is given back but the findings.

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/evtx/chunk_tables.h"
#include "formats/evtx/log_survey.h"
#include "formats/evtx/reader.h"

namespace dropscope::evtx {

enum class FindingKind : std::uint8_t {
  // The file.
  FileHeaderCrc,     ///< Checksum of the file header.
  FileHeaderFields,  ///< Counts of the file header, in a log that was closed.
  FileCut,           ///< The file ends before its last chunk, or its header counts more chunks.
  // Chunks.
  ChunkMagic,         ///< No chunk where one is expected.
  UnusedChunk,        ///< A chunk without a header that is not empty.
  ChunkHeaderCrc,     ///< Checksum of a chunk header.
  RecordsCrc,         ///< Checksum of a chunk's records.
  ChunkHeaderFields,  ///< Record numbers, ids and offsets of a chunk header.
  NameTable,          ///< A pointer of the table of names.
  TemplateTable,      ///< A pointer of the table of templates.
  HeaderOlder,        ///< Records that came after the header of their chunk.
  // Records.
  ChainBroken,      ///< No record where one is expected.
  RecordSize,       ///< The sizes at both ends differ, or are no multiple of 8.
  RecordOrder,      ///< The id is not higher than that of the record before it.
  TemplateId,       ///< The record names another template than it points to.
  EventUnreadable,  ///< The event cannot be read.
  EventInPart,      ///< A part of the event cannot be read.
  // Said for completeness; a sound log can have them.
  NotClosed,    ///< The log was copied while it was in use, or the system crashed.
  NoChecksums,  ///< The log, or a chunk of it, has none.
  kCount,
};
inline constexpr std::size_t kFindingKinds = static_cast<std::size_t>(FindingKind::kCount);

/// Stable names for other programs, such as "chunk-header-crc".
[[nodiscard]] std::string_view name_of(FindingKind kind);

/// Whether a sound log can have it.
[[nodiscard]] constexpr bool is_note(FindingKind kind) {
  return kind >= FindingKind::NotClosed;
}

struct Finding {
  FindingKind kind = FindingKind::FileHeaderCrc;
  std::uint64_t offset = 0;     ///< In the file.
  std::uint64_t record_id = 0;  ///< 0 when no single record is concerned.
  std::string what;             ///< What was expected and what was found.
  std::uint64_t lost_bytes = 0;
  std::uint64_t lost_records = 0;  ///< As far as the chunk's header tells; else 0.
};

struct VerifyResult {
  std::uint64_t chunks = 0;  ///< With magic.
  std::uint64_t chunks_unused = 0;
  std::uint64_t chunks_bad = 0;      ///< Without magic, and not empty.
  std::uint64_t chunks_damaged = 0;  ///< Part of `chunks`: with a finding in them.
  std::uint64_t records = 0;         ///< Live ones.
  std::uint64_t records_doubtful = 0;
  std::uint64_t records_unreadable = 0;
  std::uint64_t records_in_part = 0;
  std::uint64_t records_recoverable = 0;  ///< Whole, behind a break in their chain.
  std::uint64_t lost_bytes = 0;
  std::uint64_t lost_records = 0;  ///< At least; chunks without a header do not tell.
  std::array<std::uint64_t, kFindingKinds> counts{};
  BoundedList<Finding> findings;

  [[nodiscard]] std::uint64_t count(FindingKind kind) const {
    return counts[static_cast<std::size_t>(kind)];
  }
  /// Findings that are no notes.
  [[nodiscard]] std::uint64_t damages() const;
  [[nodiscard]] bool sound() const { return damages() == 0; }
};

class LogVerifier {
 public:
  /// Errors as LogReader::open.
  [[nodiscard]] static Result<LogVerifier> open(Bytes file);

  /// Checks the next chunk; false when there is none, and everything has been checked.
  bool next_chunk();

  /// Complete once next_chunk() has returned false.
  [[nodiscard]] const VerifyResult& result() const { return result_; }
  [[nodiscard]] const FileHeader& header() const { return header_; }
  /// Offset in the file up to which everything has been checked, for progress.
  [[nodiscard]] std::uint64_t position() const { return next_; }

  static constexpr std::size_t kFindingsKept = 10'000;

 private:
  LogVerifier(Bytes file, const FileHeader& header);

  void check_file_header();
  void check_chunk(Bytes chunk);
  void check_empty_chunk(Bytes chunk);
  void check_header_fields(const ChunkHeader& header, Bytes chunk);
  void check_chain(const ChunkHeader& header, std::size_t chunk_bytes, bool header_sound);
  void check_table_faults(const TableCheck& tables);
  void check_record(const RecordView& record, bool doubtful);
  void note_names(const Program& program);
  void check_reached(const TableCheck& tables);
  void check_template_ids(const Fragment& fragment, std::uint64_t record_id, int depth);
  void check_template_id(std::size_t offset, std::size_t size, std::uint64_t record_id);
  void finish();
  void add(FindingKind kind, std::size_t offset_in_chunk, std::uint64_t record_id, std::string what,
           std::uint64_t lost_bytes = 0, std::uint64_t lost_records = 0);

  Bytes file_;
  FileHeader header_;
  std::size_t next_ = 0;          // Offset of the chunk to check next.
  std::size_t chunk_offset_ = 0;  // Of the one being checked.
  bool finished_ = false;
  std::uint64_t chunk_number_ = 0;
  /// Of the chunks that hold the lowest and the highest id.
  std::uint64_t oldest_chunk_ = 0;
  std::uint64_t newest_chunk_ = 0;
  std::uint64_t lowest_id_ = 0;
  std::uint64_t highest_id_ = 0;
  bool any_records_ = false;
  /// Its programs refer to the chunk, so that the names in them have offsets there.
  BinXmlReader binxml_{KeepTemplates::No};
  RecordWalk walk_;
  /// What the records of the chunk use, by chunk offset.
  std::set<std::uint32_t> names_used_;
  std::set<std::uint32_t> templates_used_;
  std::vector<bool> programs_noted_;
  VerifyResult result_;
};

}  // namespace dropscope::evtx
