#pragma once

// Members of .zip, .tar, .tar.gz and .xz files, one after the other, through libarchive.
//
// People send logs packed. Nothing is ever unpacked to disk: each member is read into memory,
// handed to the caller and forgotten, so that a hostile name ("../../etc/passwd") has nothing to
// act on. A name is a label for people and nothing else. Archives inside archives are the caller's
// affair: a member's content can be given to is_archive() and for_each_member() again.
//
// Damage is normal here: a member that is encrypted, cut off or has a wrong checksum is handed over
// with its problem and with as much content as could be read (half an event log is still evidence),
// and reading goes on with the next member as far as the format allows. FORMAT.md says how far.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope::archive {

/// Bounds against archives that are made to exhaust the reader.
struct Limits {
  /// A fleet of 10,000 computers sends fewer than 100 files for each.
  std::uint64_t members = 1'000'000;
  /// Held in memory at once. Windows' own default limits for a log are 20 MiB to 1 GiB.
  std::uint64_t member_bytes = 1ULL << 30;
  /// All members together. Deflate packs at most 1032:1 (zlib's technical notes), so this bounds
  /// the time that a small hostile file can cost to some minutes.
  std::uint64_t total_bytes = 256ULL << 30;
};

struct Member {
  /// UTF-8 without control characters, separated by '/', relative, never with "..". Empty when the
  /// problem concerns the archive as a whole and not one member.
  std::string name;
  std::string content;
  /// Empty when the content is whole. Otherwise what was found and what to do; the content is then
  /// what could be read before the damage, which may be nothing.
  std::string problem;
};

using MemberCallback = std::function<void(Member&& member)>;

/// Whether the bytes begin like an archive of a known kind; the name of the file does not matter.
[[nodiscard]] bool is_archive(Bytes bytes);

/// Calls `use` for every file in the archive, in the archive's order; folders are passed over.
/// Returns the number of members handed over whole. Fails only when nothing can be read at all:
/// Corrupt (not an archive, or damaged at the start) or Limit. `bytes` is borrowed for the call.
[[nodiscard]] Result<std::uint64_t> for_each_member(Bytes bytes, const Limits& limits,
                                                    const MemberCallback& use);

/// The same for a file, which is mapped. Also fails as MappedFile::open does.
[[nodiscard]] Result<std::uint64_t> for_each_member(const std::filesystem::path& path,
                                                    const Limits& limits,
                                                    const MemberCallback& use);

}  // namespace dropscope::archive
