// What the maps of both systems share: moving, and the words for a fault.

#include "base/mapped_file.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/mapped_file_table.h"

namespace dropscope {

MapTable& map_table() noexcept {
  // Never destroyed, as a fault may come while the program ends. Constant-initialised, so that a
  // handler cannot meet it half made.
  static constinit MapTable table;
  return table;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      name_(std::move(other.name_)),
      slot_(std::exchange(other.slot_, MapTable::kNone)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      file_(std::exchange(other.file_, -1)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  MappedFile old(std::move(other));
  std::swap(data_, old.data_);
  std::swap(size_, old.size_);
  std::swap(name_, old.name_);
  std::swap(slot_, old.slot_);
  std::swap(mapping_, old.mapping_);
  std::swap(file_, old.file_);
  return *this;
}

MappedFile::~MappedFile() {
  close();
}

std::optional<std::uint64_t> MappedFile::fault_offset() const {
  if (slot_ == MapTable::kNone) return std::nullopt;
  const std::uint64_t fault = map_table().at(slot_).fault;
  if (fault == 0) return std::nullopt;
  return fault - 1;
}

std::optional<Error> MappedFile::fault() const {
  const auto found = fault_offset();
  if (!found) return std::nullopt;
  const std::uint64_t offset = *found;
  Error error{ErrorCode::Io, {}, fmt::format("{} @ {:#x}", name_, offset)};
  std::error_code unknown;
  const std::uint64_t now = std::filesystem::file_size(path_from_utf8(name_), unknown);
  if (!unknown && now < size_) {
    error.message = fmt::format(
        "the file became shorter while it was read: it had {} bytes and now has {}; copy the log "
        "and read the copy",
        size_, now);
  } else {
    error.message = fmt::format(
        "the file could not be read from offset {:#x} on: its disk or network share failed, or the "
        "file was cut meanwhile; copy the log and read the copy",
        offset);
  }
  return error;
}

}  // namespace dropscope
