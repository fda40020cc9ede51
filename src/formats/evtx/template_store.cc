#include "formats/evtx/template_store.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace dropscope::evtx {
namespace {

/// What the templates of one chunk may cost: one for each operation, and the bytes of its name and
/// its text. Real ones do not overlap and share short names, so they stay below three times the
/// chunk; those of a hostile one may share their bytes, or one long name.
constexpr std::size_t kMaxChunkCost = 16 * kChunkBytes;

/// What is kept from chunk to chunk, in the same unit, and as a number of templates. The largest
/// logs of a Windows machine use some hundred different templates of about 3,000 each.
constexpr std::size_t kMaxKeptCost = 32 * kChunkBytes;
constexpr std::size_t kMaxKept = 4096;

/// How many templates with the same GUID are compared; real ones are alike.
constexpr int kMaxCompared = 4;

std::size_t cost_of(const Program& program) {
  std::size_t cost = 0;
  for (const Op& op : program.ops) cost += op.cost();
  return cost;
}

/// Numbers are never given twice in a process, so that a reader that takes the place of another in
/// memory is not mistaken for it.
std::uint64_t next_generation() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

bool same_bytes(const std::byte* a, const std::byte* b, std::size_t size) {
  return size == 0 || std::memcmp(a, b, size) == 0;
}

}  // namespace

void TemplateTable::insert(std::uint32_t offset, const Program* program) {
  if (2 * (used_ + 1) > slots_.size()) {
    std::vector<Slot> larger(2 * slots_.size());
    for (const Slot& slot : slots_) {
      if (slot.generation == generation_) {
        larger[place_of(larger, slot.offset, generation_)] = slot;
      }
    }
    slots_ = std::move(larger);
  }
  slots_[place_of(slots_, offset, generation_)] = {generation_, offset, program};
  ++used_;
}

void TemplateStore::begin_chunk(Bytes chunk) {
  chunk_ = chunk;
  table_.clear();
  chunk_cost_ = 0;
  const bool full = kept_cost_ > kMaxKeptCost || used_ > kMaxKept;
  if (!keep_ || refers_to_chunk_ || full || generation_ == 0) drop_all();
}

void TemplateStore::drop_all() {
  used_ = 0;
  newest_.clear();
  refers_to_chunk_ = false;
  kept_cost_ = 0;
  generation_ = next_generation();
}

/// From the GUID, which stands behind the offset of the next template.
std::uint64_t TemplateStore::key_at(std::size_t offset) const {
  const std::byte* guid = chunk_.data() + offset + 4;
  return load_le<std::uint64_t>(guid) ^ (load_le<std::uint64_t>(guid + 8) * 31);
}

bool TemplateStore::is_at(const Entry& entry, std::size_t pos, std::size_t end) const {
  for (const Piece& piece : entry.pieces) {
    if (end - pos < std::size_t{piece.same} + piece.skip) return false;
    if (!same_bytes(entry.bytes.data() + piece.same_at, chunk_.data() + pos, piece.same)) {
      return false;
    }
    pos += std::size_t{piece.same} + piece.skip;
    if (!piece.name) continue;
    const std::size_t offset = load_le<std::uint32_t>(chunk_.data() + pos - 4);
    const std::size_t bytes = std::size_t{piece.units} * 2;
    if (!fits(chunk_, offset, 8 + bytes)) return false;
    const std::byte* const name = chunk_.data() + offset;
    if (load_le<std::uint16_t>(name + 6) != piece.units) return false;
    if (!same_bytes(entry.bytes.data() + piece.text, name + 8, bytes)) return false;
    if (offset != pos) continue;
    // In place, with the NUL behind it.
    if (end - pos < 8 + bytes + 2) return false;
    pos += 8 + bytes + 2;
  }
  return !entry.ends_with_bytes || pos == end;
}

TemplateStore::Entry* TemplateStore::known(std::size_t offset, std::size_t end) const {
  const auto found = newest_.find(key_at(offset));
  if (found == newest_.end()) return nullptr;
  int left = kMaxCompared;
  for (Entry* entry = found->second; entry != nullptr && left > 0; entry = entry->older, --left) {
    if (is_at(*entry, offset + kTemplateHeaderBytes, end)) return entry;
  }
  return nullptr;
}

/// Makes the entry independent of its chunk, and findable.
void TemplateStore::keep(Entry& entry, std::size_t offset) {
  entry.bytes.clear();
  entry.pieces.clear();
  const auto copy = [&](std::size_t from, std::size_t size) {
    const auto at = static_cast<std::uint32_t>(entry.bytes.size());
    entry.bytes.insert(entry.bytes.end(), chunk_.begin() + static_cast<std::ptrdiff_t>(from),
                       chunk_.begin() + static_cast<std::ptrdiff_t>(from + size));
    return at;
  };
  std::unordered_map<std::uint32_t, std::uint32_t> names;  // Offset in the chunk, offset in bytes.
  const auto name_of = [&](std::uint32_t text, std::size_t units) {
    const auto [place, added] = names.try_emplace(text, 0);
    if (added) place->second = copy(text, units * 2);
    return place->second;
  };

  std::size_t pos = offset + kTemplateHeaderBytes;
  for (const Landmark& mark : landscape_.marks) {
    Piece& piece = entry.pieces.emplace_back();
    piece.same = static_cast<std::uint32_t>(mark.at - pos);
    piece.same_at = copy(pos, piece.same);
    piece.skip = mark.bytes;
    pos = std::size_t{mark.at} + mark.bytes;
    if (!mark.name) continue;
    piece.name = true;
    piece.units = mark.units;
    piece.text = name_of(mark.text, mark.units);
    const bool in_place = mark.text == pos + 8;
    if (in_place) pos += 8 + std::size_t{mark.units} * 2 + 2;
  }
  Piece& last = entry.pieces.emplace_back();
  last.same =
      static_cast<std::uint32_t>(landscape_.end - pos + (landscape_.has_end_token ? 1u : 0u));
  last.same_at = copy(pos, last.same);
  entry.ends_with_bytes = !landscape_.has_end_token;

  for (Op& op : entry.program.ops) {
    op.name = op.name_length > 0 ? name_of(op.name, op.name_length) : 0;
    op.offset = op.length > 0 ? copy(op.offset, op.length) : 0;
  }
  entry.program.text = entry.bytes;
  entry.key = key_at(offset);
  Entry*& newest = newest_[entry.key];
  entry.older = newest;
  newest = &entry;
  kept_cost_ += entry.cost;
}

const Program* TemplateStore::at(std::size_t offset, std::size_t reference, BinXmlError& error) {
  const auto refuse = [&](std::size_t where, const char* what) {
    error = {static_cast<std::uint32_t>(where), what};
    return nullptr;
  };
  if (const auto found = table_.find(static_cast<std::uint32_t>(offset)); found) {
    return *found != nullptr ? *found : refuse(offset, "template is damaged");
  }
  if (!fits(chunk_, offset, kTemplateHeaderBytes)) {
    return refuse(reference, "offset of a template points outside the chunk");
  }
  const std::size_t size = load_le<std::uint32_t>(chunk_.data() + offset + 20);
  if (!fits(chunk_, offset + kTemplateHeaderBytes, size)) {
    return refuse(offset, "template reaches beyond the chunk");
  }
  if (chunk_cost_ > kMaxChunkCost) return refuse(offset, "templates of the chunk overlap");
  const std::size_t begin = offset + kTemplateHeaderBytes;
  if (const Entry* entry = known(offset, begin + size)) {
    chunk_cost_ += entry->cost;
    table_.insert(static_cast<std::uint32_t>(offset), &entry->program);
    return &entry->program;
  }
  if (used_ == entries_.size()) entries_.push_back(std::make_unique<Entry>());
  Entry& entry = *entries_[used_];
  const bool whole = compile(chunk_, begin, begin + size, true, entry.program, error,
                             keep_ ? &landscape_ : nullptr);
  entry.program.number = static_cast<std::uint32_t>(used_);
  entry.cost = cost_of(entry.program);
  chunk_cost_ += entry.cost;
  if (whole) {
    ++used_;
    if (keep_ && kept_cost_ + entry.cost <= kMaxKeptCost) {
      keep(entry, offset);
    } else {
      refers_to_chunk_ = true;
    }
  }
  const Program* const result = whole ? &entry.program : nullptr;
  table_.insert(static_cast<std::uint32_t>(offset), result);
  return result;
}

}  // namespace dropscope::evtx
