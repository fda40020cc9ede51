// Maps on Windows, and the handler for pages that the system cannot supply.
//
// Windows raises EXCEPTION_IN_PAGE_ERROR in the thread that touches such a page. A file cannot be
// shortened here while it is mapped, so this means a share or a stick that is gone, or a bad disk.
// Part of a view cannot be replaced. So the handler gives up the whole view and reserves its
// addresses again; from then on every page is zeros, committed when it is touched (a copy of the
// file's size would need as much memory as the file is long). Another thread that reads the same
// map while this happens runs into an access violation, which the handler turns into waiting or
// into a committed page.
//
// Rejected: __try around every reader (not a part of C++, and not in GCC), and copying files from
// shares to a local disk first, which every run would pay for.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "base/files.h"
#include "base/mapped_file.h"
#include "base/mapped_file_table.h"
#include "base/windows_api.h"

namespace dropscope {
namespace {

/// Slot::state of a view.
constexpr std::uint32_t kMapped = 0;
constexpr std::uint32_t kReplacing = 1;
constexpr std::uint32_t kReplaced = 2;
constexpr std::uint32_t kLost = 3;  ///< Somebody else got the addresses.

/// Committed at once: the granularity in which Windows hands out addresses (dwAllocationGranularity
/// of every Windows), which every view begins at.
constexpr std::uintptr_t kCommitBytes = 64u << 10;

bool commit_block(const MapTable::Slot& slot, std::uintptr_t address) noexcept {
  const std::uintptr_t block = address & ~(kCommitBytes - 1);
  const std::uintptr_t length = std::min<std::uintptr_t>(kCommitBytes, slot.end - block);
  return ::VirtualAlloc(reinterpret_cast<void*>(block), length, MEM_COMMIT, PAGE_READONLY) !=
         nullptr;
}

bool replace_view(MapTable::Slot& slot) noexcept {
  std::uint32_t mapped = kMapped;
  if (slot.state.compare_exchange_strong(mapped, kReplacing)) {
    const std::uintptr_t begin = slot.begin;
    void* const view = reinterpret_cast<void*>(begin);
    const bool done = ::UnmapViewOfFile(view) != 0 &&
                      ::VirtualAlloc(view, slot.end - begin, MEM_RESERVE, PAGE_READONLY) != nullptr;
    slot.state = done ? kReplaced : kLost;
  }
  while (slot.state == kReplacing) ::SwitchToThread();
  return slot.state == kReplaced;
}

LONG CALLBACK on_exception(EXCEPTION_POINTERS* pointers) {
  const EXCEPTION_RECORD& record = *pointers->ExceptionRecord;
  const bool in_page = record.ExceptionCode == static_cast<DWORD>(EXCEPTION_IN_PAGE_ERROR);
  const bool violation = record.ExceptionCode == static_cast<DWORD>(EXCEPTION_ACCESS_VIOLATION);
  // The first word says whether it was a read (0), the second where.
  if ((!in_page && !violation) || record.NumberParameters < 2 ||
      record.ExceptionInformation[0] != 0) {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  const auto address = static_cast<std::uintptr_t>(record.ExceptionInformation[1]);
  MapTable& table = map_table();
  const int number = table.find(address);
  if (number == MapTable::kNone) return EXCEPTION_CONTINUE_SEARCH;
  MapTable::Slot& slot = table.at(number);
  // A violation in a sound view is a mistake of the reader.
  if (violation && slot.state == kMapped) return EXCEPTION_CONTINUE_SEARCH;
  if (in_page) table.note_fault(number, address & ~std::uintptr_t{4095});
  if (!replace_view(slot) || !commit_block(slot, address)) return EXCEPTION_CONTINUE_SEARCH;
  return EXCEPTION_CONTINUE_EXECUTION;
}

bool install_handler() noexcept {
  static const bool installed = ::AddVectoredExceptionHandler(1, on_exception) != nullptr;
  return installed;
}

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

Error last_error(const std::filesystem::path& path, std::string_view doing) {
  return io_error(path, static_cast<int>(::GetLastError()), doing);
}

/// The file as a copy in memory, where the table of maps is full. Null when that fails.
void* read_into_memory(HANDLE file, std::size_t size) {
  LARGE_INTEGER start{};
  if (::SetFilePointerEx(file, start, nullptr, FILE_BEGIN) == 0) return nullptr;
  void* const memory = ::VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  std::size_t done = 0;
  while (memory != nullptr && done < size) {
    const auto wanted = static_cast<DWORD>(std::min<std::size_t>(size - done, 1u << 20));
    DWORD got = 0;
    const BOOL fine =
        ::ReadFile(file, static_cast<std::byte*>(memory) + done, wanted, &got, nullptr);
    if (fine == 0 || got == 0) {
      const DWORD error = fine == 0 ? ::GetLastError() : ERROR_HANDLE_EOF;
      ::VirtualFree(memory, 0, MEM_RELEASE);
      ::SetLastError(error);
      return nullptr;
    }
    done += got;
  }
  return memory;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, Keep keep) {
  // A folder is told apart first: CreateFileW refuses it with "access denied", which misleads.
  const DWORD attributes = ::GetFileAttributesW(path.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
    return fail(ErrorCode::Unsupported, "expected a file and found a folder; name a file in it",
                path_to_utf8(path));
  }
  // All sharing is allowed, because the event log service keeps its live files open for writing.
  // Logs are read from front to end.
  Handle file(::CreateFileW(
      path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
      OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL | FILE_FLAG_SEQUENTIAL_SCAN, nullptr));
  if (!file.valid()) return fail(last_error(path, "opening"));
  const HANDLE handle = keep == Keep::Yes ? file.release() : file.get();
  return from_open_file(reinterpret_cast<std::intptr_t>(handle), path_to_utf8(path), keep);
}

Result<MappedFile> MappedFile::from_open_file(std::intptr_t native, std::string name, Keep keep) {
  const auto file = reinterpret_cast<HANDLE>(native);
  Handle kept(keep == Keep::Yes ? file : nullptr);
  const std::filesystem::path path = path_from_utf8(name);
  if (::GetFileType(file) != FILE_TYPE_DISK) {
    return fail(ErrorCode::Unsupported,
                "expected a file and found a device or pipe; save its content to a file first and "
                "name that",
                std::move(name));
  }
  LARGE_INTEGER size{};
  if (::GetFileSizeEx(file, &size) == 0) return fail(last_error(path, "opening"));
  MappedFile mapped;
  mapped.name_ = std::move(name);
  if (size.QuadPart == 0) return mapped;
  if (static_cast<std::uint64_t>(size.QuadPart) > std::numeric_limits<std::size_t>::max()) {
    return fail(ErrorCode::Limit, "the file is larger than this program's address space",
                std::move(mapped.name_));
  }
  const auto bytes = static_cast<std::size_t>(size.QuadPart);
  const void* address = nullptr;
  if (install_handler()) {
    Handle made(::CreateFileMappingW(file, nullptr, PAGE_READONLY, 0, 0, nullptr));
    if (!made.valid()) return fail(last_error(path, "mapping into memory"));
    address = ::MapViewOfFile(made.get(), FILE_MAP_READ, 0, 0, 0);
    if (address == nullptr) return fail(last_error(path, "mapping into memory"));
    mapped.slot_ = map_table().add(address, bytes);
    if (mapped.slot_ != MapTable::kNone) {
      mapped.mapping_ = made.release();
    } else {
      ::UnmapViewOfFile(address);
      address = nullptr;
    }
  }
  if (address == nullptr) address = read_into_memory(file, bytes);
  if (address == nullptr) return fail(last_error(path, "reading into memory"));
  mapped.data_ = static_cast<const std::byte*>(address);
  mapped.size_ = bytes;
  if (kept.valid()) mapped.file_ = reinterpret_cast<std::intptr_t>(kept.release());
  return mapped;
}

void MappedFile::close() noexcept {
  if (data_ != nullptr) {
    const bool mapped = slot_ != MapTable::kNone && map_table().at(slot_).state == kMapped;
    // Out of the table first: afterwards the addresses may be given to somebody else.
    if (slot_ != MapTable::kNone) map_table().remove(slot_);
    if (mapped) {
      ::UnmapViewOfFile(data_);
    } else {
      ::VirtualFree(const_cast<std::byte*>(data_), 0, MEM_RELEASE);
    }
  }
  if (mapping_ != nullptr) ::CloseHandle(mapping_);
  if (file_ != -1) ::CloseHandle(reinterpret_cast<HANDLE>(file_));
}

void MappedFile::read(std::size_t offset, std::span<std::byte> to) const {
  if (!to.empty()) std::memcpy(to.data(), data_ + offset, to.size());
}

void MappedFile::release_pages() const {
  // Windows drops clean pages of a mapped file by itself when memory is short. Its calls for giving
  // pages back (OfferVirtualMemory, DiscardVirtualMemory) take private memory only.
}

}  // namespace dropscope
