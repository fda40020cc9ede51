#include "base/shared_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"

namespace dropscope {

Result<SharedFile> SharedFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe nobody writes to would wait for ever. It changes nothing for files.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return fail(io_error(path, errno, "opening"));
  SharedFile opened;
  opened.file_ = file;
  opened.path_ = path;
  struct stat status {};
  if (::fstat(file, &status) != 0) return fail(io_error(path, errno, "opening"));
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::Unsupported,
                "expected a file and found a folder, device or pipe; name a log file",
                path_to_utf8(path));
  }
  opened.identity_ = {static_cast<std::uint64_t>(status.st_dev),
                      static_cast<std::uint64_t>(status.st_ino)};
  return opened;
}

SharedFile::~SharedFile() {
  if (file_ >= 0) ::close(static_cast<int>(file_));
}

Result<SharedFile::State> SharedFile::state() const {
  struct stat status {};
  if (::fstat(static_cast<int>(file_), &status) != 0) {
    return fail(io_error(path_, errno, "reading"));
  }
  return State{static_cast<std::uint64_t>(status.st_size), status.st_nlink == 0};
}

Result<std::size_t> SharedFile::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(static_cast<int>(file_), out.data() + done, out.size() - done,
                                static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(io_error(path_, errno, "reading"));
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace dropscope
