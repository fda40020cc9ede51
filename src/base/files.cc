#include "base/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <ios>
#include <random>
#include <system_error>

// Streams are opened from std::filesystem::path, which is wide on Windows, so that every name works
// there whatever the code page. What fails says so through errno on both systems, and through the
// system's own numbers where std::filesystem is asked; both become one std::error_code here.

namespace dropscope {
namespace fs = std::filesystem;
namespace {

Error error_of(const fs::path& path, std::error_code error, std::string_view doing) {
  const std::string where = path_to_utf8(path);
  const std::error_condition condition = error.default_error_condition();
  const auto is = [&](std::errc value) { return condition == std::make_error_condition(value); };
  if (is(std::errc::no_such_file_or_directory) || is(std::errc::not_a_directory)) {
    return {ErrorCode::NotFound,
            fmt::format("{} failed: there is no such file or folder; check the spelling and that "
                        "the drive is connected",
                        doing),
            where};
  }
  if (is(std::errc::permission_denied) || is(std::errc::operation_not_permitted) ||
      is(std::errc::read_only_file_system)) {
    return {ErrorCode::Denied,
            fmt::format("{} failed: this account is not allowed to ({}); use an account that is, "
                        "or a copy that it may use",
                        doing, error.message()),
            where};
  }
  if (is(std::errc::no_space_on_device)) {
    return {ErrorCode::Io,
            fmt::format("{} failed: the disk is full; make room or choose another place", doing),
            where};
  }
  return {ErrorCode::Io, fmt::format("{} failed: {}", doing, error.message()), where};
}

/// What the last stream operation left in errno; streams themselves do not tell.
std::error_code last_errno() {
  return {errno != 0 ? errno : EIO, std::generic_category()};
}

/// Writes all of `content` to `path`, which is made or emptied.
Result<void> write_stream(const fs::path& path, Bytes content) {
  errno = 0;
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  if (!stream) return fail(error_of(path, last_errno(), "writing"));
  stream.write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  stream.close();
  if (!stream) return fail(error_of(path, last_errno(), "writing"));
  return {};
}

/// A name beside the target that no other run uses at the same time.
fs::path temporary_beside(const fs::path& target) {
  std::random_device random;
  fs::path name = target;
  name += fmt::format(".{:08x}.part", random());
  return name;
}

}  // namespace

fs::path path_from_utf8(std::string_view utf8) {
  return fs::path(std::u8string(utf8.begin(), utf8.end()));
}

std::string path_to_utf8(const fs::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

Error io_error(const fs::path& path, int system_error, std::string_view doing) {
  return error_of(path, {system_error, std::system_category()}, doing);
}

Result<std::string> read_file(const fs::path& path, std::uint64_t limit_bytes) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    if (!error) error = std::make_error_code(std::errc::no_such_file_or_directory);
    return fail(error_of(path, error, "reading"));
  }
  if (fs::is_directory(status)) {
    return fail(ErrorCode::Unsupported, "expected a file and found a folder; name a file in it",
                path_to_utf8(path));
  }
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fail(error_of(path, last_errno(), "reading"));

  // The size that the file system tells is only a hint: it is 0 for pipes and files of /proc.
  std::string content;
  if (const std::uintmax_t hint = fs::file_size(path, error); !error && hint <= limit_bytes) {
    content.reserve(static_cast<std::size_t>(hint));
  }
  std::string block(std::size_t{1} << 16, '\0');
  for (;;) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto got = static_cast<std::size_t>(stream.gcount());
    if (content.size() + got > limit_bytes) {
      return fail(ErrorCode::Limit,
                  fmt::format("the file is larger than the {} bytes that are read here; check that "
                              "it is the file you mean",
                              limit_bytes),
                  path_to_utf8(path));
    }
    content.append(block, 0, got);
    if (stream.eof()) return content;
    if (!stream) return fail(error_of(path, last_errno(), "reading"));
  }
}

Result<void> write_file(const fs::path& path, Bytes content) {
  std::error_code error;
  // A link keeps pointing where it pointed: the file behind it is replaced.
  fs::path target = path;
  if (fs::is_symlink(path, error)) {
    const fs::path resolved = fs::weakly_canonical(path, error);
    if (!error) target = resolved;
  }
  const fs::file_status status = fs::status(target, error);
  if (fs::is_directory(status)) {
    return fail(ErrorCode::Invalid,
                "expected a name for a file and found a folder; add a file name",
                path_to_utf8(path));
  }
  // Devices and pipes (/dev/stdout) are written to; renaming over one would remove it.
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_stream(target, content);

  if (const fs::path folder = target.parent_path();
      !folder.empty() && !fs::is_directory(folder, error)) {
    return fail(ErrorCode::NotFound, "the folder of this file does not exist; make it first",
                path_to_utf8(path));
  }
  const fs::path temporary = temporary_beside(target);
  if (auto written = write_stream(temporary, content); !written) {
    fs::remove(temporary, error);
    // The user knows the target's name, not the temporary one.
    Error told = std::move(written).error();
    told.where = path_to_utf8(path);
    return fail(std::move(told));
  }
  fs::rename(temporary, target, error);
  if (error) {
    const Error told = error_of(path, error, "writing");
    fs::remove(temporary, error);
    return fail(told);
  }
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view content) {
  return write_file(path, as_bytes(content));
}

}  // namespace dropscope
