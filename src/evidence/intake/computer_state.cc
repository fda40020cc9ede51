// ipconfig and systeminfo: whose computer it is, its addresses, its zone.
//
// A lease says since when an address is held, but only since the last renewal; so addresses are
// taken without limits in time, and the length of the lease, which needs no zone, is kept as a
// fact: renewals at half of it are a rhythm that a reader may meet.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/intake/local_stamp.h"
#include "evidence/intake/network_state.h"
#include "formats/netstate/labels.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

using netstate::LabelKind;

/// "10.50.13.132(Preferred)" → the address.
std::optional<IpAddress> address_in(std::string_view value) {
  return IpAddress::parse(trim(value.substr(0, value.find('('))));
}

struct Adapter {
  std::string title;
  std::string description;
  std::string gateway;
  std::string dhcp_server;
  std::string dns;
  std::vector<IpAddress> addresses;
  std::optional<CivilTime> obtained;
  std::optional<CivilTime> expires;
};

void use_adapter(const Adapter& adapter, const StatusWords& words, SourceIntake& out) {
  const std::string& name = adapter.description.empty() ? adapter.title : adapter.description;
  bool connected = false;
  for (const IpAddress& address : adapter.addresses) {
    if (!is_own_address(address)) continue;
    connected = true;
    RawAddress& own = out.addresses.emplace_back();
    own.use.address = address;
    own.reason = "ipconfig";
  }
  if (!connected) return;
  const bool vpn = words.contains_label(adapter.description, "vpn-adapter") ||
                   words.contains_label(adapter.title, "vpn-adapter");
  if (vpn) {
    out.attributes.emplace("vpn_adapter", name);
  } else if (!adapter.gateway.empty()) {
    out.attributes.emplace("adapter", name);
    out.attributes.emplace("gateway", adapter.gateway);
    if (!adapter.dns.empty()) out.attributes.emplace("dns", adapter.dns);
    if (!adapter.dhcp_server.empty()) out.attributes.emplace("dhcp_server", adapter.dhcp_server);
    if (adapter.obtained && adapter.expires) {
      const auto from = from_civil_utc(*adapter.obtained);
      const auto to = from_civil_utc(*adapter.expires);
      if (from && to && *from < *to) {
        out.attributes.emplace("lease_seconds", fmt::format("{:.0f}", seconds_between(*from, *to)));
      }
    }
  }
}

void append(std::string& list, std::string_view value) {
  if (value.empty()) return;
  if (!list.empty()) list += ", ";
  list += value;
}

/// The zone that Windows shows as "(UTC-06:00) Central Time (US & Canada)" or "(UTC+01:00)
/// Amsterdam, Berlin, Bern": by the name it gives in the first case, else by a city that the IANA
/// database knows and whose standard time is as far from UTC. Empty if unknown.
std::string zone_of_display(std::string_view shown) {
  const std::size_t close = shown.find(')');
  if (!shown.starts_with("(") || close == shown.npos) {
    const auto zone = TimeZone::find(trim(shown));
    return zone ? std::string(trim(shown)) : std::string();
  }
  const std::string_view offset = shown.substr(1, close - 1);
  const std::string_view places = trim(shown.substr(close + 1));
  const auto fixed = TimeZone::find(offset);
  if (!fixed) return {};
  const int seconds = fixed->offset_seconds(Instant{});
  // Standard time holds on one of the two days; 2024 is as good as any year.
  const Instant january = instant_from_unix(1'704'067'200);
  const Instant july = instant_from_unix(1'719'792'000);
  const auto agrees = [&](const TimeZone& zone) {
    return std::min(zone.offset_seconds(january), zone.offset_seconds(july)) == seconds;
  };
  if (const std::size_t time = places.find(" Time ("); time != places.npos) {
    const std::string name = std::string(places.substr(0, time)) + " Standard Time";
    const auto zone = TimeZone::find(name);
    return zone && agrees(*zone) ? name : std::string();
  }
  for (const std::string_view part : split(places, ',')) {
    std::string city(trim(part));
    std::replace(city.begin(), city.end(), ' ', '_');
    if (city.empty()) continue;
    for (const std::string_view iana : time_zone_names()) {
      const std::size_t slash = iana.rfind('/');
      if (slash == iana.npos || !equals_nocase_ascii(iana.substr(slash + 1), city)) continue;
      const auto zone = TimeZone::find(iana);
      if (zone && agrees(*zone)) return std::string(iana);
    }
  }
  return {};
}

}  // namespace

bool is_ipconfig(const Head& head) {
  const StatusWords& words = status_words_of(head);
  int dotted = 0;
  bool known = false;
  return any_line(head.text, 60, [&](std::string_view line) {
    if (line.find(" . ") == line.npos) return false;
    const netstate::LabelLine parsed = netstate::parse_label_line(line);
    if (parsed.kind != LabelKind::Value) return false;
    ++dotted;
    known = known || !words.label(parsed.label).empty() || address_in(parsed.value).has_value();
    return dotted >= 3 && known;
  });
}

SourceIntake read_ipconfig(const Content& content, const ReadContext& context) {
  SourceIntake out;
  const StatusWords& words = context.catalogue.status_words;
  std::string host;
  std::string suffix;
  std::optional<Adapter> adapter;
  std::string label;  // Id of the last label, for further values below it.
  bool first_value = true;
  const auto finish = [&] {
    if (adapter) use_adapter(*adapter, words, out);
    adapter.reset();
  };
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    const netstate::LabelLine parsed = netstate::parse_label_line(line.text);
    if (parsed.kind == LabelKind::Title) {
      if (!trim(line.text).ends_with(':')) continue;
      finish();
      adapter.emplace().title = std::string(parsed.label);
      label.clear();
      ++out.source.records;
      continue;
    }
    if (parsed.kind == LabelKind::Blank) continue;
    if (parsed.kind == LabelKind::Value) {
      label = std::string(words.label(parsed.label));
      // In every language the host name is the first value of all.
      if (first_value && !adapter && label.empty()) label = "host-name";
      first_value = false;
    }
    const std::string_view value = parsed.value;
    if (label == "host-name" && host.empty()) host = std::string(value);
    if (label == "primary-suffix" && suffix.empty()) suffix = std::string(value);
    if (!adapter) continue;
    const auto address = address_in(value);
    if (label == "description") {
      adapter->description = std::string(value);
    } else if (label == "gateway") {
      if (address) append(adapter->gateway, address->to_string());
    } else if (label == "dns-servers") {
      if (address) append(adapter->dns, address->to_string());
    } else if (label == "dhcp-server") {
      adapter->dhcp_server = std::string(value);
    } else if (label == "lease-obtained" || label == "lease-expires") {
      const auto stamp = parse_local_stamp(value, context.date_order);
      if (stamp && !stamp->ambiguous) {
        (label == "lease-obtained" ? adapter->obtained : adapter->expires) = stamp->time;
      }
    } else if (address &&
               (label == "address" || (label.empty() && value.find('(') != value.npos))) {
      // Of labels that no file knows: only the computer's own addresses have "(Preferred)" behind.
      adapter->addresses.push_back(*address);
    }
  }
  finish();
  if (!host.empty()) {
    out.owner.computer = suffix.empty() || host.find('.') != host.npos ? host : host + "." + suffix;
    out.owner.computer_reason = "host name in ipconfig";
  }
  out.source.state = SourceState::Read;
  return out;
}

bool is_systeminfo(const Head& head) {
  const StatusWords& words = status_words_of(head);
  std::string_view rest = head.text;
  bool host = false;
  int others = 0;
  for (int line = 0; line < 60 && !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, std::min<std::size_t>(end, 512));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.find(" . ") != text.npos) return false;
    const netstate::LabelLine parsed = netstate::parse_label_line(text);
    if (parsed.kind != LabelKind::Value) continue;
    const std::string_view id = words.label(parsed.label);
    host = host || id == "host-name";
    others += id == "os-name" || id == "os-version" || id == "boot-time" ? 1 : 0;
  }
  return host && others >= 1;
}

SourceIntake read_systeminfo(const Content& content, const ReadContext& context) {
  SourceIntake out;
  const StatusWords& words = context.catalogue.status_words;
  std::map<std::string, std::string> values;
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    const netstate::LabelLine parsed = netstate::parse_label_line(line.text);
    if (parsed.kind == LabelKind::Value && !parsed.label.empty()) {
      ++out.source.records;
      const std::string_view id = words.label(parsed.label);
      if (!id.empty()) values.emplace(id, parsed.value);
    } else if (parsed.kind == LabelKind::More && parsed.value.starts_with('[')) {
      // "[01]: 192.168.2.219" below an adapter.
      const std::size_t colon = parsed.value.find(": ");
      const auto address = colon == parsed.value.npos
                               ? std::nullopt
                               : IpAddress::parse(trim(parsed.value.substr(colon + 2)));
      if (!address || !is_own_address(*address)) continue;
      RawAddress& own = out.addresses.emplace_back();
      own.use.address = *address;
      own.reason = "systeminfo";
    }
  }
  const std::string& host = values["host-name"];
  const std::string& domain = values["domain"];
  if (!host.empty()) {
    // A workgroup has no dot.
    out.owner.computer = domain.find('.') == domain.npos ? host : host + "." + domain;
    out.owner.computer_reason = "host name in systeminfo";
  }
  if (!values["os-name"].empty()) out.attributes["os"] = values["os-name"];
  if (!values["model"].empty()) out.attributes["model"] = values["model"];
  const std::string zone = zone_of_display(values["time-zone"]);
  if (!zone.empty()) {
    out.attributes["timezone"] = zone;
  } else if (!values["time-zone"].empty()) {
    out.assumptions.push_back(
        fmt::format("the time zone \"{}\" is not known by that name; not used",
                    printable(values["time-zone"])));
  }
  if (const std::string& boot = values["boot-time"]; !boot.empty()) {
    const auto stamp = parse_local_stamp(boot, context.date_order);
    std::optional<TimeZone> local = context.local_zone;
    if (!local && !zone.empty()) local = TimeZone::find(zone);
    if (!stamp || stamp->ambiguous) {
      out.assumptions.push_back(
          fmt::format("the boot time \"{}\" {}; not used", printable(boot),
                      stamp ? "can be read with day or month first (--date-order tells)"
                            : "is not understood"));
    } else if (const auto at = local ? local->from_local(stamp->time) : std::nullopt) {
      out.attributes["boot_time"] = format_utc(*at);
    } else {
      out.assumptions.push_back("the boot time has no zone that is known; not used");
    }
  }
  out.source.state = SourceState::Read;
  return out;
}

}  // namespace dropscope
