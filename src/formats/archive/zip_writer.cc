// libarchive could write archives too; it takes names through the locale, and its Windows build
// here only reads. What a plain archive needs fits on a page.

#include "formats/archive/zip_writer.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "formats/archive/name.h"

namespace dropscope::archive {
namespace {

// APPNOTE 6.3.3: sections 4.3.7, 4.3.12, 4.3.16, 4.4.2, 4.4.4, 4.4.5.
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint16_t kVersionNeeded = 20;  // Deflate.
constexpr std::uint16_t kFlagUtf8Names = 1U << 11U;
constexpr std::uint16_t kMethodStored = 0;
constexpr std::uint16_t kMethodDeflated = 8;
constexpr std::size_t kLocalHeaderBytes = 30;
constexpr std::size_t kMost16 = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t kMost32 = std::numeric_limits<std::uint32_t>::max();
/// libdeflate's default; higher levels take several times longer for a few per cent.
constexpr int kLevel = 6;

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

template <typename T>
void put(std::string& out, T number) {
  const std::size_t at = out.size();
  out.resize(at + sizeof(T));
  store_le(reinterpret_cast<std::byte*>(out.data() + at), number);
}

}  // namespace

ZipWriter::ZipWriter(Instant stamp) {
  constexpr int kFirstYear = 1980;
  constexpr int kLastYear = 2107;
  CivilTime civil = to_civil_utc(stamp);
  if (civil.year < kFirstYear) civil = {.year = kFirstYear, .month = 1, .day = 1};
  if (civil.year > kLastYear) civil = {.year = kLastYear, .month = 12, .day = 31};
  const auto number = [](auto value) { return static_cast<unsigned>(value); };
  dos_time_ = static_cast<std::uint16_t>(number(civil.hour) << 11U | number(civil.minute) << 5U |
                                         number(civil.second) / 2);
  dos_date_ = static_cast<std::uint16_t>(number(civil.year - kFirstYear) << 9U |
                                         number(civil.month) << 5U | number(civil.day));
}

/// The fields that a member's two headers have in common.
void ZipWriter::append_common(std::string& out, const Entry& entry) const {
  put(out, kVersionNeeded);
  put(out, kFlagUtf8Names);
  put(out, entry.deflated ? kMethodDeflated : kMethodStored);
  put(out, dos_time_);
  put(out, dos_date_);
  put(out, entry.crc);
  put(out, entry.packed_bytes);
  put(out, entry.bytes);
  put(out, static_cast<std::uint16_t>(entry.name.size()));
  put(out, std::uint16_t{0});  // No extra fields.
}

Result<void> ZipWriter::add(std::string_view name, Bytes content) {
  if (name.empty() || name.size() > kMost16 || leads_out(name) || name.front() == '/') {
    return fail(ErrorCode::Invalid,
                fmt::format("\"{}\" cannot be the name of a member of an archive", name));
  }
  const std::size_t needed = out_.size() + kLocalHeaderBytes + name.size() + content.size();
  if (needed > kMost32 || entries_.size() >= kMost16) {
    return fail(ErrorCode::Limit,
                "the archive would be larger than 4 GiB or have more than 65,535 members; give "
                "fewer or shorter logs");
  }
  Entry entry;
  entry.name = name;
  entry.bytes = static_cast<std::uint32_t>(content.size());
  entry.offset = static_cast<std::uint32_t>(out_.size());
  entry.crc = libdeflate_crc32(0, content.data(), content.size());
  std::string packed(content.size(), '\0');
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(kLevel));
  if (!compressor) return fail(ErrorCode::Limit, "no memory for packing an archive");
  // 0: does not fit, so it would not become smaller.
  const std::size_t size =
      content.empty() ? 0
                      : libdeflate_deflate_compress(compressor.get(), content.data(),
                                                    content.size(), packed.data(), packed.size());
  entry.deflated = size != 0;
  packed.resize(size);
  const std::string_view stored = entry.deflated ? std::string_view(packed) : as_text(content);
  entry.packed_bytes = static_cast<std::uint32_t>(stored.size());
  put(out_, kLocalSignature);
  append_common(out_, entry);
  out_.append(entry.name).append(stored);
  entries_.push_back(std::move(entry));
  return {};
}

std::string ZipWriter::finish() {
  const std::size_t begun = out_.size();
  for (const Entry& entry : entries_) {
    put(out_, kCentralSignature);
    put(out_, kVersionNeeded);  // Made by: FAT, so that no rights of files are claimed.
    append_common(out_, entry);
    put(out_, std::uint16_t{0});  // Comment.
    put(out_, std::uint16_t{0});  // Disk.
    put(out_, std::uint16_t{0});  // Internal attributes.
    put(out_, std::uint32_t{0});  // External attributes.
    put(out_, entry.offset);
    out_ += entry.name;
  }
  const auto count = static_cast<std::uint16_t>(entries_.size());
  const std::size_t directory = out_.size() - begun;
  put(out_, kEndSignature);
  put(out_, std::uint32_t{0});  // Disks.
  put(out_, count);
  put(out_, count);
  put(out_, static_cast<std::uint32_t>(directory));
  put(out_, static_cast<std::uint32_t>(begun));
  put(out_, std::uint16_t{0});  // Comment.
  entries_.clear();
  return std::move(out_);
}

}  // namespace dropscope::archive
