#pragma once

// Replaces names and addresses in any text: users, computers, domains, addresses of networks and of
// cards, security identifiers; also where they are percent-encoded. What is replaced depends on the
// text alone, so the same name is the same token in a log, a path and a URL.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "present/redact/addresses.h"
#include "present/redact/key.h"
#include "present/redact/long_names.h"
#include "present/redact/names.h"

namespace dropscope::redact {

class Redactor {
 public:
  /// Both outlive the redactor; the key learns what was replaced.
  Redactor(const Names& names, Key& key);

  /// `utf8` may hold any bytes; what is no name stays byte for byte.
  [[nodiscard]] std::string text(std::string_view utf8);

  /// Four bytes of an address in network order, as some events store them.
  [[nodiscard]] IpAddress address(const IpAddress& address);

 private:
  struct Match {
    std::size_t size = 0;  ///< Bytes of the original; 0: none.
    std::string text;
  };
  [[nodiscard]] Match number_at(std::string_view text, std::size_t at);
  [[nodiscard]] Match sid_at(std::string_view text, std::size_t at);
  [[nodiscard]] Match hardware_at(std::string_view text, std::size_t at);
  [[nodiscard]] Match phrase_at(std::string_view text, std::size_t at, std::string_view run);
  void run(std::string& out, std::string_view run, bool is_user, int depth);
  void pieces(std::string& out, std::string_view run);
  void words(std::string& out, std::string_view run);
  std::size_t word(std::string& out, std::string_view run, std::size_t at);
  [[nodiscard]] bool host(std::string& out, std::string_view name);
  [[nodiscard]] bool domain_of(std::string_view folded, std::size_t& begin) const;
  [[nodiscard]] std::string walk(std::string_view utf8, int depth);
  [[nodiscard]] std::string inside_words(std::string text);
  [[nodiscard]] const std::string& token_of(std::string_view name);

  const Names& names_;
  Key& key_;
  Addresses addresses_;
  LongNames long_;
  std::unordered_map<std::string, std::string> networks_;  // By text of address and length.
};

}  // namespace dropscope::redact
