#include "formats/evtx/chunk.h"

#include <algorithm>
#include <cstring>

#include "formats/evtx/crc32.h"

namespace dropscope::evtx {
namespace {

bool begins_with(Bytes bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

constexpr std::size_t kFreeSpaceField = 48;  ///< Where the chunk header holds that offset.

bool has_record_magic(Bytes chunk, std::size_t offset) {
  return fits(chunk, offset, 8) && load_le<std::uint32_t>(chunk.data() + offset) == kRecordMagic;
}

/// Records are aligned to 8 bytes. Finds the next place whose magic and both sizes agree.
std::size_t next_plausible(Bytes chunk, std::size_t from, std::size_t end) {
  for (std::size_t at = (from + 7) & ~std::size_t{7}; at + kMinRecordBytes <= end; at += 8) {
    if (!has_record_magic(chunk, at)) continue;
    const std::size_t size = load_le<std::uint32_t>(chunk.data() + at + 4);
    if (size >= kMinRecordBytes && size <= end - at &&
        load_le<std::uint32_t>(chunk.data() + at + size - 4) == size) {
      return at;
    }
  }
  return end;
}

/// The record of `size` bytes at `at`; the caller has checked that it is inside the chunk.
RecordView record_at(Bytes chunk, std::size_t at, std::size_t size) {
  RecordView record;
  record.offset = at;
  record.id = load_le<std::uint64_t>(chunk.data() + at + 8);
  const auto written = load_le<std::uint64_t>(chunk.data() + at + 16);
  record.written = instant_from_filetime(written & 0x7fffffffffffffff);
  record.binxml_offset = at + kRecordHeaderBytes;
  record.binxml_size = size - kMinRecordBytes;
  record.sizes_differ = load_le<std::uint32_t>(chunk.data() + at + size - 4) != size;
  return record;
}

/// Takes the records that continue the chain at `at`, behind the free-space offset.
void continue_beyond(Bytes chunk, std::size_t at, std::vector<RecordView>& records) {
  while (!records.empty() && has_record_magic(chunk, at)) {
    const std::size_t size = load_le<std::uint32_t>(chunk.data() + at + 4);
    if (size < kMinRecordBytes || size > chunk.size() - at) return;
    RecordView record = record_at(chunk, at, size);
    const RecordView& last = records.back();
    if (record.sizes_differ || record.id != last.id + 1 || record.written < last.written) return;
    record.beyond_free_space = true;
    records.push_back(record);
    at += size;
  }
}

}  // namespace

std::optional<FileHeader> parse_file_header(Bytes file) {
  if (file.size() < kFileHeaderBytes || !begins_with(file, kFileMagic)) return std::nullopt;
  const std::byte* p = file.data();
  FileHeader header;
  header.first_chunk = load_le<std::uint64_t>(p + 8);
  header.last_chunk = load_le<std::uint64_t>(p + 16);
  header.next_record_id = load_le<std::uint64_t>(p + 24);
  header.minor_version = load_le<std::uint16_t>(p + 36);
  header.major_version = load_le<std::uint16_t>(p + 38);
  header.block_bytes = load_le<std::uint16_t>(p + 40);
  header.chunk_count = load_le<std::uint16_t>(p + 42);
  header.flags = load_le<std::uint32_t>(p + 120);
  header.crc = load_le<std::uint32_t>(p + 124);
  header.crc_ok = crc32_of(0, file.first(120)) == header.crc;
  return header;
}

std::size_t first_chunk_offset(Bytes file, const FileHeader& header) {
  const bool elsewhere = header.block_bytes != kFileBlockBytes &&
                         header.block_bytes >= kFileHeaderBytes &&
                         fits(file, header.block_bytes, kChunkHeaderBytes) &&
                         parse_chunk_header(file.subspan(header.block_bytes));
  return elsewhere ? header.block_bytes : kFileBlockBytes;
}

std::optional<ChunkHeader> parse_chunk_header(Bytes chunk) {
  if (chunk.size() < kChunkHeaderBytes || !begins_with(chunk, kChunkMagic)) return std::nullopt;
  const std::byte* p = chunk.data();
  ChunkHeader header;
  header.first_record_number = load_le<std::uint64_t>(p + 8);
  header.last_record_number = load_le<std::uint64_t>(p + 16);
  header.first_record_id = load_le<std::uint64_t>(p + 24);
  header.last_record_id = load_le<std::uint64_t>(p + 32);
  header.header_bytes = load_le<std::uint32_t>(p + 40);
  header.last_record_offset = load_le<std::uint32_t>(p + 44);
  header.free_space_offset = load_le<std::uint32_t>(p + kFreeSpaceField);
  header.records_crc = load_le<std::uint32_t>(p + 52);
  header.flags = load_le<std::uint32_t>(p + 120);
  header.header_crc = load_le<std::uint32_t>(p + 124);
  return header;
}

ChunkCrc check_crc(Bytes chunk, const ChunkHeader& header, std::uint32_t file_flags) {
  ChunkCrc result;
  if ((file_flags & kFlagNoCrc) != 0 || (header.header_crc == 0 && header.records_crc == 0)) {
    result.absent = true;
    return result;
  }
  // The header's CRC leaves out the flags and itself, and covers both tables.
  const std::uint32_t first = crc32_of(0, chunk.first(120));
  result.header_ok =
      crc32_of(first, chunk.subspan(128, kChunkHeaderBytes - 128)) == header.header_crc;
  if (header.free_space_offset >= kChunkHeaderBytes && header.free_space_offset <= chunk.size()) {
    const std::size_t size = header.free_space_offset - kChunkHeaderBytes;
    result.records_ok = crc32_of(0, chunk.subspan(kChunkHeaderBytes, size)) == header.records_crc;
  } else {
    result.records_cut =
        header.free_space_offset > chunk.size() && header.free_space_offset <= kChunkBytes;
  }
  return result;
}

std::uint8_t doubts_of(const ChunkCrc& crc) {
  std::uint8_t doubts = 0;
  if (crc.absent) return doubts;
  if (!crc.header_ok) doubts |= bit_of(Doubt::ChunkHeaderCrc);
  if (!crc.records_ok && !crc.records_cut) doubts |= bit_of(Doubt::RecordsCrc);
  return doubts;
}

std::uint8_t doubts_of(const RecordView& record) {
  std::uint8_t doubts = 0;
  if (record.sizes_differ) doubts |= bit_of(Doubt::SizesDiffer);
  if (record.beyond_free_space) doubts |= bit_of(Doubt::BeyondFreeSpace);
  return doubts;
}

void walk_records(Bytes chunk, const ChunkHeader& header, RecordWalk& out,
                  bool header_may_be_stale) {
  out.records.clear();
  out.gaps.clear();
  chunk = chunk.first(std::min(chunk.size(), kChunkBytes));
  const bool limit_sound =
      header.free_space_offset >= kChunkHeaderBytes && header.free_space_offset <= kChunkBytes;
  const std::size_t end =
      limit_sound ? std::min<std::size_t>(header.free_space_offset, chunk.size()) : chunk.size();
  if (!limit_sound) {
    out.gaps.push_back({kFreeSpaceField, 0, "offset of the free space is outside the chunk"});
  }
  std::size_t at = kChunkHeaderBytes;
  bool broken = false;
  while (at < end) {
    const char* problem = nullptr;
    std::size_t size = 0;
    if (!has_record_magic(chunk, at)) {
      // Without a sound limit, the first place without a record is where the free space begins.
      if (!limit_sound) break;
      problem = "no record where one is expected";
    } else {
      size = load_le<std::uint32_t>(chunk.data() + at + 4);
      if (size < kMinRecordBytes) {
        problem = "record is smaller than its header";
      } else if (size > chunk.size() - at) {
        problem = chunk.size() < kChunkBytes ? "record is cut off by the end of the file"
                                             : "record reaches beyond the chunk";
      }
    }
    if (problem != nullptr) {
      const std::size_t next = next_plausible(chunk, at + 8, end);
      out.gaps.push_back({at, next - at, problem});
      broken = true;
      at = next;
      continue;
    }
    RecordView record = record_at(chunk, at, size);
    record.recovered = broken;
    out.records.push_back(record);
    at += size;
  }
  if (header_may_be_stale && limit_sound && !broken) continue_beyond(chunk, at, out.records);
}

}  // namespace dropscope::evtx
