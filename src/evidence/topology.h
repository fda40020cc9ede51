#pragma once

// Where things are: networks with their offices, addresses behind NAT, servers and what stands
// before them. From networks.csv and servers.csv.
//
// Which network an address is in is decided by the longest prefix. Of Debian's libraries none fits:
// libcidr only reads and compares networks, librte-lpm wants the environment of DPDK and knows no
// Windows, and the radix trees are for other languages. A site has some hundred networks with a
// handful of lengths, so one sorted table and one look-up for each length that occurs is enough.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/ip_network.h"

namespace dropscope {

/// A row of networks.csv.
struct Network {
  IpNetwork range;
  std::string office;
  std::string segment;
  std::string kind;            ///< "wired", "wifi", "vpn", "datacentre" … as written, lower case.
  std::string vpn;             ///< Name of the VPN whose clients get these addresses.
  std::vector<IpNetwork> nat;  ///< What these addresses look like to the outside.
  std::uint32_t source = 0;    ///< Index into Evidence::sources.
  std::uint64_t line = 0;
};

/// A row of servers.csv.
struct Server {
  std::string name;
  std::string pool;
  std::string load_balancer;
  std::vector<IpAddress> addresses;
  std::vector<IpAddress> virtual_addresses;  ///< Of the balancer; clients connect to these.
  std::uint32_t source = 0;
  std::uint64_t line = 0;
};

class Topology {
 public:
  /// Of two networks with the same range the first counts; false for the second.
  bool add(Network network);
  void add(Server server);

  [[nodiscard]] const std::vector<Network>& networks() const { return networks_; }
  [[nodiscard]] const std::vector<Server>& servers() const { return servers_; }
  [[nodiscard]] bool empty() const { return networks_.empty() && servers_.empty(); }

  /// The network with the longest prefix that holds the address; null when there is none. Pointers
  /// are valid until something is added.
  [[nodiscard]] const Network* network_of(const IpAddress& address) const;
  /// The networks whose clients have this address outside; in the order of the table.
  [[nodiscard]] std::vector<const Network*> behind_nat(const IpAddress& address) const;

  /// By name; case does not matter, and one with and one without a domain are the same.
  [[nodiscard]] const Server* server_named(std::string_view name) const;
  [[nodiscard]] const Server* server_at(const IpAddress& address) const;
  /// The servers behind a virtual address; in the order of the table.
  [[nodiscard]] std::vector<const Server*> behind_virtual(const IpAddress& address) const;

 private:
  std::vector<Network> networks_;
  std::vector<Server> servers_;
  std::map<IpNetwork, std::size_t> by_range_;
  std::set<int, std::greater<>> v4_lengths_;
  std::set<int, std::greater<>> v6_lengths_;
};

}  // namespace dropscope
