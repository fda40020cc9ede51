#pragma once

// Who a server's log saw: which user from which address, when, with which program. Aggregated, as
// one client writes thousands of lines a day.
//
// An address says something about a user only if it is the user's own. In front of many Exchange
// servers stands a balancer that puts its own address in place of the client's; then one address
// serves (nearly) everybody, which is recognised here, said, and the address is given to nobody.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ip_address.h"
#include "evidence/intake/raw.h"

namespace dropscope {

/// One request or session, as far as its log tells.
struct ServerSighting {
  std::string_view user;
  IpAddress address;  ///< Unspecified when not told.
  Instant time{};
  std::string_view protocol;
  std::string_view version;  ///< Of the client program.
  std::string_view mode;     ///< "Cached", "Online"
  std::string_view server;
  std::string_view process;  ///< "OUTLOOK.EXE"
  std::string_view mailbox;  ///< SMTP address.
};

class ServerClients {
 public:
  void add(const ServerSighting& sighting);

  /// Gives the addresses and one connection for each way a user connected, by user; and what had
  /// to be left out. `log` names the log in the reasons: "HttpProxy log".
  void finish(std::string_view log, SourceIntake& out);

 private:
  struct Span {
    Instant first{};
    Instant last{};
  };
  struct Way {
    std::string user;
    std::string protocol;
    std::string version;
    std::string mode;
    std::string server;
    std::string process;
    std::string mailbox;
    IpAddress address;
    Instant last{};
  };

  std::uint32_t user_of(std::string_view name);
  void note_address(std::uint32_t user, const ServerSighting& sighting);
  void note_way(std::uint32_t user, const ServerSighting& sighting);
  [[nodiscard]] std::map<IpAddress, std::uint32_t> users_by_address() const;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> users_;
  std::vector<std::string> names_;
  std::map<std::pair<std::uint32_t, IpAddress>, std::vector<Span>> spans_;
  std::unordered_map<std::string, Way, Hash, std::equal_to<>> ways_;
  std::string key_;
  std::uint64_t left_out_ = 0;
};

}  // namespace dropscope
