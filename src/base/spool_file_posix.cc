#include "base/spool_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"

namespace dropscope {
namespace {

/// One read from the pipe. A pipe of Linux holds 64 KiB by default and 1 MiB at most (pipe(7)).
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

std::filesystem::path spool_folder() {
  const char* chosen = std::getenv("TMPDIR");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return ::access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

/// A new file without a name; -1 with errno set when there is none to be had.
int open_nameless(const std::filesystem::path& folder) {
#ifdef O_TMPFILE
  // Not every file system has it.
  if (const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); file >= 0) {
    return file;
  }
#endif
  std::string name = (folder / "dropscope-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file >= 0) ::unlink(name.c_str());
  return file;
}

Error spool_error(const std::filesystem::path& folder, int system_error) {
  Error error = io_error(folder, system_error, "keeping a copy of standard input");
  error.message += "; the variable TMPDIR names another folder";
  return error;
}

bool write_all(int file, const std::byte* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

Result<MappedFile> map_standard_input() {
  const std::string name(kStandardInputName);
  struct stat status {};
  if (::fstat(STDIN_FILENO, &status) != 0) {
    return fail(ErrorCode::Io, "standard input is closed; pipe a log into it, or name a file",
                name);
  }
  if (::isatty(STDIN_FILENO) == 1) {
    return fail(ErrorCode::Invalid,
                "standard input is a terminal, where no log comes from; pipe one into it, as in: "
                "ssh PC cat Application.evtx | dropscope …, or name a file",
                name);
  }
  if (S_ISREG(status.st_mode) && ::lseek(STDIN_FILENO, 0, SEEK_CUR) == 0) {
    return MappedFile::from_open_file(STDIN_FILENO, name, MappedFile::Keep::No);
  }
  const std::filesystem::path folder = spool_folder();
  const int spool = open_nameless(folder);
  if (spool < 0) return fail(spool_error(folder, errno));
  std::vector<std::byte> block(kBlockBytes);
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    const bool read = got > 0;
    if (read && write_all(spool, block.data(), static_cast<std::size_t>(got))) continue;
    const int system_error = errno;
    ::close(spool);
    return fail(read ? spool_error(folder, system_error)
                     : io_error(path_from_utf8(name), system_error, "reading"));
  }
  return MappedFile::from_open_file(spool, name, MappedFile::Keep::Yes);
}

}  // namespace dropscope
