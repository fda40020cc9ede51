#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/spool_file.h"
#include "base/windows_api.h"

namespace dropscope {
namespace {

/// One read from the pipe; larger ones bring nothing.
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

bool valid(HANDLE handle) {
  return handle != nullptr && reinterpret_cast<std::intptr_t>(handle) != -1;
}

Error system_error(const std::filesystem::path& path, DWORD number, std::string_view doing) {
  return io_error(path, static_cast<int>(number), doing);
}

bool write_all(HANDLE file, const std::byte* data, DWORD size) {
  while (size > 0) {
    DWORD written = 0;
    if (::WriteFile(file, data, size, &written, nullptr) == 0) return false;
    data += written;
    size -= written;
  }
  return true;
}

}  // namespace

Result<MappedFile> map_standard_input() {
  const std::string name(kStandardInputName);
  const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
  if (!valid(input)) {
    return fail(ErrorCode::Io, "standard input is closed; pipe a log into it, or name a file",
                name);
  }
  DWORD mode = 0;
  if (::GetConsoleMode(input, &mode) != 0) {
    return fail(ErrorCode::Invalid,
                "standard input is a console, where no log comes from; redirect one in cmd, as in: "
                "dropscope … < Application.evtx, or name a file",
                name);
  }
  LARGE_INTEGER start{};
  LARGE_INTEGER position{};
  if (::GetFileType(input) == FILE_TYPE_DISK &&
      ::SetFilePointerEx(input, start, &position, FILE_CURRENT) != 0 && position.QuadPart == 0) {
    return MappedFile::from_open_file(reinterpret_cast<std::intptr_t>(input), name,
                                      MappedFile::Keep::No);
  }
  // GetTempPathW and GetTempFileNameW want room for MAX_PATH characters and a NUL.
  std::array<wchar_t, MAX_PATH + 1> folder{};
  std::array<wchar_t, MAX_PATH + 1> file{};
  if (::GetTempPathW(static_cast<DWORD>(folder.size()), folder.data()) == 0 ||
      ::GetTempFileNameW(folder.data(), L"dsc", 0, file.data()) == 0) {
    return fail(system_error(folder.data(), ::GetLastError(), "keeping a copy of standard input"));
  }
  const HANDLE spool =
      ::CreateFileW(file.data(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_DELETE, nullptr,
                    CREATE_ALWAYS, FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  if (!valid(spool)) {
    return fail(system_error(file.data(), ::GetLastError(), "keeping a copy of standard input"));
  }
  std::vector<std::byte> block(kBlockBytes);
  for (;;) {
    DWORD got = 0;
    const bool read =
        ::ReadFile(input, block.data(), static_cast<DWORD>(block.size()), &got, nullptr) != 0;
    // The end of a pipe is an error with this number; that of a file is a read of nothing. A write
    // of nothing into a pipe is a read of nothing too, and no end.
    if (!read && ::GetLastError() == ERROR_BROKEN_PIPE) break;
    if (read && got == 0 && ::GetFileType(input) != FILE_TYPE_PIPE) break;
    if (read && write_all(spool, block.data(), got)) continue;
    const DWORD number = ::GetLastError();
    ::CloseHandle(spool);
    return fail(read ? system_error(file.data(), number, "keeping a copy of standard input")
                     : system_error(path_from_utf8(name), number, "reading"));
  }
  return MappedFile::from_open_file(reinterpret_cast<std::intptr_t>(spool), name,
                                    MappedFile::Keep::Yes);
}

}  // namespace dropscope
