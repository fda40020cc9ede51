#pragma once

// Looks for what must not be there: a second look, by other means than those that replaced it.

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "present/redact/long_names.h"

namespace dropscope::redact {

struct Leak {
  std::string member;    ///< Of the archive.
  std::string original;  ///< In lower case.
  std::string form;      ///< "text", "UTF-16", "percent-encoded", "name of the member".
  std::uint64_t offset = 0;
};

class LeakCheck {
 public:
  /// Names of eight bytes and more are found anywhere, shorter ones where no letter or digit stands
  /// before or behind them: "anna" is not in "Susanna". Of one byte they are not looked for. Case
  /// does not matter.
  explicit LeakCheck(const std::vector<std::string>& originals);

  /// Every member of the archive, unpacked, and its name: as UTF-8, as UTF-16LE at even and odd
  /// offsets, and with percent-encoding and references of XML taken away. At most `most` leaks.
  /// Errors: as archive::for_each_member(); Corrupt if a member cannot be unpacked whole.
  [[nodiscard]] Result<std::vector<Leak>> search(Bytes zip, std::size_t most = 20) const;

  /// The first original of `least` bytes and more in one text; nothing found: empty.
  [[nodiscard]] std::string find(std::string_view utf8, std::size_t& offset,
                                 std::size_t least = 1) const;

 private:
  void search_bytes(const std::string& member, std::string_view content,
                    std::vector<Leak>& leaks) const;

  LongNames long_;
  Beginnings short_begins_;
  std::unordered_set<std::string> short_;
};

}  // namespace dropscope::redact
