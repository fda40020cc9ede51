// What is required of an entry holds for all 16,000 names and 2,000 templates of the test corpus
// (measured; the two entries of security_bad_string_cache.evtx apart): a name has its hash and its
// NUL and stands in the bucket of that hash, a template begins with a fragment header, and each
// chain goes towards the front of the chunk, as new entries go to its head. As entries do not
// overlap, all of them together are no longer than the chunk, which bounds the work. The bucket of
// a template is not judged: version 3.2 uses an unknown function.

#include "formats/evtx/chunk_tables.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace dropscope::evtx {
namespace {

constexpr std::uint32_t kNameTable = 128;
constexpr std::uint32_t kTemplateTable = 384;
/// next (4), hash (2), number of units (2).
constexpr std::size_t kNameHeaderBytes = 8;
/// next (4), GUID (16), length (4).
constexpr std::size_t kTemplateHeaderBytes = 24;
constexpr std::byte kFragmentHeader[] = {std::byte{0x0f}, std::byte{1}, std::byte{1}, std::byte{0}};

std::uint16_t hash_of(Bytes utf16) {
  std::u16string name(utf16.size() / 2, u'\0');
  for (std::size_t i = 0; i < name.size(); ++i) {
    name[i] = static_cast<char16_t>(load_le<std::uint16_t>(utf16.data() + 2 * i));
  }
  return name_hash(name);
}

/// What is wrong with the name at `at`; null if nothing. Takes its length from `left`.
const char* name_problem(Bytes chunk, std::size_t at, std::uint32_t bucket, std::size_t& left) {
  if (!fits(chunk, at, kNameHeaderBytes)) return "points outside the chunk";
  const auto hash = load_le<std::uint16_t>(chunk.data() + at + 4);
  const std::size_t bytes = 2 * std::size_t{load_le<std::uint16_t>(chunk.data() + at + 6)};
  if (!fits(chunk, at + kNameHeaderBytes, bytes + 2)) return "leads to no name";
  if (bytes + kNameHeaderBytes > left) return "leads to names that overlap";
  left -= bytes + kNameHeaderBytes;
  if (hash_of(chunk.subspan(at + kNameHeaderBytes, bytes)) != hash) return "leads to no name";
  if (load_le<std::uint16_t>(chunk.data() + at + kNameHeaderBytes + bytes) != 0) {
    return "leads to a name without an end";
  }
  if (hash % kStringBuckets != bucket) return "leads to a name of another bucket";
  return nullptr;
}

const char* template_problem(Bytes chunk, std::size_t at) {
  if (!fits(chunk, at, kTemplateHeaderBytes)) return "points outside the chunk";
  const std::size_t bytes = load_le<std::uint32_t>(chunk.data() + at + 20);
  const std::size_t begin = at + kTemplateHeaderBytes;
  if (bytes < sizeof(kFragmentHeader) || !fits(chunk, begin, bytes) ||
      std::memcmp(chunk.data() + begin, kFragmentHeader, sizeof(kFragmentHeader)) != 0) {
    return "leads to no template";
  }
  return nullptr;
}

}  // namespace

TableCheck check_tables(Bytes chunk, const ChunkHeader& header) {
  TableCheck out;
  if (chunk.size() < kChunkHeaderBytes) return out;
  std::size_t left = kChunkBytes;
  const bool limit_known =
      header.free_space_offset >= kChunkHeaderBytes && header.free_space_offset <= kChunkBytes;
  const auto check = [&](bool is_template, std::uint32_t bucket, std::uint32_t at) {
    const auto value = load_le<std::uint32_t>(chunk.data() + at);
    std::uint32_t here = at;
    std::uint32_t next = value;
    while (next != 0) {
      const bool missing = next >= chunk.size() && next < kChunkBytes;
      if (missing) return;
      const char* problem = nullptr;
      if (here != at && next >= here) {
        problem = "does not lead to an older entry";
      } else if (next < kChunkHeaderBytes) {
        problem = "points into the chunk header";
      } else if (limit_known && next >= header.free_space_offset && next < kChunkBytes) {
        problem = "points behind the records";
      } else {
        problem =
            is_template ? template_problem(chunk, next) : name_problem(chunk, next, bucket, left);
        // What reaches beyond the end of a chunk that is cut short cannot be judged.
        if (problem != nullptr && chunk.size() < kChunkBytes) return;
      }
      if (problem != nullptr) {
        out.faults.push_back({is_template, bucket, here, next, problem});
        return;
      }
      (is_template ? out.templates : out.names).push_back(next);
      here = next;
      next = load_le<std::uint32_t>(chunk.data() + here);
    }
  };
  for (std::uint32_t i = 0; i < kStringBuckets; ++i) check(false, i, kNameTable + 4 * i);
  for (std::uint32_t i = 0; i < kTemplateBuckets; ++i) check(true, i, kTemplateTable + 4 * i);
  std::sort(out.names.begin(), out.names.end());
  std::sort(out.templates.begin(), out.templates.end());
  return out;
}

}  // namespace dropscope::evtx
