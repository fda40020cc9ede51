#include "formats/evtx/recover_live.h"

#include <algorithm>

namespace dropscope::evtx {
std::size_t walk_live_records(Bytes chunk, const ChunkHeader& header, std::uint32_t file_flags,
                              RecordWalk& walk) {
  // The rule is LogReader's: what it gives as live is not given a second time.
  const bool may_be_stale = header_may_be_stale(file_flags, check_crc(chunk, header, file_flags));
  walk_records(chunk, header, walk, may_be_stale);
  std::erase_if(walk.records, [](const RecordView& record) { return record.recovered; });
  return walk.records.empty() ? kChunkHeaderBytes : walk.records.back().end();
}

LiveRecords::LiveRecords(Bytes file, std::size_t first_chunk, std::uint32_t file_flags,
                         std::size_t max_groups)
    : file_(file), first_chunk_(first_chunk), file_flags_(file_flags), max_groups_(max_groups) {
  std::uint64_t number = 0;
  for (std::size_t at = first_chunk; at < file.size(); at += kChunkBytes, ++number) {
    const Bytes chunk = file.subspan(at, std::min(kChunkBytes, file.size() - at));
    const auto header = parse_chunk_header(chunk);
    if (!header) continue;
    (void)walk_live_records(chunk, *header, file_flags, walk_);
    if (!walk_.records.empty()) add(number, walk_);
  }
  std::sort(groups_.begin(), groups_.end(), [](const Group& a, const Group& b) {
    return a.lowest_id != b.lowest_id ? a.lowest_id < b.lowest_id : a.number < b.number;
  });
  std::uint64_t highest = 0;
  for (Group& group : groups_) {
    highest = std::max(highest, group.highest_id);
    group.highest_id_so_far = highest;
  }
}

void LiveRecords::add(std::uint64_t number, const RecordWalk& walk) {
  const auto is_in_last = [&] {
    return !groups_.empty() && groups_.back().number == number / chunks_per_group_;
  };
  while (groups_.size() >= max_groups_ && !is_in_last()) halve();
  if (!is_in_last()) {
    const RecordView& first = walk.records.front();
    groups_.push_back(
        {first.id, first.id, first.written, first.written, number / chunks_per_group_, 0});
  }
  Group& group = groups_.back();
  for (const RecordView& record : walk.records) {
    group.lowest_id = std::min(group.lowest_id, record.id);
    group.highest_id = std::max(group.highest_id, record.id);
    group.first = std::min(group.first, record.written);
    group.last = std::max(group.last, record.written);
  }
}

/// Joins each two neighbours; groups whose partner holds no records stay alone.
void LiveRecords::halve() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    Group group = groups_[i];
    group.number /= 2;
    if (kept > 0 && groups_[kept - 1].number == group.number) {
      Group& joined = groups_[kept - 1];
      joined.lowest_id = std::min(joined.lowest_id, group.lowest_id);
      joined.highest_id = std::max(joined.highest_id, group.highest_id);
      joined.first = std::min(joined.first, group.first);
      joined.last = std::max(joined.last, group.last);
    } else {
      groups_[kept++] = group;
    }
  }
  groups_.resize(kept);
  chunks_per_group_ *= 2;
}

bool LiveRecords::chunk_holds(std::size_t offset, std::uint64_t id, Instant written) {
  if (walked_ != offset) {
    const Bytes chunk = file_.subspan(offset, std::min(kChunkBytes, file_.size() - offset));
    const auto header = parse_chunk_header(chunk);
    if (!header) return false;
    (void)walk_live_records(chunk, *header, file_flags_, walk_);
    walked_ = offset;
  }
  return std::any_of(walk_.records.begin(), walk_.records.end(), [&](const RecordView& record) {
    return record.id == id && record.written == written;
  });
}

bool LiveRecords::spend(std::uint64_t cost) {
  if (cost > cost_left_) return false;
  cost_left_ -= cost;
  return true;
}

LiveRecords::Answer LiveRecords::find(std::uint64_t id, Instant written) {
  if (groups_.empty()) return Answer::No;
  cost_left_ = std::min(cost_left_ + kCostPerQuestion, kCostInStore);
  // Copies stand in a row, so the chunk that held the last one often holds this one too.
  if (walked_ != 0 && chunk_holds(walked_, id, written)) return Answer::Yes;
  auto group =
      std::upper_bound(groups_.begin(), groups_.end(), id,
                       [](std::uint64_t wanted, const Group& g) { return wanted < g.lowest_id; });
  while (group != groups_.begin()) {
    --group;
    if (group->highest_id_so_far < id) break;
    if (!spend(1)) return Answer::Unknown;
    if (group->highest_id < id || written < group->first || written > group->last) continue;
    for (std::uint64_t i = 0; i < chunks_per_group_; ++i) {
      const std::uint64_t number = group->number * chunks_per_group_ + i;
      const std::uint64_t offset = first_chunk_ + number * kChunkBytes;
      if (offset >= file_.size()) break;
      if (!spend(kWalkCost)) return Answer::Unknown;
      if (chunk_holds(static_cast<std::size_t>(offset), id, written)) return Answer::Yes;
    }
  }
  return Answer::No;
}

}  // namespace dropscope::evtx
