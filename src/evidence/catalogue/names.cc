// The words for protocols, modes and timer kinds, in both directions.
//
// People and Outlook itself write protocols in many ways: the Connection Status dialog shows
// "RPC/TCP", "RPC/HTTP" and, for MAPI over HTTP, plain "HTTP" (KB 2937684); the dialog of Outlook
// 2003 and 2007 shows "TCP/IP" and "HTTPS" (Outlook Anywhere); inventories say what their author
// liked. Case, spaces and punctuation are dropped before the look-up, and what is left must be one
// of the known spellings: a protocol decides which timers can apply, so a near miss is Unknown
// rather than a guess.

#include <array>
#include <string>

#include "evidence/catalogue/catalogue.h"

namespace dropscope {
namespace {

template <typename Value>
struct Spelling {
  std::string_view text;
  Value value;
};

constexpr std::array kProtocols = {
    Spelling<Protocol>{"rpctcp", Protocol::RpcTcp},
    Spelling<Protocol>{"rpctcpip", Protocol::RpcTcp},
    Spelling<Protocol>{"rpcovertcp", Protocol::RpcTcp},
    Spelling<Protocol>{"rpcovertcpip", Protocol::RpcTcp},
    Spelling<Protocol>{"tcpip", Protocol::RpcTcp},
    Spelling<Protocol>{"tcp", Protocol::RpcTcp},
    Spelling<Protocol>{"rpc", Protocol::RpcTcp},
    Spelling<Protocol>{"rpchttp", Protocol::RpcHttp},
    Spelling<Protocol>{"rpchttps", Protocol::RpcHttp},
    Spelling<Protocol>{"rpcoverhttp", Protocol::RpcHttp},
    Spelling<Protocol>{"rpcoverhttps", Protocol::RpcHttp},
    Spelling<Protocol>{"outlookanywhere", Protocol::RpcHttp},
    Spelling<Protocol>{"https", Protocol::RpcHttp},
    Spelling<Protocol>{"mapihttp", Protocol::MapiHttp},
    Spelling<Protocol>{"mapihttps", Protocol::MapiHttp},
    Spelling<Protocol>{"mapioverhttp", Protocol::MapiHttp},
    Spelling<Protocol>{"mapioverhttps", Protocol::MapiHttp},
    Spelling<Protocol>{"http", Protocol::MapiHttp},
    Spelling<Protocol>{"other", Protocol::Other},
};

constexpr std::array kModes = {
    Spelling<ClientMode>{"cached", ClientMode::Cached},
    Spelling<ClientMode>{"cache", ClientMode::Cached},
    Spelling<ClientMode>{"cachedmode", ClientMode::Cached},
    Spelling<ClientMode>{"cachedexchangemode", ClientMode::Cached},
    Spelling<ClientMode>{"online", ClientMode::Online},
    Spelling<ClientMode>{"onlinemode", ClientMode::Online},
    Spelling<ClientMode>{"uncached", ClientMode::Online},
};

/// ASCII letters and digits, lower case.
std::string bare(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out.push_back(c);
  }
  return out;
}

template <typename Table, typename Value>
Value look_up(const Table& table, std::string_view text, Value unknown) {
  const std::string key = bare(text);
  for (const auto& entry : table) {
    if (entry.text == key) return entry.value;
  }
  return unknown;
}

}  // namespace

Protocol protocol_from_text(std::string_view text) {
  return look_up(kProtocols, text, Protocol::Unknown);
}

ClientMode mode_from_text(std::string_view text) {
  return look_up(kModes, text, ClientMode::Unknown);
}

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::Unknown:
      return "unknown";
    case Protocol::RpcTcp:
      return "RPC/TCP";
    case Protocol::RpcHttp:
      return "RPC/HTTP";
    case Protocol::MapiHttp:
      return "MAPI/HTTP";
    case Protocol::Other:
      return "other";
  }
  return "unknown";
}

std::string_view to_string(ClientMode mode) {
  switch (mode) {
    case ClientMode::Unknown:
      return "unknown";
    case ClientMode::Cached:
      return "cached";
    case ClientMode::Online:
      return "online";
  }
  return "unknown";
}

std::string_view to_string(TimerKind kind) {
  switch (kind) {
    case TimerKind::Idle:
      return "idle";
    case TimerKind::FixedAge:
      return "fixed-age";
    case TimerKind::Clock:
      return "clock";
    case TimerKind::Lease:
      return "lease";
    case TimerKind::Other:
      return "other";
  }
  return "other";
}

std::string_view to_string(SettingForm form) {
  switch (form) {
    case SettingForm::Number:
      return "number";
    case SettingForm::Text:
      return "text";
    case SettingForm::Name:
      return "name";
  }
  return "";
}

std::string_view to_string(BitTest test) {
  switch (test) {
    case BitTest::All:
      return "all";
    case BitTest::Any:
      return "any";
    case BitTest::None:
      return "none";
  }
  return "";
}

std::string_view to_string(ServerLog log) {
  switch (log) {
    case ServerLog::HttpErr:
      return "httperr";
    case ServerLog::Iis:
      return "iis";
    case ServerLog::HttpStatus:
      return "http-status";
    case ServerLog::HttpProxy:
      return "http-proxy";
    case ServerLog::ClientAccess:
      return "client-access";
  }
  return "";
}

}  // namespace dropscope
