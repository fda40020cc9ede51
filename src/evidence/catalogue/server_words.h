#pragma once

// What the logs of Exchange, IIS and Windows' HTTP driver say (data/server/*.toml): the reasons for
// which connections end, the virtual directories, and the server's own probes.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/close.h"

namespace dropscope {

/// Where in which log a reason stands.
enum class ServerLog : std::uint8_t {
  HttpErr,       ///< HTTPERR: s-reason.
  Iis,           ///< IIS: sc-win32-status.
  HttpStatus,    ///< IIS: sc-status; HttpProxy: HttpStatus.
  HttpProxy,     ///< HttpProxy and EWS: ErrorCode and GenericErrors.
  ClientAccess,  ///< RPC and MAPI Client Access: rpc-status and failures.
};
inline constexpr std::size_t kServerLogCount = 5;
[[nodiscard]] std::string_view to_string(ServerLog log);  ///< "httperr", "iis" …

struct ServerReason {
  ServerLog log = ServerLog::HttpErr;
  std::string value;
  bool contains = false;  ///< The value may stand anywhere in the text.
  bool harmless = false;  ///< Known, and no end of anything.
  CloseBy by = CloseBy::Unknown;
  CloseWhy why = CloseWhy::Unknown;
  std::string note;
};

struct ServerPath {
  std::string prefix;    ///< In lower case.
  std::string protocol;  ///< Text that protocol_from_text() understands, or a name.
};

struct ServerWords {
  std::vector<ServerReason> reasons;
  std::vector<ServerPath> paths;
  std::vector<std::string> probes;  ///< Parts of names of users and user agents.
};

}  // namespace dropscope
