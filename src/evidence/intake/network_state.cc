// Lists of connections and routes. None of them says whose they are or when they were made; the
// file's name and folder tell whose.

#include "evidence/intake/network_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "formats/clixml/clixml.h"
#include "formats/netstate/netstat.h"
#include "formats/netstate/route.h"
#include "formats/text/line_reader.h"
#include "formats/text/row_splitter.h"

namespace dropscope {
namespace {

/// A busy server lists some tens of thousands of connections.
constexpr std::size_t kMostRows = 1'000'000;
void set_state(Source& source) {
  source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
}

void note_line(Source& source, const text::Line& line, std::string_view expected,
               std::size_t damage_kept) {
  add_damage(source, line.number,
             fmt::format("line {}: expected {}, found \"{}\"", line.number, expected,
                         printable(line.text.substr(0, 60))),
             damage_kept);
}

/// Columns of Get-NetTCPConnection as it is shown, saved or exported.
struct TcpColumns {
  static constexpr std::array<std::string_view, 7> kNames = {
      "localaddress", "localport",     "remoteaddress", "remoteport",
      "state",        "owningprocess", "pscomputername"};
  std::map<std::string, std::string> values;

  [[nodiscard]] std::string get(const char* name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  }
  [[nodiscard]] static bool known(std::string_view name) {
    return std::find(kNames.begin(), kNames.end(), to_lower_ascii(name)) != kNames.end();
  }
};

std::optional<RawConnection> connection_from(const TcpColumns& columns, std::uint64_t place) {
  const auto local = IpAddress::parse(columns.get("localaddress"));
  const auto remote = IpAddress::parse(columns.get("remoteaddress"));
  const auto local_port = parse_int(columns.get("localport"));
  const auto remote_port = parse_int(columns.get("remoteport"));
  const auto is_port = [](const std::optional<std::int64_t>& port) {
    return port && *port >= 0 && *port <= 65535;
  };
  if (!local || !remote || !is_port(local_port) || !is_port(remote_port)) return std::nullopt;
  RawConnection out;
  out.row.place = place;
  out.row.local = {*local, static_cast<std::uint16_t>(*local_port)};
  out.row.remote = {*remote, static_cast<std::uint16_t>(*remote_port)};
  out.status = columns.get("state");
  if (const auto number = parse_int(out.status)) {
    out.status = std::string(netstate::tcp_state_name(*number));
  }
  out.process = columns.get("owningprocess");
  return out;
}

/// Names of columns in a line cut by `separator`; empty when it is no header of the cmdlet.
std::vector<std::string> tcp_header(std::string_view line, text::Separator separator) {
  std::vector<std::string> names;
  std::size_t known = 0;
  for (const text::RowCell& cell : text::split_row(line, separator)) {
    // Names have no spaces, and in a table of the console one may stand between two of them.
    for (std::string_view part : split(cell.text, ' ')) {
      part = trim(part);
      if (part.empty()) continue;
      known += TcpColumns::known(part) ? 1u : 0u;
      names.push_back(to_lower_ascii(part));
    }
  }
  if (known < 4) names.clear();
  return names;
}

struct TcpLayout {
  std::vector<std::string> names;
  text::Separator separator = text::Separator::Spaces;
};

std::optional<TcpLayout> find_tcp_layout(std::string_view line) {
  for (const text::Separator separator : text::kSeparators) {
    if (separator != text::Separator::Spaces && text::split_row(line, separator).size() < 4) {
      continue;
    }
    TcpLayout layout{tcp_header(line, separator), separator};
    if (!layout.names.empty()) return layout;
  }
  return std::nullopt;
}

/// "LocalAddress : ::1" of Format-List, and `"LocalAddress":  "::1",` of JSON as PowerShell lays it
/// out, one property on a line. Nothing for other lines.
std::optional<std::pair<std::string, std::string>> property_of(std::string_view line) {
  line = trim(line);
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return std::nullopt;
  const auto strip = [](std::string_view text) {
    text = trim(text);
    if (text.ends_with(',')) text.remove_suffix(1);
    text = trim(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
      text = text.substr(1, text.size() - 2);
    }
    return text;
  };
  const std::string_view name = strip(line.substr(0, colon));
  if (!TcpColumns::known(name)) return std::nullopt;
  return std::pair(to_lower_ascii(name), std::string(strip(line.substr(colon + 1))));
}

std::vector<std::string> cells_of(std::string_view line, const TcpLayout& layout) {
  std::vector<std::string> out;
  for (const text::RowCell& cell : text::split_row(line, layout.separator)) {
    if (layout.separator != text::Separator::Spaces) {
      out.push_back(cell.text);
      continue;
    }
    for (const std::string_view part : split(cell.text, ' ')) {
      if (!trim(part).empty()) out.emplace_back(trim(part));
    }
  }
  return out;
}

}  // namespace

bool is_own_address(const IpAddress& address) {
  if (address.is_unspecified() || address.is_loopback()) return false;
  const auto& bytes = address.bytes();
  const auto first = bytes[0];
  // 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291).
  if (address.is_v4()) return !(first == 169 && bytes[1] == 254);
  return !(first == 0xfe && (bytes[1] & 0xc0) == 0x80);
}

const StatusWords& status_words_of(const Head& head) {
  if (head.catalogue != nullptr) return head.catalogue->status_words;
  static const StatusWords kBuiltIn = [] {
    const Result<Catalogue> loaded = Catalogue::load();
    check(loaded.has_value(), "the built-in data cannot be read");
    return loaded->status_words;
  }();
  return kBuiltIn;
}

bool is_netstat(const Head& head) {
  return any_line(head.text, 40, [](std::string_view line) {
    return netstate::parse_netstat_line(line).has_value();
  });
}

SourceIntake read_netstat(const Content& content, const ReadContext& context) {
  SourceIntake out;
  Source& source = out.source;
  bool after_row = false;
  bool heading = true;
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    if (auto row = netstate::parse_netstat_line(line.text)) {
      ++source.records;
      after_row = true;
      heading = false;
      if (out.connections.size() >= kMostRows) continue;
      RawConnection& connection = out.connections.emplace_back();
      connection.row.place = line.number;
      connection.row.local = row->local;
      connection.row.remote = row->remote;
      connection.server = std::move(row->remote_name);
      connection.status = std::move(row->state);
      if (row->pid) connection.process = fmt::format("{}", *row->pid);
      continue;
    }
    const std::string_view process = netstate::parse_process_line(line.text);
    if (!process.empty() && after_row && !out.connections.empty()) {
      std::string& pid = out.connections.back().process;
      pid = pid.empty() ? std::string(process) : fmt::format("{} ({})", process, pid);
      continue;
    }
    // A heading, a component's name of -b, a remark that a name could not be found: words without
    // an address. What begins like a row and is none has lost something.
    const std::string_view words = trim(line.text);
    const bool begins = words.starts_with("TCP ") || words.starts_with("UDP ");
    if (begins && !heading) note_line(source, line, "a connection", context.damage_kept);
  }
  set_state(source);
  return out;
}

bool is_net_tcp_connection(const Head& head) {
  int properties = 0;
  if (head.text.find("\"LocalPort\":") != std::string::npos &&
      head.text.find("\"RemotePort\":") != std::string::npos &&
      head.text.find("\"OwningProcess\":") != std::string::npos) {
    return true;
  }
  return any_line(head.text, 60, [&](std::string_view line) {
    if (find_tcp_layout(line)) return true;
    properties += property_of(line) ? 1 : 0;
    return properties >= 4;
  });
}

SourceIntake read_net_tcp_connection(const Content& content, const ReadContext& context) {
  SourceIntake out;
  Source& source = out.source;
  std::optional<TcpLayout> layout;
  TcpColumns object;
  std::uint64_t object_line = 0;
  const auto add = [&](const TcpColumns& columns, std::uint64_t place) {
    auto connection = connection_from(columns, place);
    if (!connection) return false;
    ++source.records;
    const std::string computer = columns.get("pscomputername");
    if (!computer.empty() && out.owner.computer.empty()) {
      out.owner.computer = computer;
      out.owner.computer_reason = "PSComputerName in Get-NetTCPConnection";
    }
    if (out.connections.size() < kMostRows) out.connections.push_back(std::move(*connection));
    return true;
  };
  const auto finish_object = [&] {
    if (object.values.count("localaddress") != 0 && !add(object, object_line)) {
      add_damage(source, object_line,
                 fmt::format("line {}: expected addresses and ports of a connection, found others",
                             object_line),
                 context.damage_kept);
    }
    object.values.clear();
  };
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    const std::string_view words = trim(line.text);
    if (words.empty() || words.find_first_not_of("- ") == words.npos) continue;
    if (auto found = find_tcp_layout(line.text)) {
      layout = std::move(found);
      continue;
    }
    if (layout) {
      const std::vector<std::string> cells = cells_of(line.text, *layout);
      TcpColumns columns;
      // In the console's table an empty cell leaves no trace. AppliedSetting, the one column that
      // can be empty, is not used and stands before the last one.
      const bool short_row =
          layout->separator == text::Separator::Spaces && cells.size() + 1 == layout->names.size();
      for (std::size_t i = 0; i < layout->names.size() && i < cells.size(); ++i) {
        const bool last = i + 1 == cells.size();
        columns.values[layout->names[short_row && last ? i + 1 : i]] = cells[i];
      }
      if (!add(columns, line.number)) {
        note_line(source, line, "a row of Get-NetTCPConnection", context.damage_kept);
      }
      continue;
    }
    if (words.find("\"LocalPort\"") != words.npos && words.find("\"LocalAddress\"") != words.npos) {
      // ConvertTo-Json -Compress: all on one line.
      object_line = line.number;
      for (std::string_view part : split(words, ',')) {
        const bool ends = part.find('}') != part.npos;
        while (!part.empty() && (part.front() == '[' || part.front() == '{')) part.remove_prefix(1);
        if (auto property = property_of(part.substr(0, part.find('}')))) {
          object.values.insert(std::move(*property));
        }
        if (ends) finish_object();
      }
      continue;
    }
    if (auto property = property_of(line.text)) {
      // A property that is there already begins the next object.
      if (object.values.count(property->first) != 0) finish_object();
      if (object.values.empty()) object_line = line.number;
      object.values.insert(std::move(*property));
    } else if (words.starts_with('}')) {
      finish_object();
    }
  }
  finish_object();
  set_state(source);
  return out;
}

bool is_route_print(const Head& head) {
  int rows = 0;
  return any_line(head.text, 100, [&](std::string_view line) {
    rows += netstate::parse_route_line(line) ? 1 : 0;
    return rows >= 3;
  });
}

SourceIntake read_route_print(const Content& content, const ReadContext& context) {
  SourceIntake out;
  Source& source = out.source;
  const StatusWords& words = context.catalogue.status_words;
  std::string gateways;
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    if (const auto name = netstate::parse_interface_line(line.text); !name.empty()) {
      if (words.contains_label(name, "vpn-adapter")) out.attributes["vpn_adapter"] = name;
      continue;
    }
    const auto route = netstate::parse_route_line(line.text);
    if (!route) continue;
    ++source.records;
    if (route->prefix == 0 && route->gateway && route->interface && route->destination.is_v4()) {
      gateways += (gateways.empty() ? "" : ", ") + route->gateway->to_string();
    }
    // The route of one address to the computer itself names the address.
    if (route->interface && route->prefix == 32 && route->destination == *route->interface &&
        is_own_address(route->destination)) {
      RawAddress& address = out.addresses.emplace_back();
      address.use.address = route->destination;
      address.reason = "route print";
    }
  }
  if (!gateways.empty()) out.attributes["gateway"] = gateways;
  set_state(source);
  return out;
}

bool is_network_clixml(const Head& head) {
  if (!clixml::looks_like(head.text)) return false;
  return any_line(head.text, 4000, [](std::string_view line) {
    for (const std::string_view word :
         {"<T>NetIPConfiguration", "N=\"TimeZoneKeyName\"", "N=\"ProxyAddress\"",
          "MSFT_NetTCPConnection", "<T>System.TimeZoneInfo"}) {
      if (line.find(word) != line.npos) return true;
    }
    return false;
  });
}

SourceIntake read_network_clixml(const Content& content, const ReadContext& context) {
  SourceIntake out;
  Source& source = out.source;
  std::uint64_t objects = 0;
  TcpColumns connection;
  std::uint64_t connection_object = 0;
  const auto finish_connection = [&] {
    auto row = connection_from(connection, connection_object + 1);
    if (row && out.connections.size() < kMostRows) out.connections.push_back(std::move(*row));
    connection.values.clear();
  };
  const auto use = [&](const clixml::Value& value) {
    objects = value.object + 1;
    if (value.object != connection_object) finish_connection();
    connection_object = value.object;
    if (value.text.empty()) return;
    const std::string text(value.text);
    // Get-NetIPConfiguration. Addresses stand below objects, whose own properties repeat the names.
    if (value.path == "ComputerName" || value.path == "PSComputerName") {
      out.owner.computer = text;
      out.owner.computer_reason = "ComputerName in a Clixml file";
    } else if (value.path == "InterfaceDescription") {
      const bool vpn = context.catalogue.status_words.contains_label(text, "vpn-adapter");
      out.attributes.emplace(vpn ? "vpn_adapter" : "adapter", text);
    } else if (value.name == "IPAddress" &&
               (value.path.starts_with("AllIPAddresses/") ||
                value.path.starts_with("IPv4Address/") || value.path.starts_with("IPv6Address/"))) {
      const auto address = IpAddress::parse(text);
      const bool seen = address && std::any_of(out.addresses.begin(), out.addresses.end(),
                                               [&](const RawAddress& known) {
                                                 return known.use.address == *address;
                                               });
      if (!address || seen || !is_own_address(*address)) return;
      RawAddress& own = out.addresses.emplace_back();
      own.use.address = *address;
      own.reason = "Get-NetIPConfiguration";
    } else if (value.path == "IPv4DefaultGateway/NextHop") {
      out.attributes.emplace("gateway", text);
    } else if (value.path == "TimeZoneKeyName" || (value.path == "Id" && value.type == "S")) {
      // Keys in the registry may end in a zero and what was there before.
      out.attributes["timezone"] = text.substr(0, text.find('\0'));
    } else if (value.path == "ProxyAddress") {
      // Get-HttpProxySetting of HealthChecker: "None" for a direct connection.
      out.attributes["proxy"] = text == "None" ? "direct" : text;
    } else if (TcpColumns::known(value.path)) {
      connection.values[to_lower_ascii(value.path)] = text;
    }
  };
  const Result<void> done = clixml::read(content.bytes, use);
  finish_connection();
  source.records = objects;
  set_state(source);
  if (!done) {
    const bool unread = objects == 0 || done.error().code == ErrorCode::Unsupported;
    source.state = unread ? SourceState::Unreadable : SourceState::Damaged;
    if (unread) source.problem = done.error().message;
    if (!unread) add_damage(source, 0, done.error().message, context.damage_kept);
  }
  return out;
}

}  // namespace dropscope
