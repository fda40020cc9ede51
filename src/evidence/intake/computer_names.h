#pragma once

// Which names mean the same computer.
//
// Logs name a computer as "PC01", "pc01.corp.example" or "PC01.corp.example", before and after it
// joins a domain. Case never matters. Names with the same first label are one computer unless they
// name two different domains; then each full name is its own computer, and so is the bare one.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

class ComputerNames {
 public:
  /// Id of a spelling; ids count up in order of first use.
  std::uint32_t add(std::string_view name);

  struct Resolved {
    std::vector<std::string> names;       ///< One display name per computer, sorted without case.
    std::vector<std::uint32_t> computer;  ///< Index into `names` for each id given by add().
  };
  [[nodiscard]] Resolved resolve() const;

 private:
  std::vector<std::string> spellings_;
  std::map<std::string, std::uint32_t, std::less<>> ids_;  // By exact spelling.
};

}  // namespace dropscope
