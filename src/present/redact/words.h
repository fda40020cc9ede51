#pragma once

// Pieces of text that redaction and its check look at alike.

#include <cstddef>
#include <string>
#include <string_view>

namespace dropscope::redact {

/// Letters and digits of ASCII, and every byte beyond: what a name goes on with.
[[nodiscard]] constexpr bool is_name_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// %xx taken away, once; other bytes stay.
[[nodiscard]] std::string percent_decoded(std::string_view text);
/// Everything but the characters that URLs leave alone (RFC 3986, section 2.3) as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// What data/redaction.toml leaves as it is.
[[nodiscard]] bool is_ordinary(std::string_view folded_word);
/// Whether the host or domain is one of those, or below one.
[[nodiscard]] bool is_public(std::string_view folded_host);

}  // namespace dropscope::redact
