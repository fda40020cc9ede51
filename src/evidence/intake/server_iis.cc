// Records of IIS and of Windows' HTTP driver.
//
// IIS writes a line when a request has ended, with the second of its end and how long it took. Its
// sc-win32-status says what went wrong with the connection meanwhile; for a request that waits,
// such as those of Outlook Anywhere and MAPI/HTTP, that is the end of Outlook's connection. A
// client that is asked for credentials gets 401 first and comes again: that is no end.
//
// The HTTP driver below IIS logs what IIS does not see, above all connections that it closed by its
// own timers between two requests.

#include "base/text.h"
#include "evidence/intake/server_records.h"

namespace dropscope {
namespace {

using Column = std::optional<std::size_t>;

class HttpErrReader : public ServerRecordReader {
 public:
  explicit HttpErrReader(ServerFindings& findings) : findings_(findings) {}

  void set_header(const w3clog::Header& header) override {
    c_ip_ = header.column("c-ip");
    c_port_ = header.column("c-port");
    s_ip_ = header.column("s-ip");
    s_port_ = header.column("s-port");
    uri_ = header.column("cs-uri");
    reason_ = header.column("s-reason");
  }

  void read(const w3clog::Record& record, Instant time) override {
    const std::string_view word = record[reason_];
    if (word.empty()) return;
    const ServerReason* reason = findings_.reasons.find(ServerLog::HttpErr, word);
    if (reason == nullptr) reason = findings_.reasons.find_in(ServerLog::HttpErr, word);
    if (reason == nullptr) {
      findings_.note_unknown(word);
      return;
    }
    if (reason->harmless) return;
    RawClose out;
    out.close.time = time;
    out.close.place = record.line;
    out.close.client = endpoint_of(record[c_ip_], record[c_port_]);
    out.close.server = endpoint_of(record[s_ip_], record[s_port_]);
    out.close.by = reason->by;
    out.close.why = reason->why;
    out.device =
        record[s_ip_].empty() ? "HTTP.sys" : "HTTP.sys on " + out.close.server.address.to_string();
    out.reason = word;
    out.protocol = findings_.reasons.protocol_of(record[uri_]);
    findings_.add_close(std::move(out));
  }

 private:
  ServerFindings& findings_;
  Column c_ip_, c_port_, s_ip_, s_port_, uri_, reason_;
};

class IisReader : public ServerRecordReader {
 public:
  explicit IisReader(ServerFindings& findings) : findings_(findings) {}

  void set_header(const w3clog::Header& header) override {
    c_ip_ = header.column("c-ip");
    c_port_ = header.column("c-port");
    s_ip_ = header.column("s-ip");
    s_port_ = header.column("s-port");
    s_name_ = header.column("s-computername");
    host_ = header.column("cs-host");
    if (!host_) host_ = header.column("cs(Host)");
    user_ = header.column("cs-username");
    agent_ = header.column("cs(User-Agent)");
    path_ = header.column("cs-uri-stem");
    status_ = header.column("sc-status");
    win32_ = header.column("sc-win32-status");
    taken_ = header.column("time-taken");
    if (!taken_) taken_ = header.column("TimeTakenMS");
    sc_bytes_ = header.column("sc-bytes");
    cs_bytes_ = header.column("cs-bytes");
    // A column that administrators add, under the name that they like.
    for (const std::string_view name :
         {"X-Forwarded-For", "cs(X-Forwarded-For)", "x-forwarded-for", "OriginalIP"}) {
      forwarded_ = header.column(name);
      if (forwarded_) break;
    }
  }

  void read(const w3clog::Record& record, Instant time) override {
    const std::string_view protocol = findings_.reasons.protocol_of(record[path_]);
    if (protocol.empty()) return;
    const std::string_view user = record[user_];
    const std::string_view agent = record[agent_];
    if (findings_.reasons.is_probe(user) || findings_.reasons.is_probe(agent)) {
      ++findings_.probes;
      return;
    }
    IpEndpoint client = endpoint_of(record[c_ip_], record[c_port_]);
    if (const auto behind = forwarded(record[forwarded_])) {
      client = *behind;
      ++findings_.forwarded;
    }
    const std::string_view host = !record[host_].empty() ? record[host_] : record[s_name_];
    if (!is_machine(user)) {
      const std::string version = version_of(agent);
      findings_.clients.add({user,
                             client.address,
                             time,
                             protocol,
                             version,
                             {},
                             host,
                             version.empty() ? "" : "OUTLOOK.EXE",
                             {}});
    }

    const std::string_view status = record[status_];
    if (status == "401") {
      ++findings_.authentication;
      return;
    }
    const std::string_view win32 = record[win32_];
    const ServerReason* reason = nullptr;
    std::string word;
    if (!win32.empty() && win32 != "0") {
      reason = findings_.reasons.find(ServerLog::Iis, win32);
      word = "sc-win32-status " + std::string(win32.substr(0, 20));
    }
    if (reason == nullptr || reason->harmless) {
      reason = findings_.reasons.find(ServerLog::HttpStatus, status);
      word = "sc-status " + std::string(status.substr(0, 20));
    }
    if (reason == nullptr || reason->harmless) return;
    // From one half of the server to the other: port 444 and 81 of the back end, and itself.
    if (client.address.is_loopback() || record[c_ip_] == record[s_ip_]) {
      ++findings_.inner;
      return;
    }
    RawClose out;
    out.close.time = time;
    out.close.opened = begun(time, record[taken_]).value_or(Instant{});
    out.close.place = record.line;
    out.close.client = client;
    out.close.server = endpoint_of(record[s_ip_], record[s_port_]);
    out.close.by = reason->by;
    out.close.why = reason->why;
    out.close.bytes_out = number(record[cs_bytes_]);
    out.close.bytes_in = number(record[sc_bytes_]);
    out.device = !record[s_name_].empty() ? std::string(record[s_name_])
                                          : "IIS on " + out.close.server.address.to_string();
    out.server_name = host;
    out.user = user;
    out.reason = std::move(word);
    out.protocol = protocol;
    findings_.add_close(std::move(out));
  }

 private:
  static std::uint64_t number(std::string_view text) {
    const auto value = parse_int(text);
    return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
  }

  /// Accounts of computers end with "$": servers and their tasks.
  static bool is_machine(std::string_view user) { return user.ends_with('$'); }

  /// "192.0.2.1,+10.0.0.1" and "192.0.2.1:50000": the first is the client's.
  static std::optional<IpEndpoint> forwarded(std::string_view text) {
    if (text.empty()) return std::nullopt;
    text = text.substr(0, text.find_first_of(",+ "));
    return IpEndpoint::parse(text);
  }

  /// "Microsoft+Office/16.0+(Windows+NT+10.0;+Microsoft+Outlook+16.0.17328;+Pro)" → 16.0.17328.
  static std::string version_of(std::string_view agent) {
    for (const std::string_view name : {"Microsoft+Outlook+", "Microsoft Outlook "}) {
      std::size_t at = agent.find(name);
      if (at == std::string_view::npos) continue;
      at += name.size();
      std::size_t end = at;
      while (end < agent.size() &&
             (agent[end] == '.' || (agent[end] >= '0' && agent[end] <= '9'))) {
        ++end;
      }
      if (end > at) return std::string(agent.substr(at, end - at));
    }
    return {};
  }

  ServerFindings& findings_;
  Column c_ip_, c_port_, s_ip_, s_port_, s_name_, host_, user_, agent_, path_, status_, win32_,
      taken_, sc_bytes_, cs_bytes_, forwarded_;
};

}  // namespace

std::unique_ptr<ServerRecordReader> make_httperr_reader(ServerFindings& findings) {
  return std::make_unique<HttpErrReader>(findings);
}

std::unique_ptr<ServerRecordReader> make_iis_reader(ServerFindings& findings) {
  return std::make_unique<IisReader>(findings);
}

}  // namespace dropscope
