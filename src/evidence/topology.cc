#include "evidence/topology.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace dropscope {
namespace {

std::string_view first_label(std::string_view name) {
  return name.substr(0, name.find('.'));
}

template <typename Values, typename Value>
bool holds(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

bool Topology::add(Network network) {
  const auto [entry, added] = by_range_.emplace(network.range, networks_.size());
  if (!added) return false;
  (network.range.address().is_v4() ? v4_lengths_ : v6_lengths_).insert(network.range.bits());
  networks_.push_back(std::move(network));
  return true;
}

void Topology::add(Server server) {
  servers_.push_back(std::move(server));
}

const Network* Topology::network_of(const IpAddress& address) const {
  for (const int bits : address.is_v4() ? v4_lengths_ : v6_lengths_) {
    const auto found = by_range_.find(IpNetwork(address, bits));
    if (found != by_range_.end()) return &networks_[found->second];
  }
  return nullptr;
}

std::vector<const Network*> Topology::behind_nat(const IpAddress& address) const {
  std::vector<const Network*> out;
  for (const Network& network : networks_) {
    const bool here = std::any_of(network.nat.begin(), network.nat.end(),
                                  [&](const IpNetwork& nat) { return nat.contains(address); });
    if (here) out.push_back(&network);
  }
  return out;
}

const Server* Topology::server_named(std::string_view name) const {
  const Server* by_label = nullptr;
  for (const Server& server : servers_) {
    if (equals_nocase_ascii(server.name, name)) return &server;
    const bool one_is_short =
        server.name.find('.') == std::string::npos || name.find('.') == std::string_view::npos;
    if (by_label == nullptr && one_is_short &&
        equals_nocase_ascii(first_label(server.name), first_label(name))) {
      by_label = &server;
    }
  }
  return name.empty() ? nullptr : by_label;
}

const Server* Topology::server_at(const IpAddress& address) const {
  for (const Server& server : servers_) {
    if (holds(server.addresses, address)) return &server;
  }
  return nullptr;
}

std::vector<const Server*> Topology::behind_virtual(const IpAddress& address) const {
  std::vector<const Server*> out;
  for (const Server& server : servers_) {
    if (holds(server.virtual_addresses, address)) out.push_back(&server);
  }
  return out;
}

}  // namespace dropscope
