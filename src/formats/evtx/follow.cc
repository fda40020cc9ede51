// How a log is followed.
//
// The service writes the records one after the other, fills chunk after chunk, and begins again at
// the front of the file when that has reached its largest size, so that the oldest chunk is
// overwritten. Nothing but the ids tells old from new. So the follower keeps a mark: the record it
// gave last, with its place and checksum. While the mark is where it was, everything with a higher
// id is new. When it is gone, all chunks are looked at, and these cases are told apart:
//
//   - the mark stands elsewhere: the file was copied over or replaced by a fuller copy of the log;
//   - all ids are higher: more was written than the log holds (or, in a shorter or new file, the
//     log was cleared and the ids go on), and what lies between is lost;
//   - the ids are lower, or the mark's id belongs to another record: the log was cleared, and the
//     ids begin again.
//
// Looking at a file while it is written shows half-done things. A chunk whose checksums are right
// is whole. Where they are not (the service may bring them up to date late, and some logs have
// none), a record is taken once two looks have seen the same bytes and it can be read; what stays
// unreadable is taken after FollowOptions::patience looks. So are records behind the free space of
// a header that is older than they are (chunk.h). No verdict on a lost mark rests on a chunk with a
// wrong checksum before that.
//
// The file is never mapped: each look copies the chunks it needs, one at a time.

#include "formats/evtx/follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "formats/evtx/crc32.h"

namespace dropscope::evtx {
namespace {

/// Logs up to 64 MiB have all their chunk headers read at each look, which takes a millisecond;
/// those of larger ones are read each kFullLook-th time and where the likely ones do not suffice.
constexpr std::uint64_t kAlwaysAll = 1024;
constexpr unsigned kFullLook = 16;

/// Records are at least kMinRecordBytes long, which bounds how far the ids of one chunk reach.
constexpr std::uint64_t kMaxChunkRecords = (kChunkBytes - kChunkHeaderBytes) / kMinRecordBytes;

/// Chunk number that stands for the question where the mark is, in count_wait().
constexpr std::uint64_t kMarkQuestion = ~std::uint64_t{0};

std::uint64_t offset_of_chunk(std::uint64_t index) {
  return kFileBlockBytes + index * kChunkBytes;
}

std::uint64_t chunks_in(std::uint64_t file_bytes) {
  return file_bytes <= kFileBlockBytes
             ? 0
             : (file_bytes - kFileBlockBytes + kChunkBytes - 1) / kChunkBytes;
}

}  // namespace

LogFollower::LogFollower(std::filesystem::path path, FollowOptions options, SharedFile file)
    : path_(std::move(path)), options_(options), file_(std::move(file)) {}

Result<LogFollower> LogFollower::open(std::filesystem::path path, FollowOptions options) {
  auto file = SharedFile::open(path);
  if (!file) return fail(std::move(file.error()));
  std::array<std::byte, kFileHeaderBytes> head{};
  const auto got = file->read_at(0, head);
  if (!got) return fail(got.error());
  // The reader has the words for what is no log.
  if (const auto reader = LogReader::open(Bytes(head).first(*got)); !reader) {
    return fail(reader.error());
  }
  return LogFollower(std::move(path), options, std::move(*file));
}

bool LogFollower::poll(const OnRecord& on_record, const OnChange& on_change) {
  const Calls calls{on_record, on_change};
  auto now = SharedFile::open(path_);
  Looked looked = Looked::Missing;
  if (!now) {
    // The name is gone for a moment, perhaps for good; what the file itself got until then is new.
    if (file_ && look(*file_, calls) == Looked::Stopped) return false;
    error_ = std::move(now.error());
  } else {
    if (file_ && now->identity() != file_->identity()) {
      looked = look(*file_, calls);
      if (looked == Looked::Stopped) return false;
      if (looked == Looked::Unfinished && ++drains_ <= options_.patience) return true;
      drains_ = 0;
      const auto state = file_->state();
      renewed_ = state && !state->deleted ? Renewed::Renamed : Renewed::Deleted;
      announced_ = false;
    }
    file_ = std::move(*now);
    looked = look(*file_, calls);
  }
  if (looked == Looked::Missing) {
    if (missing_ != error_.message) calls.change({ChangeKind::Missing, 0, 0, 0, error_.message});
    missing_ = error_.message;
  } else if (!missing_.empty()) {
    missing_.clear();
    calls.change({ChangeKind::Returned, 0, 0, 0, "the log can be read again"});
  }
  return looked != Looked::Stopped;
}

LogFollower::Looked LogFollower::look(const SharedFile& file, const Calls& calls) {
  ++looks_;
  const auto state = file.state();
  std::array<std::byte, kFileHeaderBytes> head{};
  const auto got = file.read_at(0, head);
  if (!state || !got) {
    error_ = state ? got.error() : state.error();
    return Looked::Missing;
  }
  const auto header = parse_file_header(Bytes(head).first(*got));
  if (!header) {
    error_ = {ErrorCode::Corrupt, "there is no event log in this file at the moment", {}};
    return Looked::Missing;
  }
  Sight sight{file, *header, chunks_in(state->bytes), {}, false, false, false};
  // A copy that is still being written has a header that counts more chunks than are there.
  sight.cut = header->crc_ok && header->chunk_count > sight.chunks;
  const bool there = mark_ && mark_is_there(file, sight.chunks);
  sight.all = sight.chunks <= kAlwaysAll || !there || looks_ % kFullLook == 0;
  read_heads(sight);
  sight.shrunk = sight.chunks < chunks_ || (sight.all && sight.heads.size() < used_);
  if (!begun_) {
    begun_ = true;
    if (!options_.from_start) begin_at_end(sight);
  } else if (there) {
    renewed_ = Renewed::No;  // Then it is a fuller copy of the same log.
    restarted_ = false;
    if (wait_chunk_ == kMarkQuestion) waits_ = 0;
  } else if (mark_) {
    if (!find_mark(sight, calls)) return Looked::Unfinished;
  } else if (renewed_ != Renewed::No) {
    begin_generation(false, calls);
  }
  chunks_ = sight.chunks;
  if (sight.all) used_ = sight.heads.size();
  return give_all(sight, calls);
}

void LogFollower::begin_at_end(const Sight& sight) {
  std::vector<Head> heads = sight.heads;
  std::erase_if(heads, [](const Head& head) { return !head.holds_records; });
  // A wrong header can hold any number, so those that are right are asked first.
  std::stable_sort(heads.begin(), heads.end(), [](const Head& a, const Head& b) {
    return a.sound != b.sound ? a.sound : a.last_id > b.last_id;
  });
  for (const Head& head : heads) {
    if (!read_chunk(sight.file, head.index)) continue;
    const auto header = parse_chunk_header(chunk_);
    if (!header) continue;
    const ChunkCrc crc = check_crc(chunk_, *header, sight.header.flags);
    walk_records(chunk_, *header, walk_, header_may_be_stale(sight.header.flags, crc));
    for (const RecordView& view : walk_.records) {
      if (!view.recovered && !view.sizes_differ) mark_ = mark_of(view, head.index, false);
    }
    if (mark_) return;
  }
}

bool LogFollower::mark_is_in(const Sight& sight, const Head& head, bool& chunk_sound) {
  if (!read_chunk(sight.file, head.index)) return false;
  const auto header = parse_chunk_header(chunk_);
  if (!header) return false;
  const ChunkCrc crc = check_crc(chunk_, *header, sight.header.flags);
  chunk_sound = crc.header_ok && crc.records_ok;
  walk_records(chunk_, *header, walk_, header_may_be_stale(sight.header.flags, crc));
  const auto is_mark = [&](const RecordView& view) {
    if (view.id != mark_->id || view.recovered) return false;
    const Mark there = mark_of(view, head.index, mark_->doubtful);
    return mark_->doubtful ? there.written == mark_->written
                           : there.crc == mark_->crc && there.size == mark_->size;
  };
  const auto found = std::find_if(walk_.records.begin(), walk_.records.end(), is_mark);
  if (found == walk_.records.end()) return false;
  mark_ = mark_of(*found, head.index, mark_->doubtful);
  return true;
}

bool LogFollower::find_mark(const Sight& sight, const Calls& calls) {
  const Mark mark = *mark_;
  bool doubtful = sight.cut;
  bool mark_chunk_sound = mark.chunk >= sight.chunks || renewed_ != Renewed::No;
  bool replaced = false;  // The mark's id belongs to another record.
  for (const Head& head : sight.heads) {
    doubtful = doubtful || !head.sound;
    if (head.sound && head.index == mark.chunk) mark_chunk_sound = true;
    if (!head.holds_records || mark.id < head.first_id || mark.id > head.last_id) continue;
    bool chunk_sound = false;
    if (mark_is_in(sight, head, chunk_sound)) {
      renewed_ = Renewed::No;
      restarted_ = false;
      return true;
    }
    replaced = true;
    doubtful = doubtful || !chunk_sound;
  }
  // The place of the mark may be in the middle of being overwritten.
  doubtful = doubtful || !mark_chunk_sound;
  const bool settle = doubtful && count_wait(kMarkQuestion, 0) <= options_.patience;
  if (settle) return false;

  std::uint64_t lowest = ~std::uint64_t{0};
  std::uint64_t highest = 0;
  for (const Head& head : sight.heads) {
    if (!head.holds_records) continue;
    lowest = std::min(lowest, head.first_id);
    highest = std::max(highest, head.last_id);
  }
  const bool empty = lowest > highest;
  // A log that goes around comes to its first chunk from its last, one that was cleared from any.
  bool from_front = false;
  for (const Head& head : sight.heads) {
    from_front = from_front || (head.index == 0 && head.holds_records &&
                                head.first_id == mark.id + 1 && mark.chunk + 1 < sight.chunks);
  }
  if (!empty && (replaced || highest <= mark.id)) {
    begin_generation(true, calls);
  } else if (empty || from_front || sight.shrunk || renewed_ != Renewed::No) {
    begin_generation(false, calls);
  } else {
    // More was written than the log holds, or its chunk is damaged: the ids tell what is lost.
    restarted_ = false;
  }
  return true;
}

void LogFollower::begin_generation(bool ids_restart, const Calls& calls) {
  const bool archived = renewed_ == Renewed::Renamed;
  restarted_ = ids_restart;
  renewed_ = Renewed::No;
  if (announced_) return;
  announced_ = true;
  std::string what = archived ? "the log was archived under another name and a new one begun"
                              : "the log was cleared";
  if (ids_restart) what += "; its record ids begin again";
  calls.change({archived ? ChangeKind::Archived : ChangeKind::Cleared, 0, 0, 0, std::move(what)});
}

std::vector<LogFollower::Head> LogFollower::worth_reading(const std::vector<Head>& heads) const {
  std::vector<Head> out;
  for (const Head& head : heads) {
    // Its header may be older than its records, so the chunk of the mark is always read.
    const bool at_mark = mark_ && !restarted_ && head.index == mark_->chunk;
    const bool newer =
        head.holds_records && is_new(head.last_id) && (head.sound || is_plausible(head.last_id));
    if (at_mark || newer) out.push_back(head);
  }
  std::sort(out.begin(), out.end(), [](const Head& a, const Head& b) {
    return a.first_id != b.first_id ? a.first_id < b.first_id : a.index < b.index;
  });
  out.erase(std::unique(out.begin(), out.end(),
                        [](const Head& a, const Head& b) { return a.index == b.index; }),
            out.end());
  return out;
}

LogFollower::Looked LogFollower::give_all(Sight& sight, const Calls& calls) {
  // With all headers one round is enough; with the likely ones each round goes on at least by one
  // chunk.
  for (std::uint64_t round = 0; round <= sight.chunks; ++round) {
    const std::uint64_t before = mark_ ? mark_->id : 0;
    bool again = false;
    for (const Head& head : worth_reading(sight.heads)) {
      const bool jump = mark_ && head.index != mark_->chunk && head.first_id > mark_->id + 1;
      if (!sight.all && (jump || restarted_)) {
        sight.all = again = true;
        break;
      }
      const Looked looked = give_from(sight, head, calls);
      if (looked != Looked::Done) return looked;
    }
    if (!again && (sight.all || !mark_ || mark_->id == before)) break;
    read_heads(sight);
  }
  return Looked::Done;
}

LogFollower::Looked LogFollower::give_from(const Sight& sight, const Head& head,
                                           const Calls& calls) {
  const bool read = read_chunk(sight.file, head.index);
  const auto header = read ? parse_chunk_header(chunk_) : std::nullopt;
  if (!header) {
    // It was overwritten since its header was read.
    return count_wait(head.index, 0) <= options_.patience ? Looked::Unfinished : Looked::Done;
  }
  const ChunkCrc crc = check_crc(chunk_, *header, sight.header.flags);
  const bool sound = crc.header_ok && crc.records_ok;
  const std::uint8_t chunk_doubts = doubts_of(crc);
  walk_records(chunk_, *header, walk_, header_may_be_stale(sight.header.flags, crc));
  binxml_.begin_chunk(chunk_);
  for (const RecordView& view : walk_.records) {
    if (view.recovered) break;
    if (!is_new(view.id)) continue;
    const auto fragment = binxml_.fragment(view.binxml_offset, view.binxml_size);
    if (!sound || view.beyond_free_space) {
      if (!is_plausible(view.id)) break;
      if (!is_settled(view, head.index, fragment && !view.sizes_differ)) {
        return wait_for(head.index);
      }
    }
    const std::uint8_t doubts = chunk_doubts | doubts_of(view);
    if (!give(view, head.index, doubts, fragment, calls)) return Looked::Stopped;
  }
  if (!walk_.gaps.empty()) {
    const RecordGap& gap = walk_.gaps.front();
    if (!sound && count_wait(head.index, gap.offset) <= options_.patience) {
      return wait_for(head.index);
    }
    tell_damage(offset_of_chunk(head.index) + gap.offset, gap.what, calls);
  }
  return Looked::Done;
}

bool LogFollower::give(const RecordView& view, std::uint64_t chunk, std::uint8_t doubts,
                       const std::optional<Fragment>& fragment, const Calls& calls) {
  if (mark_ && !restarted_ && view.id - mark_->id > 1) {
    const std::uint64_t first = mark_->id + 1;
    const std::uint64_t last = view.id - 1;
    calls.change({ChangeKind::Lost, first, last, 0,
                  first == last
                      ? fmt::format("record {} was not seen: it was overwritten or removed between "
                                    "two looks, or the log does not have it",
                                    first)
                      : fmt::format("records {} to {} were not seen: they were overwritten or "
                                    "removed between two looks, or the log does not have them",
                                    first, last)});
  }
  mark_ = mark_of(view, chunk, doubts != 0);
  restarted_ = false;
  announced_ = false;
  LogRecord record;
  record.offset = offset_of_chunk(chunk) + view.offset;
  record.id = view.id;
  record.written = view.written;
  record.doubtful = doubts != 0;
  record.doubts = doubts;
  if (fragment) record.event.emplace(binxml_, *fragment);
  return calls.record(record, fragment ? std::string_view() : binxml_.error().what);
}

std::optional<LogFollower::Head> LogFollower::read_head(const SharedFile& file,
                                                        std::uint64_t index) const {
  std::array<std::byte, kChunkHeaderBytes> bytes{};
  const auto got = file.read_at(offset_of_chunk(index), bytes);
  if (!got) return std::nullopt;
  const auto header = parse_chunk_header(Bytes(bytes).first(*got));
  if (!header) return std::nullopt;
  // Whether the records are right cannot be seen from here.
  const ChunkCrc crc = check_crc(bytes, *header, 0);
  Head head;
  head.index = index;
  head.first_id = header->first_record_id;
  head.last_id = header->last_record_id;
  head.sound = crc.header_ok || crc.absent;
  // A chunk without records has all bits set in both ids.
  head.holds_records = header->free_space_offset > kChunkHeaderBytes &&
                       head.first_id <= head.last_id && head.last_id != ~std::uint64_t{0};
  return head;
}

void LogFollower::read_heads(Sight& sight) const {
  std::vector<std::uint64_t> indexes;
  if (!sight.all && mark_) {
    // Where the service writes next, where it says that it writes, and the ends of the file.
    indexes = {mark_->chunk, mark_->chunk + 1, 0, sight.chunks - 1,
               sight.header.last_chunk % sight.chunks};
  }
  const std::uint64_t count = sight.all ? sight.chunks : indexes.size();
  sight.heads.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t index = sight.all ? i : indexes[i];
    if (index >= sight.chunks) continue;
    if (const auto head = read_head(sight.file, index)) sight.heads.push_back(*head);
  }
}

bool LogFollower::read_chunk(const SharedFile& file, std::uint64_t index) {
  chunk_.resize(kChunkBytes);
  const auto got = file.read_at(offset_of_chunk(index), chunk_);
  chunk_.resize(got.value_or(0));
  return got.has_value();
}

bool LogFollower::mark_is_there(const SharedFile& file, std::uint64_t chunks) {
  if (mark_->chunk >= chunks || !read_chunk(file, mark_->chunk)) return false;
  const auto header = parse_chunk_header(chunk_);
  const std::size_t end = mark_->offset + mark_->size;
  if (!header || end > chunk_.size()) return false;
  // Bytes behind the free space are left over from before the log was cleared, unless the header
  // is still the one that was older than the record.
  const bool behind = header->free_space_offset <= kChunkBytes && header->free_space_offset < end;
  const bool same_header = mark_->beyond_free_space &&
                           header->free_space_offset == mark_->free_space_offset &&
                           header->last_record_id == mark_->last_record_id;
  if (behind && !same_header) return false;
  // What has changed since it was given half is sorted out by find_mark().
  return crc32_of(0, Bytes(chunk_).subspan(mark_->offset, mark_->size)) == mark_->crc;
}

LogFollower::Mark LogFollower::mark_of(const RecordView& view, std::uint64_t chunk,
                                       bool doubtful) const {
  Mark mark;
  mark.id = view.id;
  mark.written = view.written;
  mark.doubtful = doubtful;
  mark.chunk = chunk;
  mark.offset = view.offset;
  mark.size = view.end() - view.offset;
  mark.crc = crc32_of(0, Bytes(chunk_).subspan(mark.offset, mark.size));
  mark.beyond_free_space = view.beyond_free_space;
  if (const auto header = parse_chunk_header(chunk_)) {
    mark.free_space_offset = header->free_space_offset;
    mark.last_record_id = header->last_record_id;
  }
  return mark;
}

/// A chunk with a wrong checksum may say anything; an id that the log cannot have reached would
/// hide all records that follow.
bool LogFollower::is_plausible(std::uint64_t id) const {
  if (!mark_ || restarted_) return true;
  return id > mark_->id && id - mark_->id <= kMaxChunkRecords * (chunks_ + 1);
}

bool LogFollower::is_settled(const RecordView& view, std::uint64_t chunk, bool readable) {
  const std::size_t size = view.end() - view.offset;
  if (readable && previous_index_ == chunk && fits(previous_, view.offset, size) &&
      std::memcmp(previous_.data() + view.offset, chunk_.data() + view.offset, size) == 0) {
    return true;
  }
  return count_wait(chunk, view.offset) > options_.patience;
}

/// How many looks have waited for the same thing.
unsigned LogFollower::count_wait(std::uint64_t chunk, std::size_t offset) {
  if (wait_chunk_ != chunk || wait_offset_ != offset) waits_ = 0;
  wait_chunk_ = chunk;
  wait_offset_ = offset;
  // More than enough for every patience; it may go on for as long as the program runs.
  if (waits_ < ~0u) ++waits_;
  return waits_;
}

/// Keeps the chunk as it is now, for the next look to compare with.
LogFollower::Looked LogFollower::wait_for(std::uint64_t chunk) {
  previous_ = chunk_;
  previous_index_ = chunk;
  return Looked::Unfinished;
}

void LogFollower::tell_damage(std::uint64_t offset, std::string_view what, const Calls& calls) {
  if (told_offset_ == offset) return;
  told_offset_ = offset;
  calls.change({ChangeKind::Damaged, 0, 0, offset, std::string(what)});
}

}  // namespace dropscope::evtx
