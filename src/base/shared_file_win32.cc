#include <algorithm>

#include "base/files.h"
#include "base/shared_file.h"
#include "base/windows_api.h"

namespace dropscope {
namespace {

Error last_error(const std::filesystem::path& path, std::string_view doing) {
  return io_error(path, static_cast<int>(::GetLastError()), doing);
}

}  // namespace

Result<SharedFile> SharedFile::open(const std::filesystem::path& path) {
  // A folder is told apart first: CreateFileW refuses it with "access denied", which misleads.
  const DWORD attributes = ::GetFileAttributesW(path.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
    return fail(ErrorCode::Unsupported, "expected a file and found a folder; name a log file",
                path_to_utf8(path));
  }
  const HANDLE file = ::CreateFileW(path.c_str(), GENERIC_READ,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  const auto number = reinterpret_cast<std::intptr_t>(file);
  if (number == -1) return fail(last_error(path, "opening"));
  SharedFile opened;
  opened.file_ = number;
  opened.path_ = path;
  if (::GetFileType(file) != FILE_TYPE_DISK) {
    return fail(ErrorCode::Unsupported,
                "expected a file and found a device or pipe; name a log file", path_to_utf8(path));
  }
  BY_HANDLE_FILE_INFORMATION info{};
  if (::GetFileInformationByHandle(file, &info) == 0) return fail(last_error(path, "opening"));
  opened.identity_ = {info.dwVolumeSerialNumber,
                      (std::uint64_t{info.nFileIndexHigh} << 32) | info.nFileIndexLow};
  return opened;
}

SharedFile::~SharedFile() {
  if (file_ != -1) ::CloseHandle(reinterpret_cast<HANDLE>(file_));
}

Result<SharedFile::State> SharedFile::state() const {
  FILE_STANDARD_INFO info{};
  if (::GetFileInformationByHandleEx(reinterpret_cast<HANDLE>(file_), FileStandardInfo, &info,
                                     sizeof(info)) == 0) {
    return fail(last_error(path_, "reading"));
  }
  return State{static_cast<std::uint64_t>(info.EndOfFile.QuadPart),
               info.DeletePending != 0 || info.NumberOfLinks == 0};
}

Result<std::size_t> SharedFile::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t at = offset + done;
    OVERLAPPED place{};
    place.Offset = static_cast<DWORD>(at & 0xffffffffu);
    place.OffsetHigh = static_cast<DWORD>(at >> 32);
    const auto wanted = static_cast<DWORD>(std::min<std::size_t>(out.size() - done, 1u << 20));
    DWORD got = 0;
    if (::ReadFile(reinterpret_cast<HANDLE>(file_), out.data() + done, wanted, &got, &place) == 0) {
      if (::GetLastError() == ERROR_HANDLE_EOF) break;
      return fail(last_error(path_, "reading"));
    }
    if (got == 0) break;
    done += got;
  }
  return done;
}

}  // namespace dropscope
