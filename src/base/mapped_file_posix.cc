#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/files.h"
#include "base/mapped_file.h"

namespace dropscope {
namespace {

/// Closes the descriptor when opening is over; the mapping does not need it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe nobody writes to would wait for ever. It changes nothing for files.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  // A socket cannot be opened at all, and says ENXIO.
  if (file.number() < 0 && errno != ENXIO) return fail(io_error(path, errno, "opening"));
  struct stat status {};
  if (file.number() >= 0 && ::fstat(file.number(), &status) != 0) {
    return fail(io_error(path, errno, "opening"));
  }
  if (file.number() >= 0 && S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::Unsupported, "expected a file and found a folder; name a file in it",
                path_to_utf8(path));
  }
  if (file.number() < 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::Unsupported,
                "expected a file and found a device, pipe or socket; save its content to a file "
                "first and name that",
                path_to_utf8(path));
  }
  MappedFile mapped;
  if (status.st_size == 0) return mapped;
  if (static_cast<std::uint64_t>(status.st_size) > std::numeric_limits<std::size_t>::max()) {
    return fail(ErrorCode::Limit, "the file is larger than this program's address space",
                path_to_utf8(path));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (address == MAP_FAILED) return fail(io_error(path, errno, "mapping into memory"));
  mapped.data_ = static_cast<const std::byte*>(address);
  mapped.size_ = size;
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      handle_(std::exchange(other.handle_, nullptr)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  MappedFile old(std::move(other));
  std::swap(data_, old.data_);
  std::swap(size_, old.size_);
  std::swap(handle_, old.handle_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::release_pages() const {
  // A hint: when it fails, nothing is lost but memory.
  if (data_ != nullptr) ::madvise(const_cast<std::byte*>(data_), size_, MADV_DONTNEED);
}

}  // namespace dropscope
