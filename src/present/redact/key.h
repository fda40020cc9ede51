#pragma once

// Tokens that stand for names. A token is made of a secret and the name alone (HMAC-SHA-256, RFC
// 2104), not of the order in which names are met: the same key gives the same token in this week's
// package and in the next one. The secret and the table of what was replaced are the key; it stays
// with the sender.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace dropscope::redact {

enum class Kind : std::uint8_t { User, Host, Domain, Address, Hardware, Sid };
[[nodiscard]] std::string_view to_string(Kind kind);  ///< "user", "host" …

/// HMAC-SHA-256 of the text, 64 hex digits.
[[nodiscard]] std::string keyed_hash(std::string_view secret, std::string_view text);

class Key {
 public:
  /// `secret`: any bytes that the receiver cannot know.
  explicit Key(std::string secret) : secret_(std::move(secret)) {}

  [[nodiscard]] const std::string& secret() const { return secret_; }
  /// What was replaced: kind and original in lower case, and what stands for it.
  using Table = std::map<std::pair<Kind, std::string>, std::string>;
  [[nodiscard]] const Table& table() const { return table_; }

  /// "user-k7f3q2ma", "host-…", "dom-….example" (RFC 2606 keeps .example free). Case does not
  /// matter. Of two names that would get one token, the later one gets a longer token.
  const std::string& token(Kind kind, std::string_view name);
  /// Notes what something that has no token of its own, such as an address, became.
  void note(Kind kind, std::string_view original, std::string_view replaced);

 private:
  std::string secret_;
  Table table_;
  std::map<std::string, std::string> owners_;  // Token and whose it is.
};

/// As a file: JSON, docs/schemas/redaction-key.schema.json.
[[nodiscard]] std::string write_key(const Key& key);
/// The secret and table of such a file. Errors: Corrupt.
[[nodiscard]] Result<Key> read_key(std::string_view json);

}  // namespace dropscope::redact
