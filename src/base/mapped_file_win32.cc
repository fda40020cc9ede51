#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <cstdint>
#include <limits>
#include <utility>

#include "base/files.h"
#include "base/mapped_file.h"

namespace dropscope {
namespace {

/// Closes a handle of the system when opening is over.
class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (valid()) ::CloseHandle(handle_);
  }
  // INVALID_HANDLE_VALUE is a cast of -1, spelled here so that no old-style cast is needed.
  [[nodiscard]] bool valid() const {
    return handle_ != nullptr && reinterpret_cast<std::intptr_t>(handle_) != -1;
  }
  [[nodiscard]] HANDLE get() const { return handle_; }
  [[nodiscard]] HANDLE release() { return std::exchange(handle_, nullptr); }

 private:
  HANDLE handle_;
};

tl::unexpected<Error> last_error(const std::filesystem::path& path, std::string_view doing) {
  return fail(io_error(path, static_cast<int>(::GetLastError()), doing));
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  // A folder is told apart first: CreateFileW refuses it with "access denied", which misleads.
  const DWORD attributes = ::GetFileAttributesW(path.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
    return fail(ErrorCode::Unsupported, "expected a file and found a folder; name a file in it",
                path_to_utf8(path));
  }
  // All sharing is allowed, because the event log service keeps its live files open for writing.
  Handle file(::CreateFileW(path.c_str(), GENERIC_READ,
                            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                            OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file.valid()) return last_error(path, "opening");
  if (::GetFileType(file.get()) != FILE_TYPE_DISK) {
    return fail(ErrorCode::Unsupported,
                "expected a file and found a device or pipe; save its content to a file first and "
                "name that",
                path_to_utf8(path));
  }
  LARGE_INTEGER size{};
  if (::GetFileSizeEx(file.get(), &size) == 0) return last_error(path, "opening");
  MappedFile mapped;
  if (size.QuadPart == 0) return mapped;
  if (static_cast<std::uint64_t>(size.QuadPart) > std::numeric_limits<std::size_t>::max()) {
    return fail(ErrorCode::Limit, "the file is larger than this program's address space",
                path_to_utf8(path));
  }
  Handle mapping(::CreateFileMappingW(file.get(), nullptr, PAGE_READONLY, 0, 0, nullptr));
  if (!mapping.valid()) return last_error(path, "mapping into memory");
  const void* const address = ::MapViewOfFile(mapping.get(), FILE_MAP_READ, 0, 0, 0);
  if (address == nullptr) return last_error(path, "mapping into memory");
  mapped.data_ = static_cast<const std::byte*>(address);
  mapped.size_ = static_cast<std::size_t>(size.QuadPart);
  mapped.handle_ = mapping.release();
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
  if (data_ != nullptr) ::UnmapViewOfFile(data_);
  if (handle_ != nullptr) ::CloseHandle(handle_);
}

void MappedFile::release_pages() const {
  // Windows drops clean pages of a mapped file by itself when memory is short. Its calls for giving
  // pages back (OfferVirtualMemory, DiscardVirtualMemory) take private memory only.
}

}  // namespace dropscope
