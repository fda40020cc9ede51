// The format since Windows 8.1: after the header of one sector, entries that each hold whole pages,
// one behind the other. Older entries of an earlier round may follow the newest one, so an entry
// counts only when its number is the next one. FORMAT.md has the bytes.
//
// The older format has one bit map and the pages it names. It was left out: it says nothing about
// whether the pages are whole, and Outlook of its time keeps its settings for months.

#include "formats/registry/hive_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string_view>

#include "formats/registry/hive.h"

namespace dropscope::registry {
namespace {

constexpr std::size_t kSectorBytes = 512;
constexpr std::size_t kEntryHeaderBytes = 40;
constexpr std::string_view kEntryMagic = "HvLE";
constexpr std::string_view kOldMagic = "DIRT";

/// Marvin32 with Windows' seed for hives (M. Suhanov, "Windows registry file format
/// specification").
std::uint64_t marvin32(Bytes bytes) {
  constexpr std::uint64_t kSeed = 0x82ef'4d88'7a4e'55c5;
  auto low = static_cast<std::uint32_t>(kSeed);
  auto high = static_cast<std::uint32_t>(kSeed >> 32);
  const auto mix = [&](std::uint32_t value) {
    low += value;
    high ^= low;
    low = std::rotl(low, 20) + high;
    high = std::rotl(high, 9) ^ low;
    low = std::rotl(low, 27) + high;
    high = std::rotl(high, 19);
  };
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) mix(load_le<std::uint32_t>(bytes.data() + i));
  std::uint32_t last = 0x80;
  for (std::size_t k = bytes.size(); k > i; --k) {
    last = last << 8 | std::to_integer<std::uint32_t>(bytes[k - 1]);
  }
  mix(last);
  mix(0);
  return std::uint64_t{high} << 32 | low;
}

struct Entry {
  std::uint32_t sequence = 0;
  std::uint32_t data_bytes = 0;  // Of the hive, after this entry.
  Bytes references;              // Offset and size of each page.
  Bytes pages;
};

/// The whole and valid entries from the beginning of a log.
std::vector<Entry> entries_of(Bytes log) {
  std::vector<Entry> out;
  for (std::size_t at = kSectorBytes; fits(log, at, kEntryHeaderBytes);) {
    const Bytes head = log.subspan(at);
    if (!as_text(head).starts_with(kEntryMagic)) break;
    const auto size = load_le<std::uint32_t>(head.data() + 4);
    if (size < kEntryHeaderBytes || size % kSectorBytes != 0 || size > head.size()) break;
    const Bytes entry = head.first(size);
    const auto count = load_le<std::uint32_t>(head.data() + 20);
    if (count > (size - kEntryHeaderBytes) / 8) break;
    if (load_le<std::uint64_t>(head.data() + 24) != marvin32(entry.subspan(kEntryHeaderBytes)) ||
        load_le<std::uint64_t>(head.data() + 32) != marvin32(entry.first(32))) {
      break;
    }
    Entry& one = out.emplace_back();
    one.sequence = load_le<std::uint32_t>(head.data() + 12);
    one.data_bytes = load_le<std::uint32_t>(head.data() + 16);
    one.references = entry.subspan(kEntryHeaderBytes, std::size_t{count} * 8);
    one.pages = entry.subspan(kEntryHeaderBytes + std::size_t{count} * 8);
    at += size;
  }
  return out;
}

/// False when a page of the entry does not lie in it, or would lie far outside of the hive.
bool apply(const Entry& entry, std::size_t most_bytes, Recovery& out) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < entry.references.size(); i += 8) {
    const auto offset = load_le<std::uint32_t>(entry.references.data() + i);
    const auto size = load_le<std::uint32_t>(entry.references.data() + i + 4);
    const std::uint64_t end = kBaseBlockBytes + std::uint64_t{offset} + size;
    if (!fits(entry.pages, from, size) || end > most_bytes) return false;
    if (out.hive.size() < end) out.hive.resize(static_cast<std::size_t>(end));
    std::copy_n(entry.pages.begin() + static_cast<std::ptrdiff_t>(from), size,
                out.hive.begin() + static_cast<std::ptrdiff_t>(kBaseBlockBytes + offset));
    from += size;
    ++out.pages;
  }
  ++out.entries;
  return true;
}

}  // namespace

bool is_hive_log(Bytes bytes) {
  const auto header = read_hive_header(bytes);
  return header && header->type != 0;
}

Recovery apply_logs(Bytes hive, const std::vector<Bytes>& logs) {
  Recovery out;
  const auto header = read_hive_header(hive);
  if (!header || hive.size() < kBaseBlockBytes) {
    out.notes.emplace_back("the logs are not applied to what is no hive");
    return out;
  }
  std::vector<Entry> entries;
  std::size_t log_bytes = 0;
  for (const Bytes log : logs) {
    if (!is_hive_log(log)) {
      out.notes.emplace_back("a file beside the hive is named like its log and is none");
      continue;
    }
    if (fits(log, kSectorBytes, 4) && as_text(log.subspan(kSectorBytes, 4)) == kOldMagic) {
      out.notes.emplace_back(
          "a log in the format before Windows 8.1 is not applied; what was changed last may be "
          "missing");
      continue;
    }
    log_bytes += log.size();
    for (const Entry& entry : entries_of(log)) entries.push_back(entry);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.sequence < b.sequence; });
  // What the hive has not taken in begins with its second number, which is written last.
  std::uint32_t next = header->secondary_sequence;
  // New pages are in the logs, so a hive cannot grow by more than their size.
  const std::size_t most_bytes = hive.size() + log_bytes;
  for (const Entry& entry : entries) {
    if (entry.sequence < next) continue;
    if (entry.sequence != next && out.entries > 0) {
      out.notes.push_back(
          fmt::format("expected entry {} of the logs, found {}; the rest is not "
                      "applied",
                      next, entry.sequence));
      break;
    }
    if (out.hive.empty()) out.hive.assign(hive.begin(), hive.end());
    if (!apply(entry, most_bytes, out)) {
      out.notes.push_back(
          fmt::format("entry {} of the logs has pages outside of it or of the hive; "
                      "it and the rest are not applied",
                      entry.sequence));
      break;
    }
    store_le(out.hive.data() + 40, entry.data_bytes);
    next = entry.sequence + 1;
  }
  if (out.entries == 0) {
    out.hive.clear();
    return out;
  }
  // As Windows leaves the hive behind: both numbers are that of the last entry.
  store_le(out.hive.data() + 4, next - 1);
  store_le(out.hive.data() + 8, next - 1);
  store_le(out.hive.data() + 508, base_block_checksum(out.hive));
  return out;
}

}  // namespace dropscope::registry
