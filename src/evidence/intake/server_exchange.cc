// Records of Exchange's own logs.
//
// HttpProxy writes a line for each request that its front end passed on: who, from where, to which
// server, how it ended. ClientRequestId of MAPI/HTTP names the kind of request (RT) and the
// client's session (CI). RPC Client Access and MAPI Client Access write a line for each operation
// of a session; Connect and Disconnect frame it, and client-mode says cached or online. An orderly
// Disconnect is no event; one that failed, or an operation whose status names a broken connection,
// is.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "evidence/intake/server_records.h"

namespace dropscope {
namespace {

using Column = std::optional<std::size_t>;

/// Sessions that are open at a time; beyond that, their beginnings are no longer remembered.
constexpr std::size_t kMostSessions = 200'000;

/// How much of a log's own words is kept as the reason.
constexpr std::size_t kMostReason = 120;

/// The value behind "key" in "R:a;RT:Connect;CI:b".
std::string_view part_of(std::string_view text, std::string_view key) {
  for (const std::string_view part : split(text, ';')) {
    if (part.starts_with(key)) return part.substr(key.size());
  }
  return {};
}

class HttpProxyReader : public ServerRecordReader {
 public:
  explicit HttpProxyReader(ServerFindings& findings) : findings_(findings) {}

  void set_header(const w3clog::Header& header) override {
    user_ = header.column("AuthenticatedUser");
    agent_ = header.column("UserAgent");
    client_ = header.column("ClientIpAddress");
    request_ = header.column("ClientRequestId");
    protocol_ = header.column("Protocol");
    path_ = header.column("UrlStem");
    host_ = header.column("UrlHost");
    device_ = header.column("ServerHostName");
    target_ = header.column("TargetServer");
    status_ = header.column("HttpStatus");
    error_ = header.column("ErrorCode");
    errors_ = header.column("GenericErrors");
    total_ = header.column("TotalRequestTime");
    sent_ = header.column("RequestBytes");
    received_ = header.column("ResponseBytes");
  }

  void read(const w3clog::Record& record, Instant time) override {
    const std::string_view user = record[user_];
    if (findings_.reasons.is_probe(user) || findings_.reasons.is_probe(record[agent_])) {
      ++findings_.probes;
      return;
    }
    // Without a path it is the log of EWS itself.
    std::string_view protocol = path_ ? findings_.reasons.protocol_of(record[path_]) : "EWS";
    if (protocol.empty()) protocol = record[protocol_];
    const IpEndpoint client = endpoint_of(record[client_], {});
    if (!user.ends_with('$')) {
      findings_.clients.add({user, client.address, time, protocol, {}, {}, record[host_], {}, {}});
    }
    if (record[status_] == "401") {
      ++findings_.authentication;
      return;
    }
    const std::string words = fmt::format("{} {}", record[error_], record[errors_]);
    const ServerReason* reason = findings_.reasons.find_in(ServerLog::HttpProxy, words);
    std::string word = reason != nullptr ? reason->value : std::string();
    if (reason == nullptr || reason->harmless) {
      reason = findings_.reasons.find(ServerLog::HttpStatus, record[status_]);
      word = fmt::format("HttpStatus {}", record[status_].substr(0, 20));
    }
    if (reason == nullptr || reason->harmless) return;
    if (client.address.is_loopback()) {
      ++findings_.inner;
      return;
    }
    // What kind of request it was tells a waiting one from work.
    const std::string_view type = part_of(record[request_], "RT:");
    if (!type.empty()) word += fmt::format(" ({})", type.substr(0, 40));
    RawClose out;
    out.close.time = time;
    out.close.opened = begun(time, record[total_]).value_or(Instant{});
    out.close.place = record.line;
    out.close.client = client;
    out.close.by = reason->by;
    out.close.why = reason->why;
    out.close.bytes_out =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, parse_int(record[sent_]).value_or(0)));
    out.close.bytes_in = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, parse_int(record[received_]).value_or(0)));
    out.device = record[device_];
    out.server_name = !record[target_].empty() ? record[target_] : record[host_];
    out.user = user;
    out.reason = std::move(word);
    out.protocol = protocol;
    findings_.add_close(std::move(out));
  }

 private:
  ServerFindings& findings_;
  Column user_, agent_, client_, request_, protocol_, path_, host_, device_, target_, status_,
      error_, errors_, total_, sent_, received_;
};

/// "1010 (rpc::LoginPerm)", "0x6ba", "0".
std::optional<std::uint32_t> status_number(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

/// "/o=Org/ou=Group/cn=Recipients/cn=0123456789abcdef0123456789abcdef-Anna B" → "Anna B": directory
/// names of Exchange 2013 and later begin with a GUID's digits.
std::string_view user_of(std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  const std::size_t at = lower.rfind("/cn=");
  if (at == std::string::npos) return name;
  name.remove_prefix(at + 4);
  constexpr std::size_t kGuidDigits = 32;
  if (name.size() > kGuidDigits + 1 && name[kGuidDigits] == '-' &&
      std::all_of(name.begin(), name.begin() + kGuidDigits, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      })) {
    name.remove_prefix(kGuidDigits + 1);
  }
  return name;
}

/// Names of RPC's protocol sequences (MS-RPCE 2.1) and of Exchange's own, as people write them.
std::string_view protocol_of(std::string_view sequence) {
  if (equals_nocase_ascii(sequence, "ncacn_ip_tcp")) return "RPC/TCP";
  if (equals_nocase_ascii(sequence, "ncacn_http")) return "RPC/HTTP";
  if (equals_nocase_ascii(sequence, "MapiHttp")) return "MAPI/HTTP";
  return sequence;
}

class ClientAccessReader : public ServerRecordReader {
 public:
  explicit ClientAccessReader(ServerFindings& findings) : findings_(findings) {}

  void set_header(const w3clog::Header& header) override {
    session_ = header.column("session-id");
    name_ = header.column("client-name");
    software_ = header.column("client-software");
    version_ = header.column("client-software-version");
    mode_ = header.column("client-mode");
    client_ = header.column("client-ip");
    server_ = header.column("server-ip");
    protocol_ = header.column("protocol");
    operation_ = header.column("operation");
    status_ = header.column("rpc-status");
    failures_ = header.column("failures");
    context_ = header.column("activity-context-data");
  }

  void read(const w3clog::Record& record, Instant time) override {
    const std::string_view user = user_of(record[name_]);
    if (findings_.reasons.is_probe(user) || findings_.reasons.is_probe(record[software_])) {
      ++findings_.probes;
      return;
    }
    const IpEndpoint client = endpoint_of(record[client_], {});
    const std::string_view protocol = protocol_of(record[protocol_]);
    std::string_view mode = record[mode_];
    if (equals_nocase_ascii(mode, "Cached")) mode = "Cache";  // As the status window calls it.
    findings_.clients.add({user, client.address, time, protocol, record[version_], mode,
                           record[server_], record[software_], mailbox(record[context_])});

    const std::optional<Session> session = follow(record, user, time);
    const bool ends = equals_nocase_ascii(record[operation_], "Disconnect");
    const std::string_view status = record[status_];
    const auto number = status_number(status);
    const std::string_view failures = record[failures_];
    if ((status.empty() || number == 0u) && failures.empty()) return;
    const ServerReason* reason = nullptr;
    if (number && *number != 0) {
      reason = findings_.reasons.find(ServerLog::ClientAccess, std::to_string(*number));
    }
    if (reason == nullptr) {
      reason = findings_.reasons.find_in(ServerLog::ClientAccess,
                                         fmt::format("{} {}", status, failures));
    }
    if (reason != nullptr && reason->harmless) {
      ++findings_.authentication;
      return;
    }
    std::string word = status.empty() || number == 0u ? std::string(failures) : std::string(status);
    if (word.size() > kMostReason) word.resize(kMostReason);
    // A Disconnect with an error is an end, whatever the error; another operation may fail and the
    // session go on.
    if (reason == nullptr) {
      findings_.note_unknown(word);
      if (!ends) return;
    }
    RawClose out;
    out.close.time = time;
    out.close.place = record.line;
    out.close.client = client;
    out.close.server = endpoint_of(record[server_], {});
    if (session) {
      out.close.opened = session->opened;
      if (reason != nullptr && reason->why == CloseWhy::Idle && time > session->last) {
        out.close.idle = time - session->last;
      }
    }
    if (reason != nullptr) {
      out.close.by = reason->by;
      out.close.why = reason->why;
    }
    out.device = record[server_];
    out.user = user;
    out.reason = std::move(word);
    out.protocol = protocol;
    findings_.add_close(std::move(out));
  }

 private:
  struct Session {
    Instant opened{};  ///< Default: its Connect was not seen.
    Instant last{};
  };

  /// The session as it was before this record.
  std::optional<Session> follow(const w3clog::Record& record, std::string_view user, Instant time) {
    const std::string_view id = record[session_];
    if (id.empty()) return std::nullopt;
    // Numbers of sessions begin anew with the service, so the user belongs to the key.
    std::string key = fmt::format("{}\n{}", id, user);
    const std::string_view operation = record[operation_];
    const auto found = sessions_.find(key);
    std::optional<Session> before;
    if (found != sessions_.end()) before = found->second;
    if (equals_nocase_ascii(operation, "Disconnect")) {
      if (found != sessions_.end()) sessions_.erase(found);
      return before;
    }
    if (equals_nocase_ascii(operation, "Connect") || !before) {
      if (found == sessions_.end() && sessions_.size() >= kMostSessions) return before;
      const bool opens = equals_nocase_ascii(operation, "Connect");
      sessions_[std::move(key)] = {opens ? time : Instant{}, time};
    } else {
      found->second.last = time;
    }
    return before;
  }

  /// "…;S:ActivityStandardMetadata.UserEmail=anna@contoso.example;…"
  static std::string_view mailbox(std::string_view context) {
    const std::string_view key = "UserEmail=";
    const std::size_t at = context.find(key);
    if (at == std::string_view::npos) return {};
    context.remove_prefix(at + key.size());
    return context.substr(0, context.find(';'));
  }

  ServerFindings& findings_;
  std::unordered_map<std::string, Session> sessions_;
  Column session_, name_, software_, version_, mode_, client_, server_, protocol_, operation_,
      status_, failures_, context_;
};

}  // namespace

std::unique_ptr<ServerRecordReader> make_http_proxy_reader(ServerFindings& findings) {
  return std::make_unique<HttpProxyReader>(findings);
}

std::unique_ptr<ServerRecordReader> make_client_access_reader(ServerFindings& findings) {
  return std::make_unique<ClientAccessReader>(findings);
}

}  // namespace dropscope
