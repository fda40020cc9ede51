#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope {

/// A file mapped for reading. Views into it are valid as long as the object lives. Move-only.
/// A file of size 0 gives an empty view. The file must not be shortened while it is mapped: the
/// system then stops the reader (SIGBUS on POSIX).
class MappedFile {
 public:
  /// Errors: NotFound, Denied, Io (with the system's words), Unsupported for a folder or device.
  static Result<MappedFile> open(const std::filesystem::path& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] Bytes bytes() const { return {data_, size_}; }

  /// Tells the system that the pages are no longer needed; they are read again when touched. Keeps
  /// the resident memory of a run over many files small.
  void release_pages() const;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  void* handle_ = nullptr;  // Windows: the mapping object.
};

}  // namespace dropscope
