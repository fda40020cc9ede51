#include "present/redact/key.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/sha256.h"
#include "base/utf16.h"

namespace dropscope::redact {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "dropscope.redaction-key/1";
/// Base32 (RFC 4648, section 6), 5 bits a letter.
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
/// Of 5 bits: 40 bits, so that two of 20,000 names meet with a probability of 2 in 10,000.
constexpr std::size_t kTokenLetters = 8;
/// Block of SHA-256 (FIPS 180-4, section 5.2.1); HMAC pads its key to it.
constexpr std::size_t kBlockBytes = 64;
constexpr std::array<Kind, 6> kKinds = {Kind::User,    Kind::Host,     Kind::Domain,
                                        Kind::Address, Kind::Hardware, Kind::Sid};

unsigned digit_of(char hex) {
  return static_cast<unsigned>(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

std::string bytes_of_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(digit_of(hex[i]) << 4U | digit_of(hex[i + 1]));
  }
  return out;
}

/// `count` letters of the hash's bits, 5 a letter.
std::string letters_of(std::string_view hex, std::size_t count) {
  std::string out;
  unsigned bits = 0;
  unsigned have = 0;
  for (const char c : hex) {
    bits = bits << 4U | digit_of(c);
    have += 4;
    if (have < 5) continue;
    have -= 5;
    out += kLetters[bits >> have & 31U];
    bits &= (1U << have) - 1;
    if (out.size() == count) break;
  }
  return out;
}

std::string_view prefix_of(Kind kind) {
  return kind == Kind::Domain ? "dom" : to_string(kind);
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::User:
      return "user";
    case Kind::Host:
      return "host";
    case Kind::Domain:
      return "domain";
    case Kind::Address:
      return "address";
    case Kind::Hardware:
      return "hardware";
    case Kind::Sid:
      break;
  }
  return "sid";
}

std::string keyed_hash(std::string_view secret, std::string_view text) {
  std::string block(secret);
  if (block.size() > kBlockBytes) block = bytes_of_hex(sha256_hex(as_bytes(block)));
  block.resize(kBlockBytes, '\0');
  std::string inner = block;
  std::string outer = block;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  inner += text;
  outer += bytes_of_hex(sha256_hex(as_bytes(inner)));
  return sha256_hex(as_bytes(outer));
}

const std::string& Key::token(Kind kind, std::string_view name) {
  std::string folded = fold_case(name);
  const auto known = table_.find({kind, folded});
  if (known != table_.end()) return known->second;
  const std::string hash = keyed_hash(secret_, fmt::format("{}:{}", to_string(kind), folded));
  std::string token;
  for (std::size_t letters = kTokenLetters;; ++letters) {
    token = fmt::format("{}-{}{}", prefix_of(kind), letters_of(hash, letters),
                        kind == Kind::Domain ? ".example" : "");
    const auto [owner, free] = owners_.emplace(token, folded);
    if (free || owner->second == folded) break;
  }
  return table_.emplace(std::pair{kind, std::move(folded)}, std::move(token)).first->second;
}

void Key::note(Kind kind, std::string_view original, std::string_view replaced) {
  table_.try_emplace({kind, fold_case(original)}, replaced);
}

std::string write_key(const Key& key) {
  Json json;
  json["schema"] = kSchema;
  json["secret"] = key.secret();
  json["tokens"] = Json::array();
  for (const auto& [name, token] : key.table()) {
    json["tokens"].push_back({{"kind", std::string(to_string(name.first))},
                              {"original", name.second},
                              {"token", token}});
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Key> read_key(std::string_view text) {
  const auto broken = [] {
    return fail(ErrorCode::Corrupt,
                fmt::format("is no key of a redaction: expected JSON with \"schema\": \"{}\", a "
                            "\"secret\" and \"tokens\"; name another file for a new key",
                            kSchema));
  };
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("schema", Json()) != kSchema) return broken();
  const Json secret = json.value("secret", Json());
  const Json tokens = json.value("tokens", Json());
  if (!secret.is_string() || secret.get_ref<const std::string&>().empty() || !tokens.is_array()) {
    return broken();
  }
  Key key(secret.get<std::string>());
  for (const Json& each : tokens) {
    if (!each.is_object()) return broken();
    const Json kind = each.value("kind", Json());
    const Json original = each.value("original", Json());
    const Json token = each.value("token", Json());
    if (!kind.is_string() || !original.is_string() || !token.is_string()) return broken();
    for (const Kind known : kKinds) {
      if (kind == to_string(known)) {
        key.note(known, original.get_ref<const std::string&>(),
                 token.get_ref<const std::string&>());
      }
    }
  }
  return key;
}

}  // namespace dropscope::redact
