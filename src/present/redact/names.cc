#include "present/redact/names.h"

#include <algorithm>
#include <array>

#include "base/ip_address.h"
#include "base/text.h"
#include "base/utf16.h"
#include "present/redact/words.h"

namespace dropscope::redact {
namespace {

/// A single letter is no name that could be looked for.
constexpr std::size_t kShortestWord = 2;

bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Bytes of a local part or host as they stand in text (RFC 5321, without quoted strings).
bool is_mail_byte(char c) {
  constexpr std::string_view kOthers = "._-+'$";
  return is_name_byte(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_host_byte(char c) {
  return is_name_byte(c) || c == '.' || c == '-';
}

std::string_view trim_dots(std::string_view text) {
  while (!text.empty() && (text.back() == '.' || text.back() == '-')) text.remove_suffix(1);
  while (!text.empty() && (text.front() == '.' || text.front() == '-')) text.remove_prefix(1);
  return text;
}

/// Host of "https://mail.corp.example:443/mapi" and of what has only a part of that.
std::string_view host_of(std::string_view text) {
  text = trim(text);
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    text.remove_prefix(scheme + 3);
  }
  while (!text.empty() && text.front() == '\\') text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && (is_host_byte(text[end]) || text[end] == '_')) ++end;
  return trim_dots(text.substr(0, end));
}

bool is_user_key(const std::string& key) {
  constexpr std::array<std::string_view, 10> kKeys = {
      "user", "owner", "mailbox",      "email",     "mail",
      "upn",  "name",  "display name", "full name", "account"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

bool is_host_key(const std::string& key) {
  constexpr std::array<std::string_view, 8> kKeys = {"server",        "endpoint",    "proxy",
                                                     "gateway",       "host",        "computer",
                                                     "load_balancer", "clock_source"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

}  // namespace

void Names::add_word(std::string_view word, Kind kind) {
  word = trim_dots(trim(word));
  if (word.size() < kShortestWord || is_number(word)) return;
  const std::string folded = fold_case(word);
  if (is_ordinary(folded) || kept_.count(folded) != 0) {
    ordinary_.insert(folded);
    return;
  }
  if (folded.find(' ') == std::string::npos) {
    words_.emplace(folded, kind);
    return;
  }
  std::size_t first = 0;
  while (first < folded.size() && is_mail_byte(folded[first])) ++first;
  const std::string key = folded.substr(0, first);
  const auto [begin, end] = phrases_.equal_range(key);
  if (std::none_of(begin, end, [&](const auto& each) { return each.second == folded; })) {
    phrases_.emplace(key, folded);
  }
}

void Names::add_user(std::string_view name) {
  name = trim(name);
  // Security identifiers and addresses have their own ways.
  if (name.empty() || name.starts_with("S-1-") || IpAddress::parse(name)) return;
  if (const std::size_t slash = name.rfind('\\'); slash != std::string_view::npos) {
    add_host(name.substr(0, slash));
    name.remove_prefix(slash + 1);
  }
  if (const std::size_t at = name.find('@'); at != std::string_view::npos) {
    add_domain(name.substr(at + 1));
    name = name.substr(0, at);
  }
  if (!name.empty() && name.back() == '$') {
    add_host(name.substr(0, name.size() - 1));
    return;
  }
  add_word(name, Kind::User);
}

void Names::add_host(std::string_view name) {
  const std::string_view host = host_of(name);
  if (host.empty() || IpAddress::parse(host) || is_public(fold_case(host))) return;
  // "Exchange Mail" and the like is no host.
  if (name.find(' ') != std::string_view::npos) return;
  const std::size_t dot = host.find('.');
  add_word(host.substr(0, dot), Kind::Host);
  if (dot != std::string_view::npos) add_domain(host.substr(dot + 1));
}

void Names::add_domain(std::string_view name) {
  std::string folded = fold_case(host_of(name));
  if (folded.empty() || is_public(folded) || IpAddress::parse(folded)) return;
  const std::vector<std::string_view> labels = split(folded, '.');
  if (labels.size() == 1) {
    add_word(folded, Kind::Host);
    return;
  }
  // "corp.co.uk": where a country's registry has second-level domains, a name has three parts.
  const std::string_view last = labels[labels.size() - 1];
  const std::string_view second = labels[labels.size() - 2];
  const std::size_t wanted = last.size() == 2 && second.size() <= 3 && labels.size() > 2 ? 3 : 2;
  std::string base;
  for (std::size_t i = labels.size() - wanted; i < labels.size(); ++i) {
    base += (base.empty() ? "" : ".") + std::string(labels[i]);
  }
  if (std::any_of(labels.begin(), labels.end(),
                  [](std::string_view each) { return each.empty(); }) ||
      is_number(last)) {
    return;
  }
  domains_.insert(base);
  // A domain's short name is usually its first label: CORP\anna.
  add_word(labels[labels.size() - wanted], Kind::Host);
}

void Names::scan(std::string_view text) {
  if (text.find('%') != std::string_view::npos) {
    if (const std::string decoded = percent_decoded(text); decoded != text) scan(decoded);
  }
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_mail_byte(text[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < text.size() && is_host_byte(text[end])) ++end;
    const std::string_view host = trim_dots(text.substr(at + 1, end - at - 1));
    if (begin == at || host.find('.') == std::string_view::npos || IpAddress::parse(host)) continue;
    add_user(text.substr(begin, at - begin));
    add_domain(host);
  }
  for (std::size_t at = text.find("://"); at != std::string_view::npos;
       at = text.find("://", at + 1)) {
    const std::string_view host = host_of(text.substr(at + 3));
    if (host.find('.') != std::string_view::npos) add_host(host);
  }
  constexpr std::string_view kProfiles = "users";
  for (std::size_t at = 0; at + kProfiles.size() + 2 < text.size(); ++at) {
    if (text[at] != '\\' && text[at] != '/') continue;
    if (!equals_nocase_ascii(text.substr(at + 1, kProfiles.size()), kProfiles)) continue;
    std::size_t begin = at + 1 + kProfiles.size();
    if (text[begin] != '\\' && text[begin] != '/') continue;
    while (begin < text.size() && (text[begin] == '\\' || text[begin] == '/')) ++begin;
    std::size_t end = begin;
    while (end < text.size() && is_mail_byte(text[end])) ++end;
    add_user(text.substr(begin, end - begin));
  }
}

void Names::add(const Key& key) {
  for (const auto& [name, token] : key.table()) {
    switch (name.first) {
      case Kind::User:
      case Kind::Host:
        add_word(name.second, name.first);
        break;
      case Kind::Domain:
        add_domain(name.second);
        break;
      case Kind::Address:
      case Kind::Hardware:
      case Kind::Sid:
        break;  // Told by their form.
    }
  }
}

void Names::add(const Evidence& evidence) {
  const auto text = [&](StringId id) -> const std::string& { return evidence.strings.at(id); };
  for (const Computer& computer : evidence.computers) {
    add_host(computer.name);
    for (const auto& [key, value] : computer.attributes.values) {
      if (is_user_key(key)) add_user(value);
      if (is_host_key(key)) add_host(value);
      if (key == "domain") add_domain(value);
      // The name of a wireless network names its owner as often as not.
      if (key == "wifi_network") add_word(value, Kind::Host);
      scan(value);
    }
  }
  for (const ClientIdentity& client : evidence.clients) {
    add_user(text(client.user));
    add_user(text(client.mailbox));
  }
  for (const Close& close : evidence.closes) {
    add_user(text(close.user));
    add_host(text(close.server_name));
    add_host(text(close.device));
  }
  for (const ConnectionRow& row : evidence.connections) {
    for (const StringId id : {row.user, row.mailbox}) add_user(text(id));
    for (const StringId id : {row.server, row.proxy}) add_host(text(id));
  }
  for (const AddressUse& use : evidence.addresses) add_user(text(use.user));
  for (const Setting& setting : evidence.settings) {
    add_user(text(setting.user));
    scan(text(setting.value));
  }
  for (const PathProbe& probe : evidence.probes) add_host(probe.host);
  for (const Server& server : evidence.topology.servers()) {
    add_host(server.name);
    add_host(server.load_balancer);
  }
  for (const Event& event : evidence.events) scan(text(event.text));
}

}  // namespace dropscope::redact
