#pragma once

// From records of server logs to closes and sightings of clients. One class for each kind of log;
// all write into one ServerFindings. Private to server_log.cc and its parts.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "evidence/intake/raw.h"
#include "evidence/intake/server_clients.h"
#include "evidence/intake/server_reasons.h"
#include "formats/w3clog/w3clog.h"

namespace dropscope {

enum class ServerLogKind : std::uint8_t {
  None,           ///< Has a #Fields line of something else.
  HttpErr,        ///< Windows' HTTP driver.
  Iis,            ///< IIS.
  HttpProxy,      ///< Exchange's front end, and EWS.
  ClientAccess,   ///< RPC Client Access, MAPI Client Access, MAPI Address Book Service.
  OtherExchange,  ///< Another log of Exchange: named, not used.
};

struct ServerLogName {
  ServerLogKind kind = ServerLogKind::None;
  std::string_view id;  ///< Source::kind: "httperr".
  std::string title;    ///< For people: "HTTPERR log".
};
[[nodiscard]] ServerLogName name_of(const w3clog::Header& header);

/// What all records of a source gave. Closes beyond a bound are counted by reason.
struct ServerFindings {
  explicit ServerFindings(const ServerWords& words) : reasons(words) {}

  void add_close(const RawClose& close);
  /// A word that the data does not know; the first few kinds are kept.
  void note_unknown(std::string_view word);

  const ServerReasons reasons;
  ServerClients clients;
  CloseList closes;
  std::map<std::string, std::uint64_t> left_out;         ///< Closes, by reason.
  std::map<std::string, std::uint64_t> unknown_reasons;  ///< Words that the data does not know.
  std::uint64_t probes = 0;                              ///< Records of Exchange's own tests.
  std::uint64_t authentication = 0;                      ///< Requests answered with 401.
  std::uint64_t inner = 0;      ///< Ends between the server's own halves: left out.
  std::uint64_t forwarded = 0;  ///< Requests whose client stands in X-Forwarded-For.
  std::uint64_t without_time = 0;
};

/// One record, its columns known and its time in UTC.
class ServerRecordReader {
 public:
  virtual ~ServerRecordReader() = default;
  /// Called when the header has changed.
  virtual void set_header(const w3clog::Header& header) = 0;
  virtual void read(const w3clog::Record& record, Instant time) = 0;
};

[[nodiscard]] std::unique_ptr<ServerRecordReader> make_httperr_reader(ServerFindings& findings);
[[nodiscard]] std::unique_ptr<ServerRecordReader> make_iis_reader(ServerFindings& findings);
[[nodiscard]] std::unique_ptr<ServerRecordReader> make_http_proxy_reader(ServerFindings& findings);
[[nodiscard]] std::unique_ptr<ServerRecordReader> make_client_access_reader(
    ServerFindings& findings);

/// An address and a port from two columns; what cannot be read is unspecified.
[[nodiscard]] IpEndpoint endpoint_of(std::string_view address, std::string_view port);
/// The beginning of something that took so many milliseconds and ended at `end`; nothing when the
/// text is no sensible number.
[[nodiscard]] std::optional<Instant> begun(Instant end, std::string_view milliseconds);

}  // namespace dropscope
