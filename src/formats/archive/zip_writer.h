#pragma once

// Writes .zip files that are the same bytes for the same members: nothing of the machine, the user
// or the moment goes in. The layout is that of PKWARE's APPNOTE 6.3.3, without ZIP64; FORMAT.md has
// the fields.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace dropscope::archive {

class ZipWriter {
 public:
  /// `stamp` becomes the time of every member, in UTC and at even seconds; a date that DOS cannot
  /// write (before 1980, after 2107) becomes the nearest that it can.
  explicit ZipWriter(Instant stamp);

  /// Appends a member, packed where that makes it smaller. `name` is UTF-8, relative, with '/'.
  /// Errors: Invalid for a name that leads out of an archive, is empty or too long (65,535 bytes);
  /// Limit when the archive would need ZIP64 (4 GiB, 65,535 members).
  [[nodiscard]] Result<void> add(std::string_view name, Bytes content);

  /// The whole archive; the writer is empty afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc = 0;
    std::uint32_t packed_bytes = 0;
    std::uint32_t bytes = 0;
    std::uint32_t offset = 0;
    bool deflated = false;
  };
  void append_common(std::string& out, const Entry& entry) const;

  std::uint16_t dos_time_ = 0;
  std::uint16_t dos_date_ = 0;
  std::string out_;
  std::vector<Entry> entries_;
};

}  // namespace dropscope::archive
