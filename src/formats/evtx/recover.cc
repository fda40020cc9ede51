// The scan.
//
// The input is a row of regions. In a log, the live records of a chunk are passed over, and what
// lies behind them up to the next live chunk is a region; anything else is one single region. In a
// region two magics are looked for, that of a record and that of a chunk, at any offset: a log's
// own records stand at multiples of 8, but a memory dump may have a header of any length before it,
// and copies of parts of files stand anywhere.

#include "formats/evtx/recover.h"

#include <algorithm>
#include <cstring>

namespace dropscope::evtx {
namespace {

constexpr std::size_t kBlock = 64;  // A cache line.

/// Whether one of the magics may begin in the 64 bytes at `p`, of which 66 are there. Written so
/// that compilers turn it into vector instructions: this loop sees every byte of a disk image.
bool may_begin_in(const std::byte* p) {
  std::uint8_t any = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const auto a = std::to_integer<std::uint8_t>(p[i]);
    const auto b = std::to_integer<std::uint8_t>(p[i + 1]);
    const auto c = std::to_integer<std::uint8_t>(p[i + 2]);
    const auto record = static_cast<std::uint8_t>((a ^ '*') | (b ^ '*') | c);
    const auto chunk = static_cast<std::uint8_t>((a ^ 'E') | (b ^ 'l') | (c ^ 'f'));
    any = static_cast<std::uint8_t>(any | (record == 0) | (chunk == 0));
  }
  return any != 0;
}

bool record_begins(Bytes bytes, std::size_t at) {
  return fits(bytes, at, 4) && load_le<std::uint32_t>(bytes.data() + at) == kRecordMagic;
}

bool chunk_begins(Bytes bytes, std::size_t at) {
  return fits(bytes, at, kChunkMagic.size()) &&
         std::memcmp(bytes.data() + at, kChunkMagic.data(), kChunkMagic.size()) == 0;
}

/// The first place in [from, end) where a record or a chunk begins; `end` if there is none.
std::size_t next_magic(Bytes bytes, std::size_t from, std::size_t end) {
  std::size_t at = from;
  while (at < end) {
    const bool full = fits(bytes, at, kBlock + 2);
    if (full && !may_begin_in(bytes.data() + at)) {
      at += kBlock;
      continue;
    }
    for (const std::size_t stop = std::min(end, at + kBlock); at < stop; ++at) {
      if (record_begins(bytes, at) || chunk_begins(bytes, at)) return at;
    }
  }
  return end;
}

/// The first bytes of nearly every record's BinXML: header of a fragment of version 1.1.
constexpr std::uint32_t kFragmentHeader = 0x0001010f;
/// Record header, fragment header and the copy of the size.
constexpr std::size_t kMinFoundBytes = kRecordHeaderBytes + 4 + 4;
constexpr std::size_t kMaxFoundBytes = kChunkBytes - kChunkHeaderBytes;

/// Records looked for inside one record that has lost its event, and whose middle may therefore be
/// of something else. A sector of 4 KiB holds about eight.
constexpr int kMaxInsideDoubted = 16;

struct Header {
  std::uint64_t id = 0;
  Instant written{};
};

/// What a record's header says; nothing when it is not plausible. `at` has the magic.
std::optional<Header> plausible_header(Bytes bytes, std::size_t at) {
  if (!fits(bytes, at, kMinFoundBytes)) return std::nullopt;
  const std::byte* p = bytes.data() + at;
  if (load_le<std::uint32_t>(p + kRecordHeaderBytes) != kFragmentHeader) return std::nullopt;
  const auto id = load_le<std::uint64_t>(p + 8);
  const auto time = load_le<std::uint64_t>(p + 16);
  if (id == 0 || id > kHighestRecordId || time < to_filetime(kEarliestRecord) ||
      time >= to_filetime(kLatestRecord)) {
    return std::nullopt;
  }
  return Header{id, instant_from_filetime(time)};
}

struct Extent {
  std::size_t size = 0;  ///< 0: unknown.
  bool sizes_differ = false;
};

/// How long the record at `at` is, if that is certain: both sizes agree, or one of them agrees with
/// the place where the next record begins.
Extent extent_of(Bytes bytes, std::size_t at, std::size_t end) {
  const std::size_t most = std::min(end - at, kMaxFoundBytes);
  const auto sane = [&](std::size_t size) { return size >= kMinFoundBytes && size <= most; };
  const std::size_t first = load_le<std::uint32_t>(bytes.data() + at + 4);
  const auto last_is = [&](std::size_t size) {
    return load_le<std::uint32_t>(bytes.data() + at + size - 4) == size;
  };
  if (sane(first) && last_is(first)) return {first, false};
  std::size_t follower = at + kMinFoundBytes;
  const std::size_t stop = std::min(end, at + kMaxFoundBytes + 1);
  if (follower >= stop) return {};
  follower = next_magic(bytes, follower, stop);
  if (follower >= stop || !record_begins(bytes, follower)) return {};
  const std::size_t size = follower - at;
  return sane(size) && (size == first || last_is(size)) ? Extent{size, true} : Extent{};
}

/// Whether a chunk's header is more than its magic. Its checksum is not asked: a header that is
/// right in that is right in these fields.
bool is_sound(const ChunkHeader& header) {
  return header.header_bytes == 128 && header.first_record_id <= header.last_record_id &&
         header.free_space_offset >= kChunkHeaderBytes && header.free_space_offset <= kChunkBytes;
}

}  // namespace

const char* name_of(FoundIn place) {
  switch (place) {
    case FoundIn::Slack:
      return "slack";
    case FoundIn::Gap:
      return "gap";
    case FoundIn::LostChunk:
      return "lost-chunk";
    case FoundIn::Unallocated:
      break;
  }
  return "unallocated";
}

const char* name_of(Rendered rendered) {
  switch (rendered) {
    case Rendered::Whole:
      return "whole";
    case Rendered::Part:
      return "part";
    case Rendered::None:
      break;
  }
  return "none";
}

RecoverScan::RecoverScan(Bytes input) : input_(input), resolver_(input) {
  if (const auto header = parse_file_header(input)) {
    log_ = true;
    first_chunk_ = first_chunk_offset(input, *header);
    file_flags_ = header->flags;
    position_ = kFileHeaderBytes;
    region_end_ = position_;
    live_begin_ = position_;
  }
}

bool RecoverScan::is_live_chunk(std::size_t at) const {
  return log_ && at >= first_chunk_ && (at - first_chunk_) % kChunkBytes == 0 &&
         at < input_.size() && input_.size() - at >= kChunkHeaderBytes && chunk_begins(input_, at);
}

/// The first block of the log at `at` or behind it.
std::size_t RecoverScan::next_block(std::size_t at) const {
  if (at <= first_chunk_) return first_chunk_;
  const std::size_t blocks = (at - first_chunk_ + kChunkBytes - 1) / kChunkBytes;
  return first_chunk_ + blocks * kChunkBytes;
}

/// Begins with what lies behind the last region; false at the end of the input.
bool RecoverScan::begin_region() {
  // A record that reaches into the next block has been taken whole.
  position_ = std::max(position_, region_end_);
  if (position_ >= input_.size()) return false;
  if (!log_) {
    region_end_ = live_begin_ = input_.size();
    return true;
  }
  if (is_live_chunk(position_)) {
    enter_live_chunk(position_);
    return true;
  }
  std::size_t block = next_block(position_ + 1);
  while (block < input_.size() && !is_live_chunk(block)) block += kChunkBytes;
  region_end_ = live_begin_ = std::min(block, input_.size());
  return true;
}

void RecoverScan::enter_live_chunk(std::size_t at) {
  const Bytes bytes = input_.subspan(at, std::min(kChunkBytes, input_.size() - at));
  const ChunkHeader header = *parse_chunk_header(bytes);
  const std::size_t live_end = walk_live_records(bytes, header, file_flags_, walk_);
  ++summary_.live_chunks;
  summary_.live_records += walk_.records.size();
  const bool free_space_sound =
      header.free_space_offset >= kChunkHeaderBytes && header.free_space_offset <= kChunkBytes;
  chunk_ = {at, at + bytes.size(), at + live_end,
            free_space_sound ? at + header.free_space_offset : 0};
  inferred_.reset();
  position_ = at + live_end;
  region_end_ = at + bytes.size();
  // A record that was written across the end of this block is not of this log, but may be here.
  live_begin_ =
      is_live_chunk(region_end_) ? region_end_ : std::min(input_.size(), region_end_ + kChunkBytes);
}

/// A chunk that is not at its place in a log: its records are found like all others, but with
/// their chunk known.
void RecoverScan::enter_found_chunk(std::size_t at) {
  const Bytes bytes = input_.subspan(at, std::min(kChunkBytes, live_begin_ - at));
  const auto header = parse_chunk_header(bytes);
  // Without a sound header it is still worth a try as the place that offsets refer to.
  if (!header || !is_sound(*header)) {
    inferred_ = static_cast<ChunkBase>(at);
    position_ = at + kChunkMagic.size();
    return;
  }
  ++summary_.chunks;
  walk_records(bytes, *header, walk_);
  std::size_t chain_end = at + kChunkHeaderBytes;
  for (const RecordView& record : walk_.records) {
    if (!record.recovered) chain_end = at + record.end();
  }
  chunk_ = {at, at + bytes.size(), chain_end, at + header->free_space_offset};
  inferred_.reset();
  position_ = at + kChunkHeaderBytes;
}

FoundIn RecoverScan::place_of(std::size_t at) const {
  if (at < chunk_.end) {
    if (at < chunk_.chain_end) return FoundIn::LostChunk;
    return at < chunk_.free_space ? FoundIn::Gap : FoundIn::Slack;
  }
  return log_ && at >= first_chunk_ ? FoundIn::LostChunk : FoundIn::Unallocated;
}

/// Gives the record whose magic is at `at`, if it is one, and moves on behind it.
bool RecoverScan::take_record(std::size_t at, RecoveredRecord& out) {
  position_ = at + sizeof(kRecordMagic);
  const Bytes bytes = input_.first(live_begin_);
  const auto header = plausible_header(bytes, at);
  if (!header) return false;
  const Extent extent = extent_of(bytes, at, live_begin_);
  if (extent.size == 0) {
    ++summary_.cut;
    return false;
  }
  out = {};
  out.offset = at;
  out.found_in = place_of(at);
  out.id = header->id;
  out.written = header->written;
  out.sizes_differ = extent.sizes_differ;
  out.bytes = input_.subspan(at, extent.size);
  if (log_) {
    if (!live_) live_.emplace(input_, first_chunk_, file_flags_);
    const LiveRecords::Answer answer = live_->find(out.id, out.written);
    out.also_live = answer == LiveRecords::Answer::Yes;
    out.live_unknown = answer == LiveRecords::Answer::Unknown;
  }

  std::optional<ChunkBase> known;
  if (at < chunk_.end) {
    known = static_cast<ChunkBase>(chunk_.begin);
  } else if (log_ && at >= first_chunk_) {
    // A block that has lost its header is most often a chunk all the same.
    known = static_cast<ChunkBase>(at - (at - first_chunk_) % kChunkBytes);
  }
  const auto answer = resolver_.resolve(at, extent.size, {known, inferred_});
  out.rendered = answer.rendered;
  out.event = answer.event;
  if (answer.base) inferred_ = answer.base;

  if (answer.rendered == Rendered::Whole) {
    position_ = at + extent.size;
  } else {
    if (at >= doubted_end_) {
      doubted_end_ = at + extent.size;
      inside_doubted_ = 0;
    }
    if (++inside_doubted_ > kMaxInsideDoubted) position_ = std::max(position_, doubted_end_);
  }

  ++summary_.records;
  ++summary_.found_in[static_cast<std::size_t>(out.found_in)];
  summary_.whole += out.rendered == Rendered::Whole ? 1 : 0;
  summary_.part += out.rendered == Rendered::Part ? 1 : 0;
  summary_.none += out.rendered == Rendered::None ? 1 : 0;
  summary_.also_live += out.also_live ? 1 : 0;
  summary_.live_unknown += out.live_unknown ? 1 : 0;
  summary_.sizes_differ += out.sizes_differ ? 1 : 0;
  return true;
}

bool RecoverScan::next_before(std::uint64_t pause, RecoveredRecord& out) {
  while (position_ < pause) {
    if (position_ >= region_end_ && !begin_region()) return false;
    const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(region_end_, pause));
    if (position_ >= end) continue;
    position_ = next_magic(input_, position_, end);
    if (position_ >= end) continue;
    if (chunk_begins(input_, position_)) {
      enter_found_chunk(position_);
    } else if (take_record(position_, out)) {
      return true;
    }
  }
  return false;
}

}  // namespace dropscope::evtx
