#pragma once

// Whole files and paths. Paths are UTF-8 in strings and std::filesystem::path elsewhere.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope {

/// Path from UTF-8 and back, on every system.
[[nodiscard]] std::filesystem::path path_from_utf8(std::string_view utf8);
[[nodiscard]] std::string path_to_utf8(const std::filesystem::path& path);

/// The whole file. `limit_bytes` guards against a file that does not belong here.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::uint64_t limit_bytes = 1ULL << 30);

/// Writes through a temporary name beside the target and renames, so that no reader sees half a
/// file.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, Bytes content);
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view content);

/// Turns the system's error into ours, with the path in `where`.
[[nodiscard]] Error io_error(const std::filesystem::path& path, int system_error,
                             std::string_view doing);

}  // namespace dropscope
