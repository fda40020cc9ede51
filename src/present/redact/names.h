#pragma once

// Whose names are to be replaced: found in what evidence says about clients, and by the look of
// addresses of mail, paths of profiles and URLs in its texts.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/event.h"
#include "present/redact/key.h"

namespace dropscope::redact {

class Names {
 public:
  /// Words that are no names here, in lower case; to be told before names are added.
  void keep(const std::set<std::string>& words) { kept_ = words; }

  /// "anna", "CORP\anna", "anna@corp.example", "Anna Muster".
  void add_user(std::string_view name);
  /// "PC01", "PC01.corp.example", "https://mail.corp.example/mapi"; addresses are passed over.
  void add_host(std::string_view name);
  void add_domain(std::string_view name);
  /// Looks for addresses of mail, paths of profiles (C:\Users\anna) and hosts of URLs.
  void scan(std::string_view text);
  /// Names that an earlier package hid: the leak check looks for them in this one too.
  void add(const Key& key);
  /// Computers, clients, connections, closes, addresses and texts of events.
  void add(const Evidence& evidence);

  /// Names without spaces, in lower case.
  [[nodiscard]] const std::map<std::string, Kind, std::less<>>& words() const { return words_; }
  /// Names of several words, by their first, in lower case.
  [[nodiscard]] const std::multimap<std::string, std::string, std::less<>>& phrases() const {
    return phrases_;
  }
  /// The domains that hosts are below: "corp.example" of "pc01.sales.corp.example".
  [[nodiscard]] const std::set<std::string, std::less<>>& domains() const { return domains_; }
  /// Names that are ordinary words (data/redaction.toml): replaced only where the place tells.
  [[nodiscard]] const std::set<std::string, std::less<>>& ordinary() const { return ordinary_; }

 private:
  void add_word(std::string_view word, Kind kind);

  std::map<std::string, Kind, std::less<>> words_;
  std::multimap<std::string, std::string, std::less<>> phrases_;
  std::set<std::string, std::less<>> domains_;
  std::set<std::string, std::less<>> ordinary_;
  std::set<std::string> kept_;
};

}  // namespace dropscope::redact
