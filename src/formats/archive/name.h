#pragma once

// Names of archive members, which libarchive converts through the program's locale. That would make
// names depend on the user's settings, so the conversion is pinned per system (name_posix.cc,
// name_win32.cc) and the rest, which is the same everywhere, happens in label().

#include <string>
#include <string_view>

struct archive_entry;

namespace dropscope::archive {

/// While it lives, libarchive's calls on this thread convert names to UTF-8.
class Utf8Names {
 public:
  Utf8Names();
  ~Utf8Names();
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  void* previous_ = nullptr;
};

/// The name as stored: UTF-8 where the archive says so, otherwise the bytes as they are.
[[nodiscard]] std::string stored_name(::archive_entry* entry);

/// Whether a stored name has a component ".." and so leads out of where it is unpacked.
[[nodiscard]] bool leads_out(std::string_view stored);

/// A stored name as it is shown: '\' becomes '/', roots, drive letters and "." go away, ".."
/// becomes
/// "__", control characters and bytes that are not UTF-8 become \xNN.
[[nodiscard]] std::string label(std::string_view stored);

}  // namespace dropscope::archive
