// Nobody can export the Connection Status window, so what arrives is whatever was selected and
// copied. Two things are therefore kept apart: what a row is sure to say (a word in a column), and
// what only holds for the whole window, such as online mode, which is the absence of Cache rows.

#include "evidence/intake/status_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/text.h"

namespace dropscope {
namespace {

using Column = StatusColumn;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_smtp_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('@', at + 1) == text.npos &&
         text.find('.', at) != text.npos && text.find_first_of(" /\\:<>") == text.npos &&
         text.back() != '.';
}

/// "862/0"
bool is_req_fail(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && is_number(trim(text.substr(0, slash))) &&
         is_number(trim(text.substr(slash + 1)));
}

/// Three or four numbers with dots, or the beginning of that where the window was too narrow
/// ("15.1.1...").
bool is_version(std::string_view text) {
  int dots = 0;
  bool digits = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digits = true;
    } else if (c == '.') {
      ++dots;
    } else {
      return false;
    }
  }
  return digits && dots >= 2;
}

/// A host name or a URL.
bool is_server(std::string_view text) {
  if (text.find("://") != text.npos) return true;
  if (text.find('.') == text.npos || text.size() < 4) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || c == '@';
  });
}

/// "Clear [Anonymous]", "SSL[No]", "Nego*": layers of one column, each of its words.
bool are_layers(Column column, std::string_view text, const StatusWords& words) {
  bool any = false;
  std::string part;
  const auto known = [&] {
    const bool good = part.empty() || words.word(column, part).has_value();
    any = any || !part.empty();
    part.clear();
    return good;
  };
  for (const char c : text) {
    if (c == ' ' || c == '[' || c == ']' || c == '*') {
      if (!known()) return false;
    } else {
      part.push_back(c);
    }
  }
  return known() && any;
}

/// "---" stands where a connection has none.
bool is_dash(std::string_view text) {
  return !text.empty() && text.find_first_not_of("-") == text.npos;
}

std::optional<double> leading_number(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop == text.data() || !(value >= 0 && value < 1e9)) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  text = trim(text);
  if (!is_number(text)) return std::nullopt;
  return static_cast<std::uint32_t>(*parse_int(text));
}

bool contains_nocase(std::string_view text, std::string_view part) {
  return to_lower_ascii(text).find(part) != std::string::npos;
}

std::string host_of(std::string_view server) {
  if (const std::size_t scheme = server.find("://"); scheme != server.npos) {
    server.remove_prefix(scheme + 3);
  }
  return std::string(server.substr(0, server.find_first_of("/?:")));
}

/// Outlook's own builds are 11.0, 12.0, 14.0, 15.0 and 16.0 with a third number above 4000
/// (12.0.6787.5000, 16.0.17328.20162); Exchange's third numbers stay below 2600 in 14.0 to 15.2
/// and its second is 20 in the cloud. The page says the column is the server's; samples show both.
bool is_outlook_version(std::string_view version) {
  const std::vector<std::string_view> parts = split(version, '.');
  if (parts.size() < 3 || parts[1] != "0") return false;
  const auto build = parse_int(parts[2]);
  return build && *build >= 4000;
}

/// The value that most rows have; empty when there is none or two are equally frequent.
class Vote {
 public:
  void add(const std::string& value) {
    if (!value.empty()) ++counts_[value];
  }
  [[nodiscard]] std::string winner() const {
    std::string best;
    std::size_t most = 0;
    bool tie = false;
    for (const auto& [value, count] : counts_) {
      tie = count == most || (tie && count < most);
      if (count > most) {
        best = value;
        most = count;
      }
    }
    return tie ? std::string() : best;
  }
  [[nodiscard]] std::size_t values() const { return counts_.size(); }

 private:
  std::map<std::string, std::size_t> counts_;
};

/// Cells of a row that has no header, while their columns are being found.
class Recogniser {
 public:
  Recogniser(const std::vector<std::string_view>& cells, const StatusWords& words)
      : cells_(cells), words_(words), taken_(cells.size()) {
    at_.fill(kNone);
  }

  std::optional<StatusRow> run() {
    by_content();
    if (strong_ < 4 || (!has(Column::SessType) && !has(Column::ReqFail))) return std::nullopt;
    protocols();
    numbers();
    servers();
    free_texts();
    StatusRow row;
    for (const Column column : kStatusColumns) {
      if (has(column)) row[column] = std::string(cells_[at(column)]);
    }
    return row;
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  [[nodiscard]] std::size_t at(Column column) const {
    return at_.at(static_cast<std::size_t>(column));
  }
  [[nodiscard]] bool has(Column column) const { return at(column) != kNone; }
  bool take(Column column, std::size_t index) {
    if (has(column) || taken_[index]) return false;
    at_.at(static_cast<std::size_t>(column)) = index;
    taken_[index] = true;
    return true;
  }

  /// Columns whose words or shape are their own.
  void by_content() {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const std::string_view cell = cells_[i];
      if (cell.empty()) continue;
      bool found = false;
      if (is_smtp_address(cell)) {
        found = take(Column::SmtpAddress, i);
      } else if (is_req_fail(cell)) {
        found = take(Column::ReqFail, i);
      } else if (words_.word(Column::SessType, cell)) {
        found = take(Column::SessType, i);
      } else if (words_.word(Column::Status, cell)) {
        found = take(Column::Status, i);
      } else if (words_.word(Column::Type, cell)) {
        found = take(Column::Type, i);
      } else if (are_layers(Column::Authn, cell, words_)) {
        found = take(Column::Authn, i);
      } else if (are_layers(Column::Encrypt, cell, words_)) {
        found = take(Column::Encrypt, i);
      } else if (words_.word(Column::Notif, cell)) {
        found = take(Column::Notif, i) || take(Column::Rpc, i);
      } else if (words_.word(Column::Protocol, cell) || words_.word(Column::Conn, cell)) {
        ++strong_;
      }
      strong_ += found ? 1 : 0;
    }
  }

  void protocols() {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const auto protocol = words_.word(Column::Protocol, cells_[i]);
      const auto conn = words_.word(Column::Conn, cells_[i]);
      if (taken_[i] || (!protocol && !conn)) continue;
      // What only one of the columns can hold decides; HTTP stands in both, so its place does:
      // Protocol is before Authn, Conn behind the session type in all versions.
      if (protocol && !conn) {
        take(Column::Protocol, i);
      } else if (conn && !protocol) {
        take(Column::Conn, i);
      } else if ((has(Column::Authn) && i < at(Column::Authn)) ||
                 (has(Column::Status) && i == at(Column::Status) + 1)) {
        take(Column::Protocol, i);
      } else if (has(Column::SessType) && i > at(Column::SessType)) {
        take(Column::Conn, i);
      }
    }
  }

  void numbers() {
    const auto number_at = [&](std::size_t i) { return i < cells_.size() && is_number(cells_[i]); };
    if (number_at(0)) take(Column::Cid, 0);
    if (has(Column::Type) && at(Column::Type) > 0 && number_at(at(Column::Type) - 1)) {
      take(Column::RpcPort, at(Column::Type) - 1);
    }
    const Column before = has(Column::ReqFail) ? Column::ReqFail : Column::Type;
    if (has(before)) {
      const std::size_t begin = at(before);
      if (number_at(begin + 1)) take(Column::AvgResp, begin + 1);
      if (number_at(begin + 2)) take(Column::AvgProc, begin + 2);
    }
    for (std::size_t i = cells_.size(); i-- > 0;) {
      if (!taken_[i] && is_version(cells_[i])) {
        take(Column::Version, i);
        break;
      }
    }
  }

  void servers() {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!taken_[i] && is_server(cells_[i]) && !is_version(cells_[i])) found.push_back(i);
    }
    if (found.size() >= 2) {
      take(Column::ProxyServer, found[0]);
      take(Column::ServerName, found[1]);
    } else if (found.size() == 1) {
      const bool tunnel =
          (has(Column::Protocol) &&
           protocol_from_text(cells_[at(Column::Protocol)]) == Protocol::RpcHttp) ||
          (has(Column::Conn) && protocol_from_text(cells_[at(Column::Conn)]) == Protocol::RpcHttp);
      take(tunnel ? Column::ProxyServer : Column::ServerName, found[0]);
    }
  }

  void free_texts() {
    const auto next_to = [&](Column known, Column column) {
      const std::size_t i = at(known) + 1;
      if (has(known) && i < cells_.size() && !cells_[i].empty()) take(column, i);
    };
    next_to(Column::SmtpAddress, Column::DisplayName);
    next_to(Column::SessType, Column::Interface);
  }

  const std::vector<std::string_view>& cells_;
  const StatusWords& words_;
  std::vector<bool> taken_;
  std::array<std::size_t, kStatusColumnCount> at_{};
  int strong_ = 0;
};

RawConnection connection_of(const StatusRow& row, const StatusWords& words) {
  RawConnection out;
  out.row.place = row.place;
  out.row.confidence = row.confidence;
  const auto english = [&](Column column) {
    const auto word = words.word(column, row[column]);
    return word ? std::string(*word) : row[column];
  };
  out.mailbox = is_smtp_address(row[Column::SmtpAddress]) ? row[Column::SmtpAddress] : "";
  out.server = row[Column::ServerName];
  out.proxy = row[Column::ProxyServer];
  out.status = english(Column::Status);
  out.type = english(Column::Type);
  out.session_type = english(Column::SessType);
  out.adapter = row[Column::Interface];
  out.version = row[Column::Version];
  const Protocol protocol = protocol_of(row, words);
  if (protocol != Protocol::Unknown) out.protocol = std::string(to_string(protocol));
  if (const std::string& counts = row[Column::ReqFail]; is_req_fail(counts)) {
    const std::size_t slash = counts.find('/');
    out.row.requests = number_of(std::string_view(counts).substr(0, slash));
    out.row.failures = number_of(std::string_view(counts).substr(slash + 1));
  }
  out.row.response_ms = leading_number(row[Column::AvgResp]);
  out.row.processing_ms = leading_number(row[Column::AvgProc]);
  return out;
}

}  // namespace

StatusHeader status_header(const std::vector<std::string_view>& cells, const StatusWords& words) {
  StatusHeader header;
  std::array<bool, kStatusColumnCount> seen{};
  for (const std::string_view cell : cells) {
    std::optional<Column> column = words.header(cell);
    if (column) {
      bool& known = seen.at(static_cast<std::size_t>(*column));
      if (known) column.reset();
      if (column) ++header.known;
      known = true;
    }
    header.columns.push_back(column);
  }
  return header;
}

bool is_status_header(const StatusHeader& header) {
  // Names that other tables use as well prove nothing.
  std::size_t own = 0;
  std::size_t cells = 0;
  for (const auto& column : header.columns) {
    ++cells;
    if (!column) continue;
    switch (*column) {
      case Column::DisplayName:
      case Column::Status:
      case Column::Protocol:
      case Column::Type:
      case Column::Interface:
      case Column::Encrypt:
      case Column::Version:
        break;
      default:
        ++own;
    }
  }
  return own >= 2 && header.known >= 4 && header.known * 2 >= cells;
}

bool is_checked(Column column) {
  switch (column) {
    case Column::Cid:
    case Column::SmtpAddress:
    case Column::Authn:
    case Column::RpcPort:
    case Column::ReqFail:
    case Column::AvgResp:
    case Column::AvgProc:
    case Column::SessType:
    case Column::Version:
      return true;
    default:
      return false;
  }
}

bool fits_column(Column column, std::string_view cell, const StatusWords& words) {
  switch (column) {
    case Column::Cid:
    case Column::RpcPort:
      return is_number(cell);
    case Column::SmtpAddress:
      return is_smtp_address(cell);
    case Column::Authn:
      return are_layers(column, cell, words);
    case Column::ReqFail:
      return is_req_fail(cell);
    case Column::AvgResp:
    case Column::AvgProc:
      return leading_number(cell).has_value();
    case Column::SessType:
      return words.word(column, cell).has_value();
    case Column::Version:
      return is_version(cell);
    default:
      return true;
  }
}

std::optional<StatusRow> recognise_row(const std::vector<std::string_view>& cells,
                                       const StatusWords& words) {
  if (cells.size() < 5) return std::nullopt;
  return Recogniser(cells, words).run();
}

Protocol protocol_of(const StatusRow& row, const StatusWords& words) {
  const auto meaning = [&](Column column) {
    const auto word = words.word(column, row[column]);
    return word ? protocol_from_text(*word) : Protocol::Unknown;
  };
  if (const Protocol named = meaning(Column::Protocol); named != Protocol::Unknown) return named;
  if (contains_nocase(row[Column::ServerName], "/mapi/")) return Protocol::MapiHttp;
  if (const Protocol named = meaning(Column::Conn); named != Protocol::Unknown) return named;
  return Protocol::Unknown;
}

void add_status_rows(const std::vector<StatusRow>& rows, const StatusWords& words,
                     RowSet set_of_rows, SourceIntake& out) {
  Vote protocols;
  Vote mailboxes;
  Vote servers;
  Vote adapters;
  Vote client_versions;
  Vote server_versions;
  std::size_t cache = 0;
  std::size_t interactive = 0;
  for (const StatusRow& row : rows) {
    RawConnection connection = connection_of(row, words);
    protocols.add(connection.protocol);
    mailboxes.add(to_lower_ascii(connection.mailbox));
    servers.add(
        to_lower_ascii(host_of(connection.server.empty() ? connection.proxy : connection.server)));
    if (!is_dash(connection.adapter)) adapters.add(connection.adapter);
    (is_outlook_version(connection.version) ? client_versions : server_versions)
        .add(connection.version);
    cache += connection.session_type == "Cache" ? 1u : 0u;
    interactive +=
        connection.session_type == "Foreground" || connection.session_type == "Background" ? 1u
                                                                                           : 0u;
    out.connections.push_back(std::move(connection));
  }
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) out.attributes[key] = value;
  };
  set("protocol", protocols.winner());
  if (protocols.values() > 1) {
    out.assumptions.push_back(
        fmt::format("the rows show {} protocols; the most frequent one is taken for the client's",
                    protocols.values()));
  }
  if (cache > 0) {
    set("mode", "cached");
  } else if (interactive > 0 && set_of_rows != RowSet::Doubtful &&
             (set_of_rows == RowSet::WithHeader || rows.size() > 1)) {
    set("mode", "online");
    out.assumptions.push_back(fmt::format(
        "none of the {} is a session of type Cache: taken for online mode, which holds only if all "
        "rows of the window are here",
        count_of(rows.size(), "row")));
  }
  set("version", client_versions.winner());
  set("server_version", server_versions.winner());
  set("server", servers.winner());
  set("adapter", adapters.winner());
  const std::string mailbox = mailboxes.winner();
  set("user", mailbox);
  if (!mailbox.empty()) {
    out.owner.user = mailbox;
    out.owner.user_reason = "SMTP address in Connection Status";
  }
}

}  // namespace dropscope
