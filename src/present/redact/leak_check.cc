#include "present/redact/leak_check.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf16.h"
#include "formats/archive/archive.h"
#include "present/redact/words.h"

namespace dropscope::redact {
namespace {

/// A single letter stands alone everywhere, and tells nobody's name.
constexpr std::size_t kLeastBytes = 2;

/// In bytes that are no text, such as a packed picture, shorter names stand by chance.
constexpr std::size_t kLeastInBytes = 4;

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// Whether the byte before `at` is the last of a letter or digit. A byte beyond ASCII is one only
/// as a part of UTF-8: behind the bytes of a picture a name stands alone.
bool letter_ends_at(std::string_view text, std::size_t at) {
  if (at == 0 || !is_name_byte(text[at - 1])) return false;
  if (is_ascii(text[at - 1])) return true;
  for (std::size_t size = 2; size <= 4 && size <= at; ++size) {
    if (is_utf8(text.substr(at - size, size))) return true;
  }
  return false;
}

bool letter_begins_at(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_name_byte(text[at])) return false;
  if (is_ascii(text[at])) return true;
  for (std::size_t size = 2; size <= 4 && size <= text.size() - at; ++size) {
    if (is_utf8(text.substr(at, size))) return true;
  }
  return false;
}

/// References of XML and HTML and \u of JSON to characters, as the characters.
std::string references_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hex = text.substr(i, 3) == "&#x" || text.substr(i, 3) == "&#X";
    const bool decimal = !hex && text.substr(i, 2) == "&#";
    const bool json = text.substr(i, 2) == "\\u";
    if (!hex && !decimal && !json) {
      out += text[i];
      continue;
    }
    std::size_t at = i + (hex ? 3U : 2U);
    const std::size_t begin = at;
    char32_t code = 0;
    const std::size_t most = json ? 4 : 7;
    while (at < text.size() && at - begin < most) {
      const char c = to_lower_ascii(text.substr(at, 1))[0];
      const bool digit = c >= '0' && c <= '9';
      if (!digit && (decimal || c < 'a' || c > 'f')) break;
      code = code * (decimal ? 10U : 16U) + static_cast<char32_t>(digit ? c - '0' : c - 'a' + 10);
      ++at;
    }
    const bool ends = json ? at - begin == most : at < text.size() && text[at] == ';';
    if (at == begin || !ends) {
      out += text[i];
      continue;
    }
    append_code_point(out, code);
    i = json ? at - 1 : at;
  }
  return out;
}

}  // namespace

LeakCheck::LeakCheck(const std::vector<std::string>& originals) {
  for (const std::string& original : originals) {
    const std::string folded = fold_case(original);
    if (folded.size() < kLeastBytes) continue;
    long_.add(folded);
    if (folded.size() >= kLongBytes) continue;
    short_begins_.add(folded);
    short_.insert(folded);
  }
}

std::string LeakCheck::find(std::string_view utf8, std::size_t& offset, std::size_t least) const {
  const std::string text = fold_case(utf8);
  std::string window;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    if (const std::string_view name = long_.at(text, at); !name.empty()) {
      offset = at;
      return std::string(name);
    }
    if (!short_begins_.any_at(text, at) || letter_ends_at(text, at)) continue;
    for (std::size_t size = least; size < kLongBytes && at + size <= text.size(); ++size) {
      if (letter_begins_at(text, at + size)) continue;
      window.assign(text, at, size);
      if (short_.count(window) == 0) continue;
      offset = at;
      return window;
    }
  }
  return {};
}

void LeakCheck::search_bytes(const std::string& member, std::string_view content,
                             std::vector<Leak>& leaks) const {
  const auto look = [&](std::string_view text, std::string_view form) {
    std::size_t offset = 0;
    const std::size_t least = is_utf8(text) ? kLeastBytes : kLeastInBytes;
    if (std::string found = find(text, offset, least); !found.empty()) {
      leaks.push_back({member, std::move(found), std::string(form), offset});
      return true;
    }
    return false;
  };
  if (look(content, "text")) return;
  for (const std::size_t shift : {std::size_t{0}, std::size_t{1}}) {
    if (content.size() <= shift) continue;
    std::string wide;
    append_utf8(wide, Utf16View(as_bytes(content.substr(shift))));
    if (look(wide, "UTF-16")) return;
  }
  if (content.find('%') != std::string_view::npos) {
    const std::string once = percent_decoded(content);
    if (look(once, "percent-encoded")) return;
    if (look(percent_decoded(once), "percent-encoded twice")) return;
  }
  if (content.find("&#") != std::string_view::npos ||
      content.find("\\u") != std::string_view::npos) {
    look(references_decoded(content), "references to characters");
  }
}

Result<std::vector<Leak>> LeakCheck::search(Bytes zip, std::size_t most) const {
  std::vector<Leak> leaks;
  std::string broken;
  const auto members =
      archive::for_each_member(zip, archive::Limits{}, [&](archive::Member&& member) {
        if (!member.problem.empty()) {
          broken = fmt::format("{}: {}", member.name, member.problem);
          return;
        }
        std::size_t offset = 0;
        if (std::string found = find(percent_decoded(member.name), offset); !found.empty()) {
          leaks.push_back({member.name, std::move(found), "name of the member", offset});
        }
        search_bytes(member.name, member.content, leaks);
      });
  if (!members) return fail(members.error());
  if (!broken.empty()) {
    return fail(ErrorCode::Corrupt, "the package could not be searched: " + broken);
  }
  if (leaks.size() > most) leaks.resize(most);
  return leaks;
}

}  // namespace dropscope::redact
