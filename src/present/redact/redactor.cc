// A text is cut into runs of bytes that names, hosts and addresses of mail are made of; what stands
// between runs is copied. Of a run the whole is tried first (an address of mail, a host below a
// known domain, a name), then its pieces between dots, dashes and underscores, the longest first.
// Last, long names are looked for anywhere, also inside of words and across runs.

#include "present/redact/redactor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "base/utf16.h"
#include "present/redact/words.h"

namespace dropscope::redact {
namespace {

/// How often a text is taken as encoded inside of itself; URLs in URLs are encoded twice.
constexpr int kMostDepth = 3;
/// Pieces of a run that one name may have: "a.b.c-d_e" has five.
constexpr std::size_t kMostPieces = 12;

bool is_run_byte(char c) {
  constexpr std::string_view kOthers = "._-%$@'+";
  return is_name_byte(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool name_byte_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_name_byte(text[at]);
}

std::optional<std::uint32_t> number_of(std::string_view digits) {
  const auto value = parse_int(digits);
  if (!value || *value < 0 || *value > 0xffffffffLL) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

/// 32 bits of a hash, from its `part`-th eight digits.
std::uint32_t bits_of(std::string_view hash, std::size_t part) {
  std::uint32_t value = 0;
  for (const char c : hash.substr(8 * part, 8)) {
    value = value << 4U | static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return value;
}

/// Where in `text` each byte of its lower case stands, and the end; empty where all stand at the
/// same place. A letter may have another size in the other case.
std::vector<std::size_t> places_of(std::string_view text, std::string_view folded) {
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  // What is no UTF-8 is not folded.
  if (text == folded || std::all_of(text.begin(), text.end(), ascii)) return {};
  std::vector<std::size_t> out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = 1;
    while (at + size < text.size() &&
           (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80) {
      ++size;
    }
    out.resize(out.size() + fold_case(text.substr(at, size)).size(), at);
    at += size;
  }
  out.push_back(text.size());
  return out;
}

/// Whether the text ends with the folder that profiles are in, as in C:\Users\.
bool ends_in_profiles(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && (text[end - 1] == '\\' || text[end - 1] == '/')) --end;
  constexpr std::string_view kFolder = "users";
  if (end == text.size() || end < kFolder.size() + 1) return false;
  const char before = text[end - kFolder.size() - 1];
  return (before == '\\' || before == '/') &&
         equals_nocase_ascii(text.substr(end - kFolder.size(), kFolder.size()), kFolder);
}

}  // namespace

Redactor::Redactor(const Names& names, Key& key)
    : names_(names), key_(key), addresses_(key.secret()) {
  for (const auto& [word, kind] : names.words()) long_.add(word);
  for (const auto& [first, phrase] : names.phrases()) long_.add(phrase);
  for (const std::string& domain : names.domains()) long_.add(domain);
}

IpAddress Redactor::address(const IpAddress& address) {
  const std::string original = address.to_string();
  const auto known = networks_.find(original);
  if (known != networks_.end()) return IpAddress::parse(known->second).value_or(address);
  const IpAddress mapped = addresses_.map(address);
  if (mapped != address) key_.note(Kind::Address, original, mapped.to_string());
  networks_.emplace(original, mapped.to_string());
  return mapped;
}

/// An address of a network with what stands behind a slash.
Redactor::Match Redactor::number_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  int colons = 0;
  int dots = 0;
  while (end < text.size() && (is_hex(text[end]) || text[end] == ':' || text[end] == '.')) {
    colons += text[end] == ':' ? 1 : 0;
    dots += text[end] == '.' ? 1 : 0;
    ++end;
  }
  if (colons < 2) {
    // IPv4, perhaps with a port behind it.
    end = at;
    dots = 0;
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) {
      if (text[end] == '.' && (++dots > 3 || !(end + 1 < text.size() && is_digit(text[end + 1])))) {
        break;
      }
      ++end;
    }
    if (name_byte_at(text, end)) return {};
    if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) return {};
  } else {
    while (end > at && (text[end - 1] == '.' || (text[end - 1] == ':' && text[end - 2] != ':'))) {
      --end;
    }
    if (name_byte_at(text, end)) return {};
  }
  const auto original = IpAddress::parse(text.substr(at, end - at));
  if (!original || original->is_unspecified()) return {};
  std::size_t digits = end;
  if (digits < text.size() && text[digits] == '/') {
    ++digits;
    while (digits < text.size() && is_digit(text[digits]) && digits - end <= 3) ++digits;
  }
  const auto bits = digits > end + 1 ? number_of(text.substr(end + 1, digits - end - 1))
                                     : std::optional<std::uint32_t>();
  if (bits && *bits <= static_cast<std::uint32_t>(original->bits()) && *bits > 0 &&
      !name_byte_at(text, digits)) {
    // "10.1.2.0/24" stays a network; "10.1.2.7/24" is a host with the length of its network.
    const bool is_network = addresses_.map_network(*original, 0) == *original && [&] {
      const auto& bytes = original->bytes();
      for (int bit = static_cast<int>(*bits); bit < original->bits(); ++bit) {
        const auto b = static_cast<std::size_t>(bit);
        if (((bytes[b / 8] >> (7 - b % 8)) & 1) != 0) return false;
      }
      return true;
    }();
    if (is_network) {
      const IpAddress mapped = addresses_.map_network(*original, static_cast<int>(*bits));
      if (mapped != *original) {
        key_.note(Kind::Address, fmt::format("{}/{}", original->to_string(), *bits),
                  fmt::format("{}/{}", mapped.to_string(), *bits));
      }
      return {end - at, mapped.to_string()};
    }
  }
  return {end - at, address(*original).to_string()};
}

/// A security identifier of a domain or of a tenant; those of Windows itself are everybody's.
Redactor::Match Redactor::sid_at(std::string_view text, std::size_t at) {
  constexpr std::string_view kDomain = "S-1-5-21-";
  constexpr std::string_view kTenant = "S-1-12-1-";
  const std::string_view start = text.substr(at, kDomain.size());
  if (!equals_nocase_ascii(start, kDomain) && !equals_nocase_ascii(start, kTenant)) return {};
  std::vector<std::uint32_t> parts;
  std::size_t end = at + kDomain.size();
  for (;;) {
    const std::size_t begin = end;
    while (end < text.size() && is_digit(text[end])) ++end;
    const auto part = number_of(text.substr(begin, end - begin));
    if (!part || end == begin) return {};
    parts.push_back(*part);
    if (end + 1 >= text.size() || text[end] != '-' || !is_digit(text[end + 1])) break;
    ++end;
  }
  if (parts.size() < 3 || name_byte_at(text, end)) return {};
  std::string domain;
  const std::size_t whole = equals_nocase_ascii(start, kTenant) ? parts.size() : 3;
  for (std::size_t i = 0; i < std::min(whole, parts.size()); ++i) {
    domain += fmt::format("-{}", parts[i]);
  }
  const std::string hash = keyed_hash(key_.secret(), "sid:" + domain);
  std::string out(start);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::uint32_t part = parts[i];
    // Numbers of accounts below 1000 are those of Windows ("Well-known SIDs").
    constexpr std::uint32_t kFirstOwn = 1000;
    if (i < whole) {
      part = bits_of(hash, i % 8);
    } else if (part >= kFirstOwn) {
      const std::string own = keyed_hash(key_.secret(), fmt::format("rid:{}-{}", domain, parts[i]));
      part = kFirstOwn + bits_of(own, 0) / 2;
    }
    out += fmt::format("{}{}", i == 0 ? "" : "-", part);
  }
  key_.note(Kind::Sid, text.substr(at, end - at), out);
  return {end - at, out};
}

/// 00-15-5d-01-02-03 and 00:15:5D:01:02:03.
Redactor::Match Redactor::hardware_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kSize = 17;
  if (text.size() - at < kSize || name_byte_at(text, at + kSize)) return {};
  const char separator = text[at + 2];
  if (separator != '-' && separator != ':') return {};
  std::string plain;
  for (std::size_t i = 0; i < kSize; ++i) {
    const char c = text[at + i];
    if (i % 3 == 2) {
      if (c != separator) return {};
    } else if (is_hex(c)) {
      plain += c;
    } else {
      return {};
    }
  }
  if (text.substr(at + kSize, 1) == text.substr(at + 2, 1)) return {};  // Goes on.
  plain = to_lower_ascii(plain);
  if (plain == "000000000000" || plain == "ffffffffffff") return {};
  std::string mapped = addresses_.map_hardware(plain, separator);
  key_.note(Kind::Hardware, text.substr(at, kSize), mapped);
  return {kSize, std::move(mapped)};
}

Redactor::Match Redactor::phrase_at(std::string_view text, std::size_t at, std::string_view run) {
  if (names_.phrases().empty()) return {};
  const auto [begin, end] = names_.phrases().equal_range(fold_case(run));
  for (auto each = begin; each != end; ++each) {
    const std::string_view here = text.substr(at, each->second.size());
    if (fold_case(here) == each->second && !name_byte_at(text, at + here.size())) {
      return {here.size(), key_.token(Kind::User, each->second)};
    }
  }
  return {};
}

/// Where the known domain that `folded` ends with begins.
bool Redactor::domain_of(std::string_view folded, std::size_t& begin) const {
  for (begin = 0;;) {
    if (names_.domains().find(folded.substr(begin)) != names_.domains().end()) return true;
    const std::size_t dot = folded.find('.', begin);
    if (dot == std::string_view::npos) return false;
    begin = dot + 1;
  }
}

/// A host below a known domain, or the domain; ordinary labels ("mail") stay.
bool Redactor::host(std::string& out, std::string_view name) {
  const std::string folded = fold_case(name);
  std::size_t begin = 0;
  if (folded.size() != name.size() || !domain_of(folded, begin)) return false;
  if (begin > 0) {
    for (const std::string_view label : split(std::string_view(folded).substr(0, begin - 1), '.')) {
      if (is_ordinary(label)) {
        out += label;
      } else {
        pieces(out, label);
      }
      out += '.';
    }
  }
  out += key_.token(Kind::Domain, folded.substr(begin));
  return true;
}

/// Names and numbers inside of a run, at the borders that dots, dashes and the like make.
void Redactor::pieces(std::string& out, std::string_view run) {
  for (std::size_t at = 0; at < run.size();) {
    if (!is_name_byte(run[at])) {
      out += run[at++];
      continue;
    }
    Match match = sid_at(run, at);
    if (match.size == 0) match = hardware_at(run, at);
    if (match.size == 0) match = number_at(run, at);
    if (match.size > 0) {
      out += match.text;
      at += match.size;
    } else {
      at = word(out, run, at);
    }
  }
}

/// As pieces(), of names alone: a number that was mapped is not mapped once more.
void Redactor::words(std::string& out, std::string_view run) {
  for (std::size_t at = 0; at < run.size();) {
    if (is_name_byte(run[at])) {
      at = word(out, run, at);
    } else {
      out += run[at++];
    }
  }
}

/// The longest name that begins at `at`, or what stands there up to the next border. Where it ends.
std::size_t Redactor::word(std::string& out, std::string_view run, std::size_t at) {
  std::array<std::size_t, kMostPieces> ends;
  std::size_t count = 0;
  for (std::size_t end = at + 1; end <= run.size() && count < kMostPieces; ++end) {
    if (is_name_byte(run[end - 1]) && !name_byte_at(run, end)) ends[count++] = end;
  }
  for (std::size_t each = count; each-- > 0;) {
    const std::string_view piece = run.substr(at, ends[each] - at);
    const auto known = names_.words().find(fold_case(piece));
    if (known != names_.words().end()) {
      out += key_.token(known->second, known->first);
      return ends[each];
    }
    if (piece.size() < run.size() && piece.find('.') != std::string_view::npos &&
        host(out, piece)) {
      return ends[each];
    }
  }
  out += run.substr(at, ends[0] - at);
  return ends[0];
}

void Redactor::run(std::string& out, std::string_view run, bool is_user, int depth) {
  if (run.find('%') != std::string_view::npos && depth < kMostDepth) {
    const std::string decoded = percent_decoded(run);
    if (decoded != run) {
      const std::string redacted = walk(decoded, depth + 1);
      // "anna%C3%A9" is another name than "anna", yet who reads it as it stands sees that one.
      words(out, redacted == decoded ? std::string(run) : percent_encoded(redacted));
      return;
    }
  }
  if (is_user) {
    std::size_t size = run.size();
    while (size > 0 && (run[size - 1] == '.' || run[size - 1] == '\'')) --size;
    const std::string folded = fold_case(run.substr(0, size));
    if (size > 0 && !is_ordinary(folded)) {
      out += key_.token(Kind::User, folded);
      out += run.substr(size);
      return;
    }
  }
  const std::size_t at = run.find('@');
  if (at != std::string_view::npos && at > 0 && run.find('@', at + 1) == std::string_view::npos &&
      run.find('.', at) != std::string_view::npos && is_name_byte(run[at - 1]) &&
      name_byte_at(run, at + 1) && !IpAddress::parse(run.substr(at + 1))) {
    std::size_t begin = 0;
    while (!is_name_byte(run[begin])) ++begin;
    out += run.substr(0, begin);
    out += key_.token(Kind::User, run.substr(begin, at - begin));
    out += '@';
    const std::string_view rest = run.substr(at + 1);
    std::size_t size = rest.size();
    while (size > 0 && !is_name_byte(rest[size - 1])) --size;
    if (!host(out, rest.substr(0, size))) pieces(out, rest.substr(0, size));
    out += rest.substr(size);
    return;
  }
  std::size_t size = run.size();
  while (size > 0 && !is_name_byte(run[size - 1])) --size;
  if (run.find('.') != std::string_view::npos && host(out, run.substr(0, size))) {
    out += run.substr(size);
    return;
  }
  pieces(out, run);
}

std::string Redactor::walk(std::string_view utf8, int depth) {
  std::string out;
  out.reserve(utf8.size());
  bool user_follows = false;
  for (std::size_t at = 0; at < utf8.size();) {
    const bool border = at == 0 || !is_name_byte(utf8[at - 1]);
    if (border && (is_hex(utf8[at]) || utf8[at] == ':')) {
      Match match = hardware_at(utf8, at);
      if (match.size == 0) match = number_at(utf8, at);
      if (match.size > 0) {
        out += match.text;
        at += match.size;
        continue;
      }
    }
    if (!is_run_byte(utf8[at])) {
      out += utf8[at++];
      continue;
    }
    std::size_t end = at;
    while (end < utf8.size() && is_run_byte(utf8[end])) ++end;
    const std::string_view here = utf8.substr(at, end - at);
    if (Match match = phrase_at(utf8, at, here); match.size > 0) {
      out += match.text;
      at += match.size;
      continue;
    }
    run(out, here, user_follows || ends_in_profiles(utf8.substr(0, at)), depth);
    // CORP\anna: behind a known domain or computer stands a user; in \\PC01\share, a folder.
    const bool in_path = at > 0 && utf8[at - 1] == '\\';
    user_follows = false;
    if (end < utf8.size() && utf8[end] == '\\') {
      const auto word = names_.words().find(fold_case(here));
      user_follows = !in_path && word != names_.words().end() && word->second == Kind::Host;
      while (user_follows && end < utf8.size() && utf8[end] == '\\') out += utf8[end++];
    }
    at = end;
  }
  return inside_words(std::move(out));
}

const std::string& Redactor::token_of(std::string_view name) {
  const auto word = names_.words().find(name);
  if (word != names_.words().end()) return key_.token(word->second, name);
  const bool is_domain = names_.domains().find(name) != names_.domains().end();
  return key_.token(is_domain ? Kind::Domain : Kind::User, name);
}

/// What is left of long names: the leak check finds them anywhere, and so does a reader.
std::string Redactor::inside_words(std::string text) {
  if (long_.empty()) return text;
  const std::string folded = fold_case(text);
  const std::vector<std::size_t> places = places_of(text, folded);
  const auto place = [&](std::size_t at) { return places.empty() ? at : places[at]; };
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < folded.size();) {
    const std::string_view name = long_.at(folded, at);
    if (name.empty()) {
      ++at;
      continue;
    }
    out.append(text, copied, place(at) - copied);
    out += token_of(name);
    at += name.size();
    copied = place(at);
  }
  if (copied == 0) return text;
  return out.append(text, copied);
}

std::string Redactor::text(std::string_view utf8) {
  return walk(utf8, 0);
}

}  // namespace dropscope::redact
