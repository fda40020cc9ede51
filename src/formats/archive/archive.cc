// How far reading goes on after damage.
//
// libarchive tells three outcomes apart: a warning, a failed entry (the next one can be read) and a
// fatal error (the handle can only be closed). In a tar.gz a fatal error is the end: what follows a
// broken deflate stream cannot be found. In a zip each member is packed by itself and the directory
// at the end says where it starts, so the archive is opened again and the members up to the broken
// one are passed over; that costs one walk over the headers per broken member, which kMaxReopen
// bounds.
//
// Members are always read to their end instead of being skipped, so that the limits see every byte
// that the decompressor makes.

#include "formats/archive/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/files.h"
#include "base/mapped_file.h"
#include "formats/archive/name.h"

namespace dropscope::archive {
namespace {

struct Close {
  void operator()(::archive* handle) const { archive_read_free(handle); }
};
using Handle = std::unique_ptr<::archive, Close>;

/// A declared size is not believed beyond this: memory grows with what is really read.
constexpr std::int64_t kReserveBytes = 16 << 20;
/// Broken members of one zip that are stepped over by opening it again.
constexpr int kMaxReopen = 100;
/// "ustar" in a tar header (POSIX.1-1988, also GNU tar).
constexpr std::size_t kTarMagicOffset = 257;

bool starts_with(Bytes bytes, std::string_view magic) {
  return as_text(bytes).substr(0, magic.size()) == magic;
}

bool is_zip(Bytes bytes) {
  return starts_with(bytes, {"PK\x03\x04", 4}) || starts_with(bytes, {"PK\x05\x06", 4});
}

bool is_gzip(Bytes bytes) {
  return starts_with(bytes, {"\x1f\x8b", 2});
}

bool is_xz(Bytes bytes) {
  return starts_with(bytes, {"\xfd\x37\x7a\x58\x5a\x00", 6});
}

bool is_tar(Bytes bytes) {
  return bytes.size() > kTarMagicOffset && starts_with(bytes.subspan(kTarMagicOffset), "ustar");
}

std::string reason(::archive* handle) {
  const char* text = archive_error_string(handle);
  return text == nullptr || *text == '\0' ? "no reason given" : text;
}

Result<Handle> open(Bytes bytes) {
  Handle handle(archive_read_new());
  if (!handle) return fail(ErrorCode::Limit, "no memory for reading an archive");
  if (is_zip(bytes)) {
    archive_read_support_format_zip(handle.get());
  } else {
    archive_read_support_format_tar(handle.get());
    if (is_gzip(bytes)) {
      archive_read_support_filter_gzip(handle.get());
      // One packed file without tar around it ("Application.evtx.gz").
      archive_read_support_format_raw(handle.get());
    }
    if (is_xz(bytes)) {
      // Built without liblzma, libarchive would run the program xz; it tells so with a warning.
      if (archive_read_support_filter_xz(handle.get()) != ARCHIVE_OK) {
        return fail(ErrorCode::Unsupported,
                    "is packed with xz, which this build does not read; unpack it and give the "
                    "folder instead");
      }
      archive_read_support_format_raw(handle.get());
    }
  }
  if (archive_read_open_memory(handle.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return fail(ErrorCode::Corrupt,
                fmt::format("cannot be read as an archive: {}", reason(handle.get())));
  }
  return handle;
}

enum class Reading : std::uint8_t { Whole, Damaged, Fatal, OverMember, OverTotal };

/// One walk over an archive. Counts what the decompressor has made, over all walks.
class Walker {
 public:
  Walker(Bytes bytes, const Limits& limits, const MemberCallback& use)
      : bytes_(bytes), limits_(limits), use_(use) {}

  Result<std::uint64_t> walk() {
    for (int attempt = 0; attempt <= kMaxReopen; ++attempt) {
      Result<bool> again = walk_from(next_);
      if (!again) {
        if (attempt == 0 && seen_ == 0) return fail(std::move(again.error()));
        report(again.error().message);
        return whole_;
      }
      if (!*again) return whole_;
    }
    report(fmt::format("more than {} broken members; the rest of the archive was not read",
                       kMaxReopen));
    return whole_;
  }

 private:
  void report(std::string problem) { use_(Member{{}, {}, std::move(problem)}); }

  /// Hands over the members from index `first` on. True: the member before next_ broke the handle,
  /// and opening the archive again may give the rest.
  Result<bool> walk_from(std::uint64_t first) {
    Result<Handle> opened = open(bytes_);
    if (!opened) return fail(std::move(opened.error()));
    ::archive* handle = opened->get();
    for (std::uint64_t index = 0;; ++index) {
      ::archive_entry* entry = nullptr;
      const int status = archive_read_next_header(handle, &entry);
      if (status == ARCHIVE_EOF) return false;
      if (status == ARCHIVE_FATAL || (status != ARCHIVE_OK && entry == nullptr)) {
        std::string message =
            fmt::format("the archive is damaged after {} members: {}; what follows was not read",
                        index, reason(handle));
        if (seen_ == 0) return fail(ErrorCode::Corrupt, std::move(message));
        report(std::move(message));
        return false;
      }
      if (index < first) continue;
      next_ = index + 1;
      if (index >= limits_.members) {
        report(fmt::format("the archive has more than {} members; the rest was not read",
                           limits_.members));
        return false;
      }
      if (status == ARCHIVE_FAILED || status == ARCHIVE_RETRY) {
        ++seen_;
        use_(Member{
            label(stored_name(entry)), {}, fmt::format("cannot be read: {}", reason(handle))});
        continue;
      }
      switch (hand_over(handle, entry)) {
        case Reading::Whole:
        case Reading::Damaged:
          break;
        case Reading::Fatal:
        case Reading::OverMember:
          // Passing over the rest of a huge member would unpack it; a zip can be entered behind it.
          if (is_zip(bytes_)) return true;
          report("the members that follow in the archive were not read");
          return false;
        case Reading::OverTotal:
          report(fmt::format("the archive unpacks to more than {} bytes; the rest was not read",
                             limits_.total_bytes));
          return false;
      }
    }
  }

  Reading hand_over(::archive* handle, ::archive_entry* entry) {
    const auto type = archive_entry_filetype(entry);
    if (type == AE_IFDIR) return Reading::Whole;
    ++seen_;
    Member member;
    const std::string stored = stored_name(entry);
    member.name = label(stored);
    if (leads_out(stored)) {
      // Nothing is unpacked to disk, so it could do no harm here; but whoever made it meant some.
      member.problem =
          "is refused: its name leads out of the archive with \"..\"; pack the file again under a "
          "plain name if it is evidence";
      use_(std::move(member));
      return Reading::Whole;
    }
    if (archive_entry_hardlink(entry) != nullptr || (type != 0 && type != AE_IFREG)) {
      member.problem = "is a link or a device, not a file, and was passed over";
      use_(std::move(member));
      return Reading::Whole;
    }
    if (archive_entry_is_data_encrypted(entry) != 0) {
      member.problem =
          "is encrypted; unpack the archive with its password and give the folder instead";
      use_(std::move(member));
      return Reading::Damaged;
    }
    const Reading outcome = read_content(handle, entry, member);
    if (outcome == Reading::Whole) ++whole_;
    use_(std::move(member));
    return outcome;
  }

  Reading read_content(::archive* handle, ::archive_entry* entry, Member& member) {
    if (archive_entry_size_is_set(entry) != 0) {
      const std::int64_t size =
          std::clamp<std::int64_t>(archive_entry_size(entry), 0, kReserveBytes);
      member.content.reserve(static_cast<std::size_t>(size));
    }
    for (;;) {
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(handle, &block, &size, &offset);
      if (status == ARCHIVE_EOF) return member.problem.empty() ? Reading::Whole : Reading::Damaged;
      if (status != ARCHIVE_OK) member.problem = fmt::format("is damaged: {}", reason(handle));
      // A wrong checksum is a warning that comes together with the last block.
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        return status == ARCHIVE_FATAL ? Reading::Fatal : Reading::Damaged;
      }
      if (status == ARCHIVE_WARN && size == 0) return Reading::Damaged;
      const Reading added = append(member, {static_cast<const char*>(block), size}, offset);
      if (added != Reading::Whole) return added;
    }
  }

  /// Adds a block that belongs at `offset`; holes before it (sparse files in tar) read as zeros.
  Reading append(Member& member, std::string_view block, std::int64_t offset) {
    const std::uint64_t have = member.content.size();
    if (offset < 0 || static_cast<std::uint64_t>(offset) < have) {
      member.problem =
          fmt::format("is damaged: a block for byte {} comes after byte {}", offset, have);
      return Reading::Damaged;
    }
    const std::uint64_t hole = static_cast<std::uint64_t>(offset) - have;
    if (hole > limits_.member_bytes - have || block.size() > limits_.member_bytes - have - hole) {
      member.problem =
          fmt::format("is larger than {} bytes and was cut there", limits_.member_bytes);
      return Reading::OverMember;
    }
    total_ += hole + block.size();
    if (total_ > limits_.total_bytes) {
      member.problem = "was cut: the archive unpacks to more than is allowed";
      return Reading::OverTotal;
    }
    member.content.append(static_cast<std::size_t>(hole), '\0');
    member.content.append(block);
    return Reading::Whole;
  }

  Bytes bytes_;
  const Limits& limits_;
  const MemberCallback& use_;
  std::uint64_t next_ = 0;  // Index of the first member that no walk has looked at.
  std::uint64_t seen_ = 0;  // Members handed over, whole or not.
  std::uint64_t whole_ = 0;
  std::uint64_t total_ = 0;  // Bytes unpacked.
};

}  // namespace

bool is_archive(Bytes bytes) {
  return is_zip(bytes) || is_gzip(bytes) || is_xz(bytes) || is_tar(bytes);
}

Result<std::uint64_t> for_each_member(Bytes bytes, const Limits& limits,
                                      const MemberCallback& use) {
  if (!is_archive(bytes)) {
    return fail(ErrorCode::Corrupt,
                "is no .zip, .tar, .tar.gz or .xz archive: its first bytes are of none");
  }
  const Utf8Names names;
  return Walker(bytes, limits, use).walk();
}

Result<std::uint64_t> for_each_member(const std::filesystem::path& path, const Limits& limits,
                                      const MemberCallback& use) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file) return fail(std::move(file.error()));
  Result<std::uint64_t> count = for_each_member(file->bytes(), limits, use);
  if (auto fault = file->fault()) return fail(std::move(*fault));
  if (!count) count.error().where = path_to_utf8(path);
  return count;
}

}  // namespace dropscope::archive
