#include "simulate/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulate/prng.h"

namespace dropscope::simulation {

namespace {

// "Frankfurt am Main" gives "FRA": what many companies put into their computers' names.
std::string office_code(std::string_view office) {
  std::string code;
  for (char c : office) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) code += c;
    if (code.size() == 3) break;
  }
  return code.empty() ? "OFF" : code;
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

bool matches(const Where& where, const Client& client) {
  auto same = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  return same(where.office, client.office) && same(where.segment, client.segment) &&
         same(where.kind, client.kind) && same(where.adapter, client.adapter) &&
         same(where.server, client.server) && same(where.vpn, client.vpn);
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

Client make_client(const Scenario& scenario, unsigned index) {
  Random random(scenario.seed, Stream::Identity, index);
  const Fleet& fleet = scenario.fleet;
  const ClientHabits& habits = scenario.client;
  Client client;
  client.index = index;

  // Offices take consecutive computers, so that their sizes are exactly the shares.
  double position = (index + 0.5) / fleet.computers;
  std::size_t office = 0;
  double below = 0;
  while (office + 1 < fleet.offices.size() && position >= below + fleet.offices[office].share) {
    below += fleet.offices[office].share;
    ++office;
  }
  const Office& place = fleet.offices[office];
  client.office = place.name;

  // Each choice draws its number whether or not it matters, so that one setting does not shift the
  // next.
  bool laptop = random.chance(fleet.laptops);
  bool wifi = random.chance(fleet.wifi);
  bool vpn = random.chance(fleet.vpn);
  std::uint64_t segment = random.below(place.segments.size());
  client.version = habits.versions[random.below(habits.versions.size())];
  client.os = habits.systems[random.below(habits.systems.size())];
  client.protocol = habits.protocols[random.below(habits.protocols.size())];

  client.kind = laptop ? "laptop" : "desktop";
  client.adapter = laptop && wifi ? "Wi-Fi" : "Ethernet";
  client.vpn = laptop && vpn ? "VPN1" : "";
  client.proxy = place.proxy;
  Random keep_alive(scenario.seed, Stream::KeepAlive, index);
  client.keep_alive_s = keep_alive.chance(habits.other_keep_alive_share) ? habits.other_keep_alive_s
                                                                         : habits.keep_alive_s;
  client.segment =
      fmt::format("{}-{}", place.name, laptop && wifi ? "WLAN" : place.segments[segment]);
  client.mode = habits.mode;
  client.server = place.server.empty() ? habits.server : place.server;
  client.user = fmt::format("u{:04}", index + 1);
  // 10.OFFICE.SEGMENT.HOST; a segment of more than 250 hosts goes on in the next network.
  unsigned network = static_cast<unsigned>(laptop && wifi ? 100 : segment * 10) + index / 250 % 10;
  client.address = fmt::format("10.{}.{}.{}", 20 + office % 200, network % 250, index % 250 + 4);
  client.name = fleet.name;
  replace(client.name, "{kind}", laptop ? "NB" : "PC");
  replace(client.name, "{office}", office_code(place.name));
  replace(client.name, "{number}", fmt::format("{:0{}}", index + 1, fleet.computers > 999 ? 5 : 3));
  client.computer = fleet.domain.empty() ? client.name : client.name + "." + fleet.domain;
  client.zone = scenario.zone;
  if (!place.time_zone.empty())
    client.zone = TimeZone::find(place.time_zone).value_or(scenario.zone);

  for (std::size_t c = 0; c < scenario.causes.size(); ++c) {
    const Where& where = scenario.causes[c].where;
    Random membership(scenario.seed, Stream::Membership, index, c);
    bool in_share = membership.chance(where.share);
    client.concerned.push_back(matches(where, client) && in_share);
  }
  return client;
}

std::string inventory_header() {
  return "computer,user,address,office,segment,kind,os,version,mode,protocol,server,adapter,vpn,"
         "proxy,timezone\n";
}

std::string inventory_line(const Client& client) {
  std::string line;
  for (const std::string* field :
       {&client.name, &client.user, &client.address, &client.office, &client.segment, &client.kind,
        &client.os, &client.version, &client.mode, &client.protocol, &client.server,
        &client.adapter, &client.vpn, &client.proxy, &client.zone.name()}) {
    if (!line.empty()) line += ',';
    line += csv_field(*field);
  }
  return line + "\n";
}

}  // namespace dropscope::simulation
