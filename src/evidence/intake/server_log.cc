#include "evidence/intake/server_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "evidence/intake/content_pass.h"
#include "evidence/intake/server_records.h"
#include "formats/w3clog/w3clog.h"

namespace dropscope {
namespace {

/// Closes of one log that are kept, about 160 bytes each; more are counted by reason.
constexpr std::size_t kMostCloses = 100'000;

/// How many kinds of unknown words are kept; an attacker's are endless.
constexpr std::size_t kMostWords = 1000;
constexpr std::size_t kWordsShown = 5;

/// A time on the server's wall, held as if it were UTC, in UTC.
Instant from_wall(Instant wall, const TimeZone& zone) {
  return zone.from_local(to_civil_utc(wall)).value_or(wall);
}

// Protocol logs of Exchange for other clients than Outlook with Exchange have lost their header in
// some collections, and are known by their columns: a stamp, a session of 16 hexadecimal digits,
// two addresses with the well-known port.

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

std::string_view protocol_log_title(std::string_view line) {
  const auto cells = split(line, ',');
  if (cells.size() < 7 || !parse_utc(cells[0])) return {};
  if (is_hex(cells[1], 16) && parse_int(cells[2])) {
    const auto server = IpEndpoint::parse(cells[3]);
    if (!server || !IpEndpoint::parse(cells[4])) return {};
    // Ports of IMAP4 and POP3, plain and with TLS (IANA).
    if (server->port == 143 || server->port == 993) return "IMAP4 protocol log of Exchange";
    if (server->port == 110 || server->port == 995) return "POP3 protocol log of Exchange";
    return {};
  }
  if (is_hex(cells[2], 16) && parse_int(cells[3]) && IpEndpoint::parse(cells[4]) &&
      IpEndpoint::parse(cells[5]) && cells[6].size() == 1 &&
      std::string_view("+-<>*").find(cells[6]) != std::string_view::npos) {
    return "SMTP protocol log of Exchange";
  }
  return {};
}

std::string_view protocol_log_title_of_text(std::string_view text) {
  text = trim(text.substr(0, 4096));
  return protocol_log_title(trim(text.substr(0, text.find('\n'))));
}

class ServerLogReading {
 public:
  ServerLogReading(const Content& content, const ReadContext& context, SourceIntake& out)
      : context_(context),
        out_(out),
        reader_(content.pass != nullptr ? w3clog::Reader(*content.pass)
                                        : w3clog::Reader(content.bytes)),
        findings_(context.catalogue.server_words) {}

  void run() {
    std::uint64_t version = 0;
    ServerRecordReader* current = nullptr;
    for (w3clog::Record record; reader_.next(record);) {
      if (reader_.header().version != version) {
        version = reader_.header().version;
        current = reader_for(reader_.header());
      }
      if (record.foreign) continue;
      if (!record.problem.empty()) note_problem(record);
      if (record.values.empty()) continue;
      ++records_;
      if (current == nullptr) continue;
      ++used_;
      if (!record.has_time) {
        ++findings_.without_time;
        continue;
      }
      Instant time = record.time;
      if (record.local_time) {
        ++local_;
        if (context_.local_zone) time = from_wall(time, *context_.local_zone);
      }
      if (used_ > 1 && time + std::chrono::seconds{1} < previous_) ++out_.out_of_order;
      previous_ = time;
      current->read(record, time);
    }
    finish();
  }

 private:
  ServerRecordReader* reader_for(const w3clog::Header& header) {
    if (header.fields.empty()) return nullptr;
    const ServerLogName name = name_of(header);
    ++names_[name.title];
    if (name.kind == ServerLogKind::OtherExchange || name.kind == ServerLogKind::None) {
      return nullptr;
    }
    ids_[name.id] = name.title;
    auto& made = readers_[name.kind];
    if (made == nullptr) {
      made = name.kind == ServerLogKind::HttpErr     ? make_httperr_reader(findings_)
             : name.kind == ServerLogKind::Iis       ? make_iis_reader(findings_)
             : name.kind == ServerLogKind::HttpProxy ? make_http_proxy_reader(findings_)
                                                     : make_client_access_reader(findings_);
    }
    made->set_header(header);
    return made.get();
  }

  /// In a page, lines between its logs are no damage.
  void note_problem(const w3clog::Record& record) {
    if (reader_.summary().foreign > 0 && record.values.empty()) {
      ++passed_over_;
      return;
    }
    add_damage(out_.source, record.line, record.problem, context_.damage_kept);
    if (record.values.empty()) ++out_.source.records_damaged;
  }

  void finish() {
    Source& source = out_.source;
    source.records = used_;
    if (ids_.empty()) {
      // Known for what it is, and nothing in it bears on a client's connection.
      source.state = SourceState::Ignored;
      source.kind = "exchange-other";
      source.problem = fmt::format("{}: not used", names());
      source.damage.clear();
      source.damage_count = 0;
      return;
    }
    source.kind = ids_.size() == 1 ? std::string(ids_.begin()->first) : "server-logs";
    source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
    out_.closes = std::move(findings_.closes);
    const std::string log = ids_.size() == 1 ? ids_.begin()->second : std::string("server log");
    findings_.clients.finish(log, out_);
    say();
  }

  [[nodiscard]] std::string names() const {
    std::string text;
    for (const auto& [name, count] : names_) {
      if (!text.empty()) text += ", ";
      text += name;
    }
    return text.empty() ? "log without columns" : text;
  }

  static std::string words(const std::map<std::string, std::uint64_t>& counts) {
    std::string text;
    std::size_t shown = 0;
    for (const auto& [word, count] : counts) {
      if (shown == kWordsShown) {
        text += fmt::format(", and {} more", counts.size() - shown);
        break;
      }
      if (!text.empty()) text += ", ";
      text += fmt::format("{} ({})", printable(word), count);
      ++shown;
    }
    return text;
  }

  void say() {
    std::vector<std::string>& notes = out_.assumptions;
    const auto add = [&](std::string text) { notes.push_back(std::move(text)); };
    if (names_.size() > 1) add(fmt::format("the file holds several logs: {}", names()));
    if (records_ > used_) {
      add(fmt::format("{} of other logs were not used", count_of(records_ - used_, "line")));
    }
    if (local_ > 0) {
      out_.source.local_time = !context_.local_zone;
      add(context_.local_zone
              ? fmt::format("times are local; taken as {}", context_.local_zone->name())
              : "times are local and have no zone; taken as UTC");
    }
    if (findings_.without_time > 0) {
      add(fmt::format("{} without a date, and no #Date line, were not used",
                      count_of(findings_.without_time, "line")));
    }
    if (passed_over_ > 0) {
      add(fmt::format("{} between the logs of this page were passed over",
                      count_of(passed_over_, "line")));
    }
    if (reader_.assumed_encoding() > 0) {
      add(fmt::format("{} not UTF-8; read as Windows-1252",
                      reader_.assumed_encoding() == 1
                          ? "1 line is"
                          : fmt::format("{} lines are", reader_.assumed_encoding())));
    }
    if (findings_.forwarded > 0) {
      add(fmt::format("the client of {} is taken from X-Forwarded-For",
                      count_of(findings_.forwarded, "request")));
    }
    if (findings_.probes > 0) {
      add(fmt::format("{} of Exchange's own health tests were left out",
                      count_of(findings_.probes, "request")));
    }
    if (findings_.authentication > 0) {
      add(fmt::format("{} asked for or refused credentials, which ends no connection",
                      count_of(findings_.authentication, "request")));
    }
    if (findings_.inner > 0) {
      add(fmt::format("{} between the server's own halves were left out",
                      count_of(findings_.inner, "end")));
    }
    if (!findings_.unknown_reasons.empty()) {
      add(fmt::format("reasons that are not known (data/server): {}",
                      words(findings_.unknown_reasons)));
    }
    if (!findings_.left_out.empty()) {
      add(fmt::format("ends beyond the first {} are counted only: {}", kMostCloses,
                      words(findings_.left_out)));
    }
  }

  const ReadContext& context_;
  SourceIntake& out_;
  w3clog::Reader reader_;
  ServerFindings findings_;
  std::map<ServerLogKind, std::unique_ptr<ServerRecordReader>> readers_;
  std::map<std::string, std::uint64_t> names_;
  std::map<std::string_view, std::string> ids_;
  std::uint64_t records_ = 0;
  std::uint64_t used_ = 0;
  std::uint64_t local_ = 0;
  std::uint64_t passed_over_ = 0;
  Instant previous_{};
};

}  // namespace

ServerLogName name_of(const w3clog::Header& header) {
  const auto has = [&](std::string_view name) { return header.column(name).has_value(); };
  const auto type_has = [&](std::string_view word) {
    return to_lower_ascii(header.log_type).find(word) != std::string::npos;
  };
  if (has("s-reason") && has("c-ip")) return {ServerLogKind::HttpErr, "httperr", "HTTPERR log"};
  if (has("rpc-status") && has("session-id") && has("operation")) {
    if (type_has("address book") || type_has("nspi")) {
      return {ServerLogKind::ClientAccess, "exchange-address-book",
              "MAPI Address Book Service log"};
    }
    if (type_has("mapi") || has("request-ids") || has("session-cookie")) {
      return {ServerLogKind::ClientAccess, "exchange-mapi", "MAPI Client Access log"};
    }
    return {ServerLogKind::ClientAccess, "exchange-rca", "RPC Client Access log"};
  }
  if (has("AuthenticatedUser") && has("ClientIpAddress")) {
    if (has("ProxyAction"))
      return {ServerLogKind::HttpProxy, "exchange-httpproxy", "HttpProxy log"};
    if (has("SoapAction")) return {ServerLogKind::HttpProxy, "exchange-ews", "EWS log"};
  }
  // IIS' columns are chosen by the administrator; these two are in every choice.
  if (has("cs-uri-stem") && (has("sc-status") || has("cs-method"))) {
    return {ServerLogKind::Iis, "iis", "IIS log"};
  }
  if (header.software.starts_with("Microsoft Exchange")) {
    return {ServerLogKind::OtherExchange, "exchange-other",
            header.log_type.empty() ? "another log of Exchange"
                                    : fmt::format("{} of Exchange", printable(header.log_type))};
  }
  return {ServerLogKind::None, {}, "log with other columns"};
}

void ServerFindings::add_close(const RawClose& close) {
  if (closes.size() < kMostCloses) {
    closes.push_back(close);
  } else if (left_out.size() < kMostWords || left_out.count(close.reason) != 0) {
    ++left_out[close.reason];
  }
}

void ServerFindings::note_unknown(std::string_view word) {
  // Long words differ in their tails only.
  constexpr std::size_t kLongest = 60;
  std::string key(word.substr(0, kLongest));
  if (unknown_reasons.size() < kMostWords || unknown_reasons.count(key) != 0) {
    ++unknown_reasons[std::move(key)];
  }
}

IpEndpoint endpoint_of(std::string_view address, std::string_view port) {
  IpEndpoint out;
  if (const auto parsed = IpAddress::parse(address)) {
    out.address = *parsed;
  } else if (const auto both = IpEndpoint::parse(address)) {
    out = *both;
  }
  const auto number = parse_int(port);
  if (number && *number > 0 && *number <= 0xffff) out.port = static_cast<std::uint16_t>(*number);
  return out;
}

std::optional<Instant> begun(Instant end, std::string_view milliseconds) {
  const auto value = parse_int(milliseconds);
  // A request of ten days is an error of its log.
  constexpr std::int64_t kLongest = 10 * 86'400'000LL;
  if (!value || *value < 0 || *value > kLongest) return std::nullopt;
  return end - std::chrono::milliseconds{*value};
}

/// Source text may quote a header: there, no line has its values.
bool has_records(std::string_view text) {
  w3clog::Reader reader(as_bytes(text));
  w3clog::Record record;
  bool foreign = false;
  while (reader.next(record)) {
    if (!record.foreign && record.problem.empty()) return true;
    foreign |= record.foreign;
  }
  // A log that has only just begun is one too.
  return !foreign && reader.summary().problems == 0;
}

bool is_server_log(const Head& head) {
  for (const w3clog::Header& header : w3clog::headers_in(head.text)) {
    if (name_of(header).kind != ServerLogKind::None) return has_records(head.text);
  }
  return !protocol_log_title_of_text(head.text).empty();
}

SourceIntake read_server_log(const Content& content, const ReadContext& context) {
  SourceIntake out;
  const std::string head = text::head_as_utf8(content.bytes, kHeadBytes);
  const std::string_view other = protocol_log_title_of_text(head);
  if (!other.empty()) {
    out.source.state = SourceState::Ignored;
    out.source.kind = "exchange-protocol";
    out.source.problem = fmt::format("{}: Outlook with Exchange does not use it; not used", other);
    return out;
  }
  ServerLogReading(content, context, out).run();
  return out;
}

}  // namespace dropscope
