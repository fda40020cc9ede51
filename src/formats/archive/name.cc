#include "formats/archive/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/utf16.h"

namespace dropscope::archive {
namespace {

/// Length of the UTF-8 sequence that the byte starts; 0 when no sequence starts with it.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

void append_shown(std::string& out, std::string_view part) {
  for (std::size_t i = 0; i < part.size();) {
    const auto byte = static_cast<unsigned char>(part[i]);
    const std::size_t length = sequence_length(byte);
    // U+0080 to U+009F (C2 80 to C2 9F) are control characters too; terminals act on some of them.
    const bool control =
        byte < 0x20 || byte == 0x7f ||
        (byte == 0xc2 && i + 1 < part.size() && static_cast<unsigned char>(part[i + 1]) < 0xa0);
    if (control || length == 0 || i + length > part.size() || !is_utf8(part.substr(i, length))) {
      out += fmt::format("\\x{:02x}", byte);
      ++i;
    } else {
      out += part.substr(i, length);
      i += length;
    }
  }
}

}  // namespace

bool leads_out(std::string_view stored) {
  while (!stored.empty()) {
    const std::size_t end = std::min(stored.find_first_of("/\\"), stored.size());
    if (stored.substr(0, end) == "..") return true;
    stored.remove_prefix(std::min(end + 1, stored.size()));
  }
  return false;
}

std::string label(std::string_view stored) {
  if (stored.size() >= 2 && stored[1] == ':') stored.remove_prefix(2);
  std::string out;
  while (!stored.empty()) {
    const std::size_t end = std::min(stored.find_first_of("/\\"), stored.size());
    std::string_view part = stored.substr(0, end);
    stored.remove_prefix(std::min(end + 1, stored.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") part = "__";
    if (!out.empty()) out += '/';
    append_shown(out, part);
  }
  return out;
}

}  // namespace dropscope::archive
