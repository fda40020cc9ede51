// A Windows log is a ring of chunks of fixed size. When it is full, the next chunk replaces the
// oldest: records vanish a chunk at a time, record ids go on, and the oldest chunk is somewhere in
// the middle of the file. To get there, the log is written in full once to learn which record each
// chunk starts with; chunks stand alone, so writing again from the start of a chunk gives the same
// chunks as before.

#include "simulate/log_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/bytes.h"
#include "formats/evtx/crc32.h"
#include "formats/evtx/format.h"
#include "formats/evtx/writer.h"

namespace dropscope::simulation {

namespace {

using evtx::kChunkBytes;
using evtx::kFileBlockBytes;

// Offsets of fields that are changed after writing (formats/evtx/FORMAT.md).
constexpr std::size_t kFileFirstChunk = 8;
constexpr std::size_t kFileLastChunk = 16;
constexpr std::size_t kFileCrc = 124;
constexpr std::size_t kFileCrcSpan = 120;
constexpr std::size_t kChunkFirstRecordId = 24;
constexpr std::size_t kChunkFreeSpace = 48;
constexpr std::size_t kChunkDataCrc = 52;
constexpr std::size_t kChunkCrc = 124;
constexpr std::size_t kChunkCrcHead = 120;  // The header's CRC covers bytes 0–119 …
constexpr std::size_t kChunkCrcTail = 128;  // … and 128–511.

std::size_t chunk_count(const std::vector<std::byte>& bytes) {
  return bytes.size() <= kFileBlockBytes ? 0 : (bytes.size() - kFileBlockBytes) / kChunkBytes;
}

std::byte* chunk_at(std::vector<std::byte>& bytes, std::size_t index) {
  return bytes.data() + kFileBlockBytes + index * kChunkBytes;
}

Result<std::vector<std::byte>> write(const Scenario& scenario, Renderer& renderer,
                                     const std::vector<Record>& records, std::size_t first,
                                     std::size_t last, std::uint64_t first_record_id) {
  evtx::WriterOptions options;
  options.dirty = scenario.log.dirty;
  options.minor_version = scenario.log.minor_version;
  options.first_record_id = first_record_id;
  evtx::Writer writer(options);
  for (std::size_t i = first; i < last; ++i) {
    if (Result<void> added = writer.add(renderer.render(records[i], false)); !added) {
      return fail(added.error());
    }
  }
  return writer.finish();
}

// Turns the chunks as a ring that has gone round would have them, with the newest at `newest`.
void rotate_chunks(std::vector<std::byte>& bytes, std::size_t newest) {
  std::size_t count = chunk_count(bytes);
  std::size_t oldest = (newest + 1) % count;
  auto chunks = bytes.begin() + static_cast<std::ptrdiff_t>(kFileBlockBytes);
  auto end = chunks + static_cast<std::ptrdiff_t>(count * kChunkBytes);
  std::rotate(chunks, chunks + static_cast<std::ptrdiff_t>((count - oldest) % count * kChunkBytes),
              end);
  store_le<std::uint64_t>(bytes.data() + kFileFirstChunk, oldest);
  store_le<std::uint64_t>(bytes.data() + kFileLastChunk, newest);
  store_le<std::uint32_t>(bytes.data() + kFileCrc,
                          evtx::crc32_of(0, Bytes(bytes).first(kFileCrcSpan)));
}

}  // namespace

std::pair<std::size_t, std::size_t> kept_records(const Scenario& scenario, bool clock_was_wrong,
                                                 const std::vector<Record>& records,
                                                 bool application) {
  const LogSettings& log = scenario.log;
  // Records are in the order of writing; with a clock step their times may go back, so positions
  // are looked for by what the clock showed at the limit, from the side of the limit.
  auto position = [&](Instant limit) {
    Instant shown = clock_reading(scenario, clock_was_wrong, limit);
    auto found = std::find_if(records.rbegin(), records.rend(),
                              [&](const Record& r) { return r.time < shown; });
    return static_cast<std::size_t>(records.rend() - found);
  };
  std::size_t first = 0;
  std::size_t last = records.size();
  if (log.starts_at) first = position(*log.starts_at);
  if (log.cleared_at && application) first = std::max(first, position(*log.cleared_at));
  if (log.ends_at) last = position(*log.ends_at);
  return {std::min(first, last), last};
}

Result<LogFile> make_log(const Scenario& scenario, Renderer& renderer,
                         const std::vector<Record>& records, bool clock_was_wrong,
                         std::uint64_t first_record_id, bool application) {
  LogFile file;
  std::tie(file.first, file.last) = kept_records(scenario, clock_was_wrong, records, application);
  file.first_record_id = first_record_id + file.first;
  Result<std::vector<std::byte>> bytes =
      write(scenario, renderer, records, file.first, file.last, file.first_record_id);
  if (!bytes) return fail(bytes.error());
  file.bytes = std::move(*bytes);

  const LogSettings& log = scenario.log;
  std::size_t chunks = chunk_count(file.bytes);
  if (log.max_bytes && file.bytes.size() > log.max_bytes) {
    std::size_t keep = std::max<std::size_t>(1, (log.max_bytes - kFileBlockBytes) / kChunkBytes);
    std::byte* oldest = chunk_at(file.bytes, chunks - keep);
    std::uint64_t id = load_le<std::uint64_t>(oldest + kChunkFirstRecordId);
    file.first += id - file.first_record_id;
    file.first_record_id = id;
    bytes = write(scenario, renderer, records, file.first, file.last, id);
    if (!bytes) return fail(bytes.error());
    file.bytes = std::move(*bytes);
    file.wrapped = true;
    rotate_chunks(file.bytes, (chunks - 1) % keep);
  }
  if (log.preallocate_bytes > file.bytes.size()) {
    // Windows reserves whole chunks; what it has not used yet is zero.
    std::size_t reserved =
        (log.preallocate_bytes - kFileBlockBytes + kChunkBytes - 1) / kChunkBytes;
    file.bytes.resize(kFileBlockBytes + reserved * kChunkBytes);
  }
  return file;
}

std::string damage_log(std::vector<std::byte>& bytes, DamageKind kind) {
  std::size_t chunks = chunk_count(bytes);
  // Preallocated chunks hold nothing to damage.
  while (chunks > 1 && load_le<std::uint64_t>(chunk_at(bytes, chunks - 1)) == 0) --chunks;
  if (chunks == 0) return "nothing to damage";
  if (kind == DamageKind::Cut) {
    // In the middle of the last chunk's records: the whole records before the cut stay readable.
    std::size_t used = load_le<std::uint32_t>(chunk_at(bytes, chunks - 1) + kChunkFreeSpace);
    std::size_t cut =
        kFileBlockBytes + (chunks - 1) * kChunkBytes + std::min(used, kChunkBytes) / 2;
    std::size_t before = bytes.size();
    bytes.resize(cut);
    return fmt::format("cut at byte {} of {}", cut, before);
  }
  std::size_t which = chunks / 2;
  std::byte* chunk = chunk_at(bytes, which);
  std::uint32_t right = load_le<std::uint32_t>(chunk + kChunkDataCrc);
  store_le<std::uint32_t>(chunk + kChunkDataCrc, ~right);
  const Bytes header(chunk, evtx::kChunkHeaderBytes);
  const std::uint32_t head = evtx::crc32_of(0, header.first(kChunkCrcHead));
  store_le(chunk + kChunkCrc, evtx::crc32_of(head, header.subspan(kChunkCrcTail)));
  return fmt::format("wrong checksum of the records of chunk {}", which);
}

}  // namespace dropscope::simulation
