#pragma once

// Small text helpers that several floors need.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equals_nocase_ascii(std::string_view a, std::string_view b);
[[nodiscard]] bool ends_with_nocase_ascii(std::string_view text, std::string_view suffix);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// Whole text as a decimal number; nothing on anything else or overflow.
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);
/// Optimal-string-alignment distance, for "did you mean".
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// "1 loss", "2 losses": number and noun; `plural` when the noun does not just take an s.
[[nodiscard]] std::string count_of(std::uint64_t n, std::string_view singular,
                                   std::string_view plural = {});
/// Text made safe for one line of a terminal: control characters shown as \xNN.
[[nodiscard]] std::string printable(std::string_view utf8);

}  // namespace dropscope
