#pragma once

// A file that somebody else is writing, read in pieces.
//
// A map of such a file would show bytes that change between two looks; read() gives a copy. All
// sharing is allowed while it is open, so that the writer may grow, rename or delete the file, and
// what was opened stays readable after that.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace dropscope {

class SharedFile {
 public:
  /// Errors as MappedFile::open.
  [[nodiscard]] static Result<SharedFile> open(const std::filesystem::path& path);

  SharedFile(SharedFile&& other) noexcept;
  SharedFile& operator=(SharedFile&& other) noexcept;
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile();

  /// Which file it is, whatever its name: two objects are of one file if these are equal.
  struct Identity {
    std::uint64_t volume = 0;
    std::uint64_t number = 0;
    bool operator==(const Identity&) const = default;
  };
  [[nodiscard]] const Identity& identity() const { return identity_; }

  /// What is true of it now.
  struct State {
    std::uint64_t bytes = 0;
    bool deleted = false;  ///< No name leads to it any more.
  };
  [[nodiscard]] Result<State> state() const;

  /// Copies bytes from `offset` on; returns how many, fewer than asked for at the end of the file.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  SharedFile() = default;

  std::intptr_t file_ = -1;
  Identity identity_;
  std::filesystem::path path_;
};

}  // namespace dropscope
