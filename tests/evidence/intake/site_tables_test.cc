#include "evidence/intake/site_tables.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "evidence/intake/inventory.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

Head head(std::string_view text) {
  return {as_bytes(text), std::string(text), "a.csv"};
}

class SiteTables : public testing::Test {
 protected:
  SiteTables() : catalogue_(*Catalogue::load()), matcher_(catalogue_) {}

  static Content content(const std::string& text) {
    Content out;
    out.name = "a.csv";
    out.bytes = as_bytes(text);
    return out;
  }
  [[nodiscard]] ReadContext context() const { return {matcher_, catalogue_, 20, {}, {}}; }

  Catalogue catalogue_;
  EventMatcher matcher_;
};

TEST_F(SiteTables, AreKnownByTheirColumns) {
  EXPECT_TRUE(is_network_table(head("cidr,office\n")));
  EXPECT_TRUE(is_network_table(head("# note\nsep=;\n\"Subnet\";\"Site\"\n")));
  EXPECT_FALSE(is_network_table(head("computer,cidr,office\n")));
  EXPECT_FALSE(is_network_table(head("cidr,other\n")));
  EXPECT_TRUE(is_server_table(head("Pool,Server,Load balancer,Virtual address\n")));
  EXPECT_FALSE(is_server_table(head("server,status\n")));
  EXPECT_FALSE(is_server_table(head("")));
}

TEST_F(SiteTables, NetworksWithMistakesKeepTheOthers) {
  const std::string text =
      "# ours\ncidr;office;segment;kind;vpn;nat\n10.20.0.0/24;Berlin;LAN;Wired;;198.51.100.1 x\n"
      "10.20.0/24;Berlin;;;;\n# "
      "10.9.0.0/24;no;;;;\n10.20.0.7/24;Again;;;;\n10.21.0.9/16;Bonn;;;;\n";
  const SourceIntake out = read_networks(content(text), context());
  EXPECT_EQ(out.source.state, SourceState::Damaged);
  EXPECT_EQ(out.networks.size(), 2u);
  ASSERT_EQ(out.source.damage.size(), 3u);
  EXPECT_TRUE(out.source.damage[0].what.starts_with("line 3: expected addresses in \"nat\""));
  EXPECT_TRUE(out.source.damage[1].what.starts_with("line 4: expected a network such as"));
  EXPECT_NE(out.source.damage[2].what.find("as in line 3"), std::string::npos);
  ASSERT_EQ(out.assumptions.size(), 1u);
  EXPECT_TRUE(out.assumptions[0].starts_with("2 networks are given"));
  Topology topology;
  add_site_rows(out, 4, topology);
  ASSERT_EQ(topology.networks().size(), 2u);
  EXPECT_EQ(topology.networks()[0].kind, "wired");
  EXPECT_EQ(topology.networks()[0].nat.size(), 1u);
  EXPECT_EQ(topology.networks()[1].range.to_string(), "10.21.0.0/16");
  EXPECT_EQ(topology.networks()[1].source, 4u);
}

TEST_F(SiteTables, ServersWithSeveralAddresses) {
  const SourceIntake out = read_servers(
      content("server,address,pool,LB,VIP\nEX01,10.1.0.1 10.1.0.2,mail,LB1,10.1.0.100\n,,mail,,\n"),
      context());
  EXPECT_EQ(out.servers.size(), 1u);
  EXPECT_EQ(out.source.damage_count, 1u);
  Topology topology;
  add_site_rows(out, 0, topology);
  EXPECT_EQ(topology.servers()[0].addresses.size(), 2u);
  EXPECT_EQ(topology.servers()[0].load_balancer, "LB1");
  EXPECT_EQ(topology.behind_virtual(*IpAddress::parse("10.1.0.100")).size(), 1u);
}

TEST_F(SiteTables, InventoriesGiveAddresses) {
  const std::string text =
      "# ours\ncomputer,user,address\nPC01,anna,10.20.0.7\nPC02,bert,unknown\n";
  const SourceIntake out = read_inventory(as_bytes(text), "clients.csv", 20);
  EXPECT_EQ(out.inventory.size(), 2u);
  ASSERT_EQ(out.addresses.size(), 1u);
  EXPECT_EQ(out.addresses[0].computer, "PC01");
  EXPECT_EQ(out.addresses[0].user, "anna");
  EXPECT_EQ(out.source.damage_count, 1u);
}

TEST_F(SiteTables, OfTheExampleCases) {
  const fs::path cases = fs::path(DROPSCOPE_CORPUS_DIR) / "cases/evidence";
  if (!fs::exists(cases)) GTEST_SKIP() << "no corpus at " << cases;
  int networks = 0;
  int clients = 0;
  for (const auto& entry : fs::directory_iterator(cases)) {
    Topology topology;
    if (const auto text = read_file(entry.path() / "networks.csv")) {
      ++networks;
      EXPECT_TRUE(is_network_table(head(*text)));
      const SourceIntake out = read_networks(content(*text), context());
      EXPECT_EQ(out.source.state, SourceState::Read) << entry.path();
      add_site_rows(out, 0, topology);
      EXPECT_EQ(topology.networks().size(), out.source.records);
    }
    const auto text = read_file(entry.path() / "clients.csv");
    if (!text) continue;
    ++clients;
    const SourceIntake out = read_inventory(as_bytes(*text), "clients.csv", 20);
    EXPECT_EQ(out.source.state, SourceState::Read) << entry.path();
    EXPECT_EQ(out.addresses.size(), out.inventory.size());
    if (topology.empty()) continue;
    for (std::size_t i = 0; i < out.addresses.size(); ++i) {
      const Network* found = topology.network_of(out.addresses[i].use.address);
      ASSERT_NE(found, nullptr);
      const std::map<std::string, std::string> row(out.inventory[i].values.begin(),
                                                   out.inventory[i].values.end());
      EXPECT_EQ(found->segment, row.at("segment"));
    }
  }
  EXPECT_EQ(networks, 13);
  EXPECT_EQ(clients, 11);
}

}  // namespace
}  // namespace dropscope
