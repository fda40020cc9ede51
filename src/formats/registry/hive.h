#pragma once

// Hives: the files in which Windows NT keeps its registry (NTUSER.DAT, SOFTWARE, SYSTEM …).
//
// This reader is our own because the program has to read hives on Linux and on Windows alike, and
// hives from computers in trouble are often dirty or damaged: libhivex is not available for MinGW,
// wants a whole file under a name, refuses damaged hives as a whole and does not apply transaction
// logs. The tests hold this reader against hivex on sound hives. FORMAT.md describes the bytes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "formats/registry/registry.h"

namespace dropscope::registry {

inline constexpr std::string_view kHiveMagic = "regf";
/// Registry files of Windows 95, 98 and Me, which are built differently.
inline constexpr std::string_view kWindows9xMagic = "CREG";
/// The base block; cells are addressed from its end.
inline constexpr std::size_t kBaseBlockBytes = 4096;

struct HiveHeader {
  std::uint32_t primary_sequence = 0;
  std::uint32_t secondary_sequence = 0;
  Instant written{};
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t type = 0;  ///< 0 a hive; 1, 2 and 6 its transaction logs.
  std::uint32_t root_cell = 0;
  std::uint32_t data_bytes = 0;
  std::string name;  ///< End of the path it had, as "\Users\anna\ntuser.dat".
  bool checksum_good = false;

  /// Everything that was to be written into the hive is in it.
  [[nodiscard]] bool clean() const {
    return checksum_good && primary_sequence == secondary_sequence;
  }
};

/// Reads the fields of a base block; Corrupt when there is none or it is cut.
[[nodiscard]] Result<HiveHeader> read_hive_header(Bytes bytes);

/// The checksum that belongs to a base block, of which 512 bytes must be there.
[[nodiscard]] std::uint32_t base_block_checksum(Bytes bytes);

/// What kind of hive it is, by the keys below its root.
enum class HiveKind : std::uint8_t {
  Unknown,
  User,      ///< NTUSER.DAT, DEFAULT: below HKEY_CURRENT_USER.
  Software,  ///< Below HKEY_LOCAL_MACHINE\SOFTWARE.
  System,    ///< Below HKEY_LOCAL_MACHINE\SYSTEM.
};

/// A hive in memory. The bytes must outlive it.
class Hive {
 public:
  /// Errors: Corrupt (no hive, or none of whose root can be read), Unsupported (Windows 9x, a
  /// transaction log).
  static Result<Hive> open(Bytes bytes);

  [[nodiscard]] const HiveHeader& header() const { return header_; }
  [[nodiscard]] HiveKind kind() const;
  /// Names of the keys below the root, in the order of the hive.
  [[nodiscard]] const std::vector<std::string>& root_keys() const { return root_keys_; }

  /// Hands everything below the root to `visitor`, the root's own values first; a key's values come
  /// before the keys below it. `root` is how the root is called: "HKEY_CURRENT_USER". The root
  /// itself is not counted. Constant time for each byte of the hive, whatever is in it.
  Counts walk(std::string_view root, Visitor& visitor) const;

 private:
  Hive(Bytes bytes, HiveHeader header) : bytes_(bytes), header_(std::move(header)) {}

  Bytes bytes_;
  HiveHeader header_;
  std::vector<std::string> root_keys_;
};

}  // namespace dropscope::registry
