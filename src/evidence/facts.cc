#include "evidence/facts.h"

namespace dropscope {
namespace {

void tell(Facts& facts, const char* name, const std::string& value) {
  if (!value.empty()) facts[name].insert(value);
}

}  // namespace

std::vector<Facts> facts_of_computers(const Evidence& evidence) {
  std::vector<Facts> all(evidence.computers.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Computer& computer = evidence.computers[i];
    for (const auto& [name, value] : computer.attributes.values) {
      tell(all[i], name.c_str(), value);
    }
    tell(all[i], "computer", computer.name);
  }
  for (const ClientIdentity& client : evidence.clients) {
    if (client.computer < all.size()) {
      tell(all[client.computer], "user", evidence.strings.at(client.user));
    }
  }
  // What the site's tables say is kept apart at first: an inventory outranks it.
  std::vector<Facts> of_site(all.size());
  for (const AddressUse& use : evidence.addresses) {
    if (use.computer >= all.size()) continue;
    const Network* network = evidence.topology.network_of(use.address);
    if (network == nullptr) continue;
    tell(of_site[use.computer], "office", network->office);
    tell(of_site[use.computer], "segment", network->segment);
    tell(of_site[use.computer], "vpn", network->vpn);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Server* server =
        evidence.topology.server_named(evidence.computers[i].attributes.get("server"));
    if (server != nullptr) {
      tell(of_site[i], "pool", server->pool);
      tell(of_site[i], "load_balancer", server->load_balancer);
    }
    all[i].merge(of_site[i]);
  }
  return all;
}

}  // namespace dropscope
