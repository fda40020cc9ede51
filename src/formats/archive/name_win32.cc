#include <archive_entry.h>

#include "base/bytes.h"
#include "base/utf16.h"
#include "formats/archive/name.h"

namespace dropscope::archive {

// On Windows libarchive keeps names as UTF-16 and goes through the code page only when asked for
// bytes, so there is nothing to pin.
Utf8Names::Utf8Names() = default;
Utf8Names::~Utf8Names() = default;

std::string stored_name(::archive_entry* entry) {
  const wchar_t* wide = archive_entry_pathname_w(entry);
  if (wide == nullptr) {
    const char* name = archive_entry_pathname(entry);
    return name == nullptr ? std::string() : std::string(name);
  }
  std::string out;
  for (; *wide != L'\0'; ++wide) {
    const auto unit = static_cast<char16_t>(*wide);
    const auto next = static_cast<char16_t>(wide[1]);
    if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      append_code_point(out, 0x10000u + ((unit - 0xd800u) << 10) + (next - 0xdc00u));
      ++wide;
    } else {
      append_code_point(out, unit);
    }
  }
  return out;
}

}  // namespace dropscope::archive
