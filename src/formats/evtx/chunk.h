#pragma once

// File and chunk headers, and the walk over the records of a chunk.
//
// A log is a header block and chunks of 64 KiB that stand alone. Nothing in a header is needed to
// find records: sizes and counts in them are hints that damaged logs get wrong. Where one matters,
// it is compared with what is there, and a difference is reported.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "formats/evtx/format.h"

namespace dropscope::evtx {

/// Fields of the file header (FORMAT.md, "File header").
struct FileHeader {
  std::uint64_t first_chunk = 0;
  std::uint64_t last_chunk = 0;
  std::uint64_t next_record_id = 0;
  std::uint16_t minor_version = 0;
  std::uint16_t major_version = 0;
  std::uint16_t block_bytes = 0;  ///< Where the first chunk begins.
  std::uint16_t chunk_count = 0;
  std::uint32_t flags = 0;
  std::uint32_t crc = 0;
  bool crc_ok = false;

  [[nodiscard]] bool dirty() const { return (flags & kFlagDirty) != 0; }
  [[nodiscard]] bool full() const { return (flags & kFlagFull) != 0; }
};

/// Nothing when the bytes are too few or do not begin with "ElfFile\0".
[[nodiscard]] std::optional<FileHeader> parse_file_header(Bytes file);

/// Where the chunks of a log begin: after 4,096 bytes in every log seen, so the header's own word
/// counts only when a chunk is there.
[[nodiscard]] std::size_t first_chunk_offset(Bytes file, const FileHeader& header);

/// Fields of a chunk header (FORMAT.md, "Chunk header").
struct ChunkHeader {
  std::uint64_t first_record_number = 0;
  std::uint64_t last_record_number = 0;
  std::uint64_t first_record_id = 0;
  std::uint64_t last_record_id = 0;
  std::uint32_t header_bytes = 0;
  std::uint32_t last_record_offset = 0;
  std::uint32_t free_space_offset = 0;
  std::uint32_t records_crc = 0;
  std::uint32_t flags = 0;
  std::uint32_t header_crc = 0;
};

/// Nothing when the bytes are too few or do not begin with "ElfChnk\0".
[[nodiscard]] std::optional<ChunkHeader> parse_chunk_header(Bytes chunk);

/// Whether the CRC fields of a chunk are those of its bytes.
struct ChunkCrc {
  bool header_ok = false;
  bool records_ok = false;
  bool records_cut = false;  ///< The bytes end before the records do, so theirs cannot be compared.
  bool absent = false;       ///< The file says that it has none, or both fields are 0.
};
[[nodiscard]] ChunkCrc check_crc(Bytes chunk, const ChunkHeader& header, std::uint32_t file_flags);

/// Whether a chunk may have been written on after its header was: the log was not closed, or the
/// records are not those that the header's CRC was taken from. For walk_records().
[[nodiscard]] inline bool header_may_be_stale(std::uint32_t file_flags, const ChunkCrc& crc) {
  return (file_flags & kFlagDirty) != 0 || (!crc.absent && !crc.records_ok && !crc.records_cut);
}

/// A record is its 24-byte header, BinXML, and the copy of its size.
inline constexpr std::size_t kMinRecordBytes = kRecordHeaderBytes + 4;

/// One record, in place.
struct RecordView {
  std::size_t offset = 0;  ///< Relative to the chunk.
  std::uint64_t id = 0;
  Instant written{};  ///< From the record header; the event's own time is in its System element.
  std::size_t binxml_offset = 0;  ///< Relative to the chunk.
  std::size_t binxml_size = 0;
  bool sizes_differ = false;  ///< The size at the record's end is not that at its beginning.
  bool recovered = false;     ///< Found behind a break in the chain of records.
  /// Behind the free-space offset of a stale header, and newer than it: live, but doubtful.
  bool beyond_free_space = false;

  [[nodiscard]] std::size_t end() const { return binxml_offset + binxml_size + 4; }
};

/// Why a record is doubtful; its value is the number of the bit in LogRecord::doubts.
enum class Doubt : std::uint8_t {
  ChunkHeaderCrc,   ///< The checksum of its chunk's header is wrong.
  RecordsCrc,       ///< The checksum of its chunk's records is wrong.
  SizesDiffer,      ///< The sizes at its two ends differ.
  BeyondFreeSpace,  ///< It is newer than its chunk's header.
};
inline constexpr std::size_t kDoubtCount = 4;

[[nodiscard]] constexpr std::uint8_t bit_of(Doubt doubt) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(doubt));
}

/// The doubts about all records of a chunk.
[[nodiscard]] std::uint8_t doubts_of(const ChunkCrc& crc);
/// Those about one of them besides.
[[nodiscard]] std::uint8_t doubts_of(const RecordView& record);

/// A break in the chain of records, or in what the chain rests on.
struct RecordGap {
  std::size_t offset = 0;  ///< Relative to the chunk.
  std::size_t bytes = 0;   ///< Skipped.
  const char* what = "";
};

/// Records of one chunk, in file order. `chunk` may be cut short; whole records before the cut are
/// found. Live records end at the free-space offset when that is sound; what lies behind it is
/// older and is never mixed in. Where the chain of sizes breaks, whole records further on are found
/// by their signature and marked `recovered`: they can be stale copies (a sample has 114 of them
/// that repeat live records), so a reader takes them only when asked to.
///
/// A system that crashes leaves the last chunk with a header that is older than its records: the
/// offset of the free space then points to the first record that came later. With
/// `header_may_be_stale`, records that follow there are given as live, `beyond_free_space`, as long
/// as the chain is unbroken, the ids count on by one and the times do not go back. Stale records of
/// an earlier use of the chunk fail that: they are older than the live ones before them.
struct RecordWalk {
  std::vector<RecordView> records;
  std::vector<RecordGap> gaps;
};
void walk_records(Bytes chunk, const ChunkHeader& header, RecordWalk& out,
                  bool header_may_be_stale = false);

}  // namespace dropscope::evtx
