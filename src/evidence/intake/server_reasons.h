#pragma once

// The catalogue's words for server logs, prepared for quick look-up: once for each log that is
// read.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "evidence/catalogue/server_words.h"

namespace dropscope {

class ServerReasons {
 public:
  /// `words` must outlive this.
  explicit ServerReasons(const ServerWords& words);

  /// The reason whose value is `value`; null when it is not known. ASCII case does not matter.
  [[nodiscard]] const ServerReason* find(ServerLog log, std::string_view value) const;
  /// The first reason, in the order of the data, that stands anywhere in `text`.
  [[nodiscard]] const ServerReason* find_in(ServerLog log, std::string_view text) const;

  /// Protocol of a request for this path; empty when it is no virtual directory of Exchange.
  [[nodiscard]] std::string_view protocol_of(std::string_view path) const;

  /// Whether this is the name of a user or a user agent of Exchange's own tests.
  [[nodiscard]] bool is_probe(std::string_view text) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  const ServerWords& words_;
  std::array<std::unordered_map<std::string, const ServerReason*, Hash, std::equal_to<>>,
             kServerLogCount>
      exact_;
  std::array<std::vector<std::pair<std::string, const ServerReason*>>, kServerLogCount> parts_;
  std::vector<std::string> probes_;  // In lower case.
};

}  // namespace dropscope
