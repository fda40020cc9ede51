// Maps on POSIX, and the handler for pages that the system cannot supply.
//
// The kernel sends SIGBUS to the thread that touches such a page. The handler puts a page of zeros
// in its place and lets the instruction run again. POSIX does not list mmap() among the functions
// that are safe in a handler, because it does not have to be a bare system call. On Linux (glibc,
// musl), the BSDs and macOS it is one: it takes no lock of the C library and keeps no state there,
// and a SIGBUS of this kind comes from our own reads only, never from inside the C library's
// allocator. The alternative, siglongjmp() out of the reader, would leave its objects in pieces.
//
// Rejected: read() instead of maps, which copies every byte and cannot be shared by threads
// without more memory; and locking the file, which the event log service would be hurt by.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "base/files.h"
#include "base/mapped_file.h"
#include "base/mapped_file_table.h"

namespace dropscope {
namespace {

/// The first fault of a map replaces this much, one chunk of a log; each further one 16 times what
/// the one before did. A bad sector then costs little of the file, and a share that answers only
/// after a minute is waited for some five times, not once for each page.
constexpr std::uint64_t kFirstReplaced = 64u << 10;
constexpr unsigned kGrowthBits = 4;

std::uintptr_t page_bytes = 4096;  // Set before the handler is installed.
struct sigaction previous_handler {};

bool replace_pages(std::uintptr_t address) noexcept {
  MapTable& table = map_table();
  const int number = table.find(address);
  if (number == MapTable::kNone) return false;
  MapTable::Slot& slot = table.at(number);
  const unsigned earlier = slot.state.fetch_add(1);
  const std::uintptr_t page = address & ~(page_bytes - 1);
  const std::uintptr_t end = (slot.end + page_bytes - 1) & ~(page_bytes - 1);
  // Six steps reach beyond any file.
  const std::uint64_t wanted = kFirstReplaced << (kGrowthBits * std::min(earlier, 6u));
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, end - page));
  table.note_fault(number, std::max<std::uintptr_t>(page, slot.begin));
  // The address comes from the system as a number. NOLINTNEXTLINE(performance-no-int-to-ptr)
  return ::mmap(reinterpret_cast<void*>(page), length, PROT_READ,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
}

void pass_on(int signal, siginfo_t* info, void* context) noexcept {
  if ((previous_handler.sa_flags & SA_SIGINFO) != 0) {
    previous_handler.sa_sigaction(signal, info, context);
  } else if (previous_handler.sa_handler != SIG_DFL && previous_handler.sa_handler != SIG_IGN) {
    previous_handler.sa_handler(signal);
  } else {
    // Blocked while we are in here, so it arrives on return and ends the program as it would have.
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(signal, &standard, nullptr);
    ::raise(signal);
  }
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
  const int saved = errno;
  // A code above 0 comes from the kernel; kill() and its like have none (POSIX, sigaction).
  const bool ours =
      info->si_code > 0 && replace_pages(reinterpret_cast<std::uintptr_t>(info->si_addr));
  errno = saved;
  if (!ours) pass_on(signal, info, context);
}

bool install_handler() noexcept {
  static const bool installed = [] {
    if (const long bytes = ::sysconf(_SC_PAGESIZE); bytes > 0) {
      page_bytes = static_cast<std::uintptr_t>(bytes);
    }
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    return ::sigaction(SIGBUS, &action, &previous_handler) == 0;
  }();
  return installed;
}

/// Closes the descriptor unless it is given away.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

/// Holes of a sparse file are looked at once per chunk. Reading ahead there would fill memory with
/// zeros: for 4.3 GiB of hole 8 seconds where the machine has to provide that memory first and 0.4
/// where it has, against 0.26 (Linux 6.18, 2 cores, 2026-11).
void advise_holes(int file, Bytes map) {
#if defined(SEEK_HOLE) && defined(SEEK_DATA)
  // Below it reading ahead costs nothing; a file of many holes keeps most of its advice as it is.
  constexpr std::size_t kLargeHole = 1u << 20;
  constexpr int kHoles = 64;
  const auto page_up = [](std::size_t at) { return (at + page_bytes - 1) & ~(page_bytes - 1); };
  off_t data = 0;
  for (int i = 0; i < kHoles; ++i) {
    const off_t hole = ::lseek(file, data, SEEK_HOLE);
    if (hole < 0 || static_cast<std::size_t>(hole) >= map.size()) return;
    data = ::lseek(file, hole, SEEK_DATA);
    // No more data: the hole reaches to the end.
    const std::size_t end =
        data < 0 ? map.size() : std::min(map.size(), static_cast<std::size_t>(data));
    const std::size_t begin = page_up(static_cast<std::size_t>(hole));
    if (end > begin && end - begin >= kLargeHole) {
      auto* const address = const_cast<std::byte*>(map.data()) + begin;
      ::posix_madvise(address, end - begin, POSIX_MADV_RANDOM);
    }
    if (data < 0) return;
  }
#else
  static_cast<void>(file);
  static_cast<void>(map);
#endif
}

/// The file as a copy in memory: where the table of maps is full, and on file systems that have no
/// maps. Null with errno set when that fails.
void* read_into_memory(int file, std::size_t size) {
  void* const memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(file, static_cast<std::byte*>(memory) + done, size - done,
                                static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      const int error = got < 0 ? errno : EIO;
      ::munmap(memory, size);
      errno = error;
      return nullptr;
    }
    done += static_cast<std::size_t>(got);
  }
  return memory;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, Keep keep) {
  // O_NONBLOCK: opening a pipe nobody writes to would wait for ever. It changes nothing for files.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  // A socket cannot be opened at all, and says ENXIO.
  if (file.number() < 0 && errno != ENXIO) return fail(io_error(path, errno, "opening"));
  if (file.number() < 0) {
    return fail(ErrorCode::Unsupported,
                "expected a file and found a socket; save its content to a file first and name "
                "that",
                path_to_utf8(path));
  }
  const int number = keep == Keep::Yes ? file.release() : file.number();
  auto mapped = from_open_file(number, path_to_utf8(path), keep);
  if (mapped) advise_holes(number, mapped->bytes());
  return mapped;
}

Result<MappedFile> MappedFile::from_open_file(std::intptr_t native, std::string name, Keep keep) {
  const int file = static_cast<int>(native);
  Descriptor kept(keep == Keep::Yes ? file : -1);
  const std::filesystem::path path = path_from_utf8(name);
  struct stat status {};
  if (::fstat(file, &status) != 0) return fail(io_error(path, errno, "opening"));
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::Unsupported, "expected a file and found a folder; name a file in it",
                std::move(name));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::Unsupported,
                "expected a file and found a device, pipe or socket; save its content to a file "
                "first and name that",
                std::move(name));
  }
  MappedFile mapped;
  mapped.name_ = std::move(name);
  if (status.st_size == 0) return mapped;
  if (static_cast<std::uint64_t>(status.st_size) > std::numeric_limits<std::size_t>::max()) {
    return fail(ErrorCode::Limit, "the file is larger than this program's address space",
                std::move(mapped.name_));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = MAP_FAILED;
  if (install_handler()) {
    address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    // ENODEV: this file system has no maps.
    if (address == MAP_FAILED && errno != ENODEV) {
      return fail(io_error(path, errno, "mapping into memory"));
    }
  }
  if (address != MAP_FAILED) {
    mapped.slot_ = map_table().add(address, size);
    if (mapped.slot_ == MapTable::kNone) {
      ::munmap(address, size);
      address = MAP_FAILED;
    }
  }
  // Logs are read from front to end.
  if (address != MAP_FAILED) ::posix_madvise(address, size, POSIX_MADV_SEQUENTIAL);
  if (address == MAP_FAILED) {
    address = read_into_memory(file, size);
    if (address == nullptr) return fail(io_error(path, errno, "reading into memory"));
  }
  mapped.data_ = static_cast<const std::byte*>(address);
  mapped.size_ = size;
  mapped.file_ = kept.release();
  return mapped;
}

void MappedFile::close() noexcept {
  if (data_ != nullptr) {
    // Out of the table first: behind munmap() the addresses may be given to somebody else.
    if (slot_ != MapTable::kNone) map_table().remove(slot_);
    ::munmap(const_cast<std::byte*>(data_), size_);
  }
  if (file_ >= 0) ::close(static_cast<int>(file_));
}

void MappedFile::read(std::size_t offset, std::span<std::byte> to) const {
  std::size_t done = 0;
  while (file_ >= 0 && slot_ != MapTable::kNone && done < to.size()) {
    const ssize_t got = ::pread(static_cast<int>(file_), to.data() + done, to.size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  // What the system does not give here it does not give the map either, which notes the fault.
  if (done < to.size()) std::memcpy(to.data() + done, data_ + offset + done, to.size() - done);
}

void MappedFile::release_pages() const {
  // A hint: when it fails, nothing is lost but memory. A copy in memory has nothing to be read
  // again from; zeros that stand for lost pages come back as zeros.
  if (slot_ != MapTable::kNone) {
    ::madvise(const_cast<std::byte*>(data_), size_, MADV_DONTNEED);
  }
}

}  // namespace dropscope
