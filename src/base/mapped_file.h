#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope {

/// A file mapped for reading. Views into it are valid as long as the object lives. Move-only.
/// A file of size 0 gives an empty view.
///
/// A map is a promise of the system that it cannot always keep: somebody shortens the file, the
/// network share goes away, the disk has a bad sector. Reading such a page would stop the program.
/// Here it reads as zeros, the map remembers where that began, and fault() tells it. So whoever has
/// read a map asks for its fault afterwards, and reports what was read as damaged if there is one.
///
/// For that, the first open() installs a handler for the whole process: for SIGBUS on POSIX,
/// which passes on what is not about a map of ours to the handler that was there before; a vectored
/// exception handler on Windows. A program that installs its own SIGBUS handler later has to pass
/// on in the same way.
class MappedFile {
 public:
  enum class Keep : std::uint8_t { No, Yes };

  /// With `keep` the file stays open as long as the map, which makes read() fast.
  /// Errors: NotFound, Denied, Io (with the system's words), Unsupported for a folder or device.
  static Result<MappedFile> open(const std::filesystem::path& path, Keep keep = Keep::No);

  /// Maps what is open as a descriptor (POSIX) or a handle (Windows), from its beginning. With
  /// `keep` the map takes it over and closes it at its end, also on failure; without, it stays the
  /// caller's. `name` is for messages. Errors as open().
  static Result<MappedFile> from_open_file(std::intptr_t native, std::string name, Keep keep);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] Bytes bytes() const { return {data_, size_}; }

  /// What the system could not supply when it was read, if anything: Io, with path and offset. The
  /// bytes from there on were zeros, in whole or in part.
  [[nodiscard]] std::optional<Error> fault() const;
  /// Where that began.
  [[nodiscard]] std::optional<std::uint64_t> fault_offset() const;

  /// Copies what stands from `offset` on; offset + to.size() is at most that of bytes(). Where
  /// nothing is read twice and the file was kept open, it is faster than touching the map's pages.
  /// A fault is noted as if the map had been read.
  void read(std::size_t offset, std::span<std::byte> to) const;

  /// Tells the system that the pages are no longer needed; they are read again when touched. Keeps
  /// the resident memory of a run over many files small.
  void release_pages() const;

 private:
  void close() noexcept;

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::string name_;
  int slot_ = -1;            // In the table of maps; -1: the bytes are a copy in memory.
  void* mapping_ = nullptr;  // Windows: the mapping object.
  std::intptr_t file_ = -1;  // Kept open with Keep::Yes, else -1.
};

}  // namespace dropscope
