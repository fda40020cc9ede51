#include "formats/registry/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf16.h"

namespace dropscope::registry {
namespace {

/// The units before the first NUL, from unit `from` on.
Utf16View until_nul(Utf16View text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && text[end] != 0) ++end;
  return text.substr(from, end - from);
}

}  // namespace

std::string text_of(Bytes utf16) {
  return to_utf8(until_nul(Utf16View(utf16), 0));
}

std::vector<std::string> texts_of(Bytes utf16) {
  std::vector<std::string> out;
  const Utf16View text(utf16);
  for (std::size_t at = 0; at < text.size();) {
    const Utf16View one = until_nul(text, at);
    if (one.empty()) break;  // An empty text ends the list.
    out.push_back(to_utf8(one));
    at += one.size() + 1;
  }
  return out;
}

std::optional<std::uint64_t> number_of(Type type, Bytes data) {
  const bool four = data.size() == 4;
  const bool eight = data.size() == 8;
  switch (type) {
    case Type::Number:
    case Type::Number64:
    case Type::Binary:
      if (four) return load_le<std::uint32_t>(data.data());
      if (eight) return load_le<std::uint64_t>(data.data());
      return std::nullopt;
    case Type::NumberBigEndian: {
      if (!four) return std::nullopt;
      std::uint64_t out = 0;
      for (const std::byte b : data) out = out << 8 | std::to_integer<std::uint64_t>(b);
      return out;
    }
    default:
      return std::nullopt;
  }
}

std::string name_of(Type type) {
  // winnt.h; the names of the Windows SDK, which regedit shows.
  constexpr std::string_view kNames[] = {"REG_NONE",
                                         "REG_SZ",
                                         "REG_EXPAND_SZ",
                                         "REG_BINARY",
                                         "REG_DWORD",
                                         "REG_DWORD_BIG_ENDIAN",
                                         "REG_LINK",
                                         "REG_MULTI_SZ",
                                         "REG_RESOURCE_LIST",
                                         "REG_FULL_RESOURCE_DESCRIPTOR",
                                         "REG_RESOURCE_REQUIREMENTS_LIST",
                                         "REG_QWORD"};
  const auto number = static_cast<std::uint32_t>(type);
  if (number < std::size(kNames)) return std::string(kNames[number]);
  return fmt::format("REG type {}", number);
}

}  // namespace dropscope::registry
