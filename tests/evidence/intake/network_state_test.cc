#include "evidence/intake/network_state.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "evidence/intake/connection_mode.h"
#include "evidence/intake/local_stamp.h"
#include "evidence/intake/read_text.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNetstat =
    "\r\nActive Connections\r\n\r\n"
    "  Proto  Local Address          Foreign Address        State           PID\r\n"
    "  TCP    10.1.2.3:50123         52.96.1.2:443          ESTABLISHED     10644\r\n"
    " [OUTLOOK.EXE]\r\n"
    "  TCP    [fe80::1%9]:49664      [::]:0                 LISTENING       1428\r\n"
    "  UDP    0.0.0.0:5353           *:*                                    6772\r\n";

TEST(NetworkState, ReadsNetstatWithProcesses) {
  const SourceIntake in = read_text(kNetstat);
  EXPECT_EQ(in.source.kind, "netstat");
  EXPECT_EQ(in.source.state, SourceState::Read);
  ASSERT_EQ(in.connections.size(), 3u);
  EXPECT_EQ(in.connections[0].row.remote.to_string(), "52.96.1.2:443");
  EXPECT_EQ(in.connections[0].process, "OUTLOOK.EXE (10644)");
  EXPECT_EQ(in.connections[0].status, "ESTABLISHED");
  EXPECT_EQ(in.connections[0].row.place, 5u);
  EXPECT_EQ(in.connections[2].status, "");
  EXPECT_EQ(in.connections[2].process, "6772");
}

// Words of any language: only the shape counts.
TEST(NetworkState, ReadsNetstatInOtherLanguages) {
  const SourceIntake in = read_text(
      "Aktive Verbindungen\n\n  Proto  Lokale Adresse   Remoteadresse   Status   PID\n"
      "  TCP    10.1.2.3:50123   52.96.1.2:443   HERGESTELLT   4\n  TCP    10.1.2.3:50\n");
  ASSERT_EQ(in.connections.size(), 1u);
  EXPECT_EQ(in.connections[0].status, "HERGESTELLT");
  ASSERT_EQ(in.source.damage_count, 1u);
  EXPECT_EQ(in.source.damage[0].what,
            "line 5: expected a connection, found \"  TCP    10.1.2.3:50\"");
}

// The French one has no space before the colon.
TEST(NetworkState, ReadsIpconfigInFrench) {
  const SourceIntake in = read_text(
      "\nConfiguration IP de Windows\n\n   Nom de l'hôte . . . . . . . . . . : PC08\n"
      "   Suffixe DNS principal . . . . . . : corp.example\n\nCarte Ethernet Ethernet :\n\n"
      "   Suffixe DNS propre à la connexion. . . : corp.example\n"
      "   Description. . . . . . . . . . . . . . : Realtek PCIe GbE Family Controller\n"
      "   Adresse IPv4. . . . . . . . . . . . . .: 10.1.1.8(préféré)\n"
      "   Passerelle par défaut. . . . . . . . . : 10.1.1.1\n");
  EXPECT_EQ(in.source.kind, "ipconfig");
  ASSERT_EQ(in.addresses.size(), 1u);
  EXPECT_EQ(in.addresses[0].use.address.to_string(), "10.1.1.8");
  EXPECT_EQ(in.attributes.at("gateway"), "10.1.1.1");
  EXPECT_TRUE(in.owner.computer.starts_with("PC08"));
}

constexpr std::string_view kTimeStatus =
    "Leap Indicator: 0(no warning)\r\nStratum: 4 (secondary reference - syncd by (S)NTP)\r\n"
    "ReferenceId: 0x0A320D01 (source IP:  10.50.13.1)\r\n"
    "Last Successful Sync Time: 2/3/2025 8:15:02 AM\r\n";

std::string assumptions_of(const SourceIntake& in) {
  std::string all;
  for (const auto& assumption : in.assumptions) all += assumption + "\n";
  return all;
}

TEST(NetworkState, AClockWithAServerIsNoDoubt) {
  const SourceIntake in = read_text(
      std::string(kTimeStatus) + "Source: dc01.corp.example,0x9 \r\nPhase Offset: 0.0012345s\r\n");
  EXPECT_EQ(in.source.kind, "time-status");
  EXPECT_EQ(in.attributes.at("clock_source"), "dc01.corp.example");
  EXPECT_EQ(assumptions_of(in), "");
  EXPECT_EQ(in.source.records, 6u);
}

TEST(NetworkState, AClockThatNothingSetsIsADoubt) {
  const std::string status(kTimeStatus);
  EXPECT_NE(
      assumptions_of(read_text(status + "Source: Local CMOS Clock\r\n")).find("no time server"),
      std::string::npos);
  EXPECT_NE(assumptions_of(read_text(status + "Source: dc01\r\nPhase Offset: -2,5000000s\r\n"))
                .find("2.5 s away"),
            std::string::npos);
  EXPECT_NE(assumptions_of(read_text(status + "Source: dc01\r\nPhase Offset: soon\r\n"))
                .find("found \"soon\""),
            std::string::npos);
  std::string unset = status + "Source: dc01\r\n";
  unset.replace(unset.find("0(no warning)"), 13, "3(not synchronized)");
  EXPECT_NE(assumptions_of(read_text(unset)).find("leap indicator 3"), std::string::npos);
}

TEST(NetworkState, ReadsTheWirelessNetworkOfTheConnectedAdapter) {
  const SourceIntake in = read_text(
      "\r\nThere are 2 interfaces on the system:\r\n\r\n"
      "    Name                   : Wi-Fi 2\r\n"
      "    Description            : USB adapter\r\n"
      "    State                  : disconnected\r\n"
      "    Radio status           : Hardware On\r\n\r\n"
      "    Name                   : Wi-Fi\r\n"
      "    Description            : Intel(R) Wi-Fi 6 AX201 160MHz\r\n"
      "    State                  : connected\r\n"
      "    SSID                   : Guests : upstairs\r\n"
      "    BSSID                  : 00:00:5e:00:53:af\r\n"
      "    Authentication         : WPA2-Personal\r\n"
      "    Signal                 : 41% \r\n");
  EXPECT_EQ(in.source.kind, "wireless-state");
  EXPECT_EQ(in.attributes.at("wifi_network"), "Guests : upstairs");
  EXPECT_EQ(in.attributes.at("wifi_signal"), "41%");
  EXPECT_EQ(in.attributes.at("wifi_authentication"), "WPA2-Personal");
  EXPECT_EQ(in.attributes.at("adapter"), "Intel(R) Wi-Fi 6 AX201 160MHz");
  EXPECT_EQ(in.attributes.count("wifi_channel"), 0u);
}

TEST(NetworkState, ReadsSysteminfoInOtherLanguages) {
  const auto same = [](std::string_view text, std::string_view computer, std::string_view zone) {
    const SourceIntake in = read_text(text);
    EXPECT_EQ(in.source.kind, "systeminfo") << text;
    EXPECT_EQ(in.owner.computer, computer);
    EXPECT_EQ(in.attributes.at("timezone"), zone);
    ASSERT_EQ(in.addresses.size(), 1u) << text;
  };
  same(
      "\nHostname:               PC07\nBetriebssystemname:     Microsoft Windows 10 Enterprise\n"
      "Systemstartzeit:        01.02.2021, 07:55:12\n"
      "Zeitzone:               (UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien\n"
      "Domäne:                 corp.example\nNetzwerkkarte(n):       1 installiert.\n"
      "                        [01]: Intel(R) Wi-Fi 6\n"
      "                              [01]: 10.1.1.7\n",
      "PC07.corp.example", "Europe/Amsterdam");
  same(
      "\nNom de l’hôte:                  PC08\n"
      "Nom du système d’exploitation:  Microsoft Windows 10 Famille\n"
      "Heure de démarrage du système:  28/10/2020, 09:05:05\n"
      "Fuseau horaire:                 (UTC+01:00) Bruxelles, Copenhague, Madrid, Paris\n"
      "Domaine:                        WORKGROUP\n"
      "                                      [01] : 10.1.1.8\n",
      "PC08", "Europe/Madrid");
  same(
      "\nNombre de host:                  PC09\n"
      "Nombre del sistema operativo:    Microsoft Windows 11 Pro\n"
      "Zona horaria:                    (UTC+01:00) Bruselas, Copenhague, Madrid, París\n"
      "Dominio:                         asix.local\n"
      "                                       [01]: 10.1.1.9\n",
      "PC09.asix.local", "Europe/Madrid");
}

TEST(NetworkState, ReadsGetNetTcpConnectionInAllItsForms) {
  const auto same = [](std::string_view text) {
    const SourceIntake in = read_text(text);
    EXPECT_EQ(in.source.kind, "net-tcp-connection") << text;
    EXPECT_EQ(in.source.state, SourceState::Read) << text;
    ASSERT_EQ(in.connections.size(), 2u) << text;
    EXPECT_EQ(in.connections[0].row.local.to_string(), "10.1.2.3:50123") << text;
    EXPECT_EQ(in.connections[0].row.remote.to_string(), "52.96.1.2:443") << text;
    EXPECT_EQ(in.connections[0].status, "Established") << text;
    EXPECT_EQ(in.connections[0].process, "10644") << text;
    EXPECT_EQ(in.connections[1].status, "Listen") << text;
    EXPECT_EQ(in.connections[1].process, "4") << text;
  };
  same(
      "\"LocalAddress\",\"LocalPort\",\"RemoteAddress\",\"RemotePort\",\"State\",\"OwningProcess\""
      "\n\"10.1.2.3\",\"50123\",\"52.96.1.2\",\"443\",\"Established\",\"10644\"\n"
      "\"::\",\"445\",\"::\",\"0\",\"Listen\",\"4\"\n");
  same(
      "\nLocalAddress     LocalPort RemoteAddress     RemotePort State       AppliedSetting "
      "OwningProcess\n------------     --------- -------------     ---------- -----       "
      "-------------- -------------\n10.1.2.3         50123     52.96.1.2         443        "
      "Established Internet       10644\n::               445       ::                0          "
      "Listen                     4\n");
  same(
      "[\n  {\n    \"LocalAddress\":  \"10.1.2.3\",\n    \"LocalPort\":  50123,\n"
      "    \"RemoteAddress\":  \"52.96.1.2\",\n    \"RemotePort\":  443,\n    \"State\":  5,\n"
      "    \"OwningProcess\":  10644\n  },\n  {\n    \"LocalAddress\":  \"::\",\n"
      "    \"LocalPort\":  445,\n    \"RemoteAddress\":  \"::\",\n    \"RemotePort\":  0,\n"
      "    \"State\":  2,\n    \"OwningProcess\":  4\n  }\n]\n");
  same(
      "[{\"LocalAddress\":\"10.1.2.3\",\"LocalPort\":50123,\"RemoteAddress\":\"52.96.1.2\","
      "\"RemotePort\":443,\"State\":5,\"OwningProcess\":10644},{\"LocalAddress\":\"::\","
      "\"LocalPort\":445,\"RemoteAddress\":\"::\",\"RemotePort\":0,\"State\":2,"
      "\"OwningProcess\":4}]");
  same(
      "LocalAddress   : 10.1.2.3\nLocalPort      : 50123\nRemoteAddress  : 52.96.1.2\n"
      "RemotePort     : 443\nState          : Established\nOwningProcess  : 10644\n\n"
      "LocalAddress   : ::\nLocalPort      : 445\nRemoteAddress  : ::\nRemotePort     : 0\n"
      "State          : Listen\nOwningProcess  : 4\n");
}

TEST(NetworkState, ReadsConnectionModes) {
  const SourceIntake one = read_text("ExchangeConnectionMode : 700\r\n");
  EXPECT_EQ(one.source.kind, "connection-mode");
  EXPECT_EQ(one.attributes.at("mode"), "cached");
  EXPECT_EQ(one.attributes.at("connection_mode"), "olCachedConnectedFull");
  const SourceIntake polled = read_text(
      "time,ExchangeConnectionMode\n2026-11-23T08:00:00Z,700\n2026-11-23T08:01:00Z,700\n"
      "2026-11-23T08:02:00Z,400\n2026-11-23T08:03:00Z,400\nnonsense\n2026-11-23T08:04:00Z,700\n");
  EXPECT_EQ(polled.source.records, 5u);
  EXPECT_EQ(polled.source.damage_count, 1u);
  ASSERT_EQ(polled.connections.size(), 3u);
  EXPECT_EQ(format_utc(polled.connections[1].row.time), "2026-11-23T08:02:00Z");
  EXPECT_EQ(polled.connections[1].status, "cached, disconnected");
  EXPECT_EQ(polled.attributes.at("connection_mode_interruptions"), "1");
  const SourceIntake local =
      read_text("ExchangeConnectionMode\n2026-11-23 08:00:00,800\n2026-11-23 08:01:00,300\n",
                {TimeZone::find("Europe/Berlin"), {}});
  EXPECT_EQ(format_utc(local.connections[1].row.time), "2026-11-23T07:01:00Z");
  EXPECT_TRUE(local.assumptions.empty());
  const SourceIntake unclear =
      read_text("ExchangeConnectionMode\n03/04/2026 08:00:00,800\n03/04/2026 08:01:00,300\n");
  EXPECT_EQ(unclear.source.state, SourceState::Unreadable);
  EXPECT_NE(unclear.source.problem.find("--date-order"), std::string::npos);
  EXPECT_EQ(kind_of_bytes(as_bytes("time,ms\n2026-11-23T08:00:00Z,70\n"), "x.csv"), "");
  EXPECT_EQ(connection_mode(250), nullptr);
}

TEST(NetworkState, ReadsLocalStampsWithoutGuessing) {
  const auto at = [](std::string_view text, std::optional<DateOrder> order = {}) {
    const auto stamp = parse_local_stamp(text, order);
    if (!stamp) return std::string("none");
    return stamp->ambiguous ? std::string("ambiguous") : format_utc(*from_civil_utc(stamp->time));
  };
  EXPECT_EQ(at("3/30/2021, 6:13:59 AM"), "2021-03-30T06:13:59Z");
  EXPECT_EQ(at("30/3/2021 18:13"), "2021-03-30T18:13:00Z");
  EXPECT_EQ(at("04.03.2021, 06:13:59"), "2021-03-04T06:13:59Z");
  EXPECT_EQ(at("3/4/2021, 12:00:01 AM"), "ambiguous");
  EXPECT_EQ(at("3/4/2021, 12:00:01 AM", DateOrder::MonthFirst), "2021-03-04T00:00:01Z");
  EXPECT_EQ(at("3/4/2021, 12:00:01 PM", DateOrder::DayFirst), "2021-04-03T12:00:01Z");
  EXPECT_EQ(at("Thursday, June 22, 2023 10:39:04 AM"), "2023-06-22T10:39:04Z");
  EXPECT_EQ(at("2021-02-30 10:00:00"), "none");
  EXPECT_EQ(at("10:00:00"), "none");
}

class Corpus : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(folder_)) GTEST_SKIP() << "no samples at " << folder_;
  }
  SourceIntake read(const std::string& name, const ReadOptions& options = {}) {
    const auto bytes = read_file(folder_ / name, 1 << 20);
    EXPECT_TRUE(bytes) << name;
    // By a name that says nothing: the content decides.
    return read_bytes(as_bytes(*bytes), "sample", options);
  }
  fs::path folder_ = fs::path(DROPSCOPE_CORPUS_DIR) / "evidence/netstate";
};

TEST_F(Corpus, Netstat) {
  const SourceIntake all = read("netstat-aon.out");
  EXPECT_EQ(all.source.kind, "netstat");
  EXPECT_EQ(all.source.records, 208u);  // 212 lines, four of them a heading.
  EXPECT_EQ(all.source.damage_count, 0u);
  const SourceIntake names = read("netstat.out");
  EXPECT_EQ(names.source.kind, "netstat");
  EXPECT_EQ(names.source.records, 32u);
  EXPECT_EQ(names.connections.front().server, "api");
  EXPECT_EQ(names.connections.front().row.remote.port, 1032);
}

TEST_F(Corpus, Ipconfig) {
  const SourceIntake ten = read("win10-ipconfig-all.out");
  EXPECT_EQ(ten.source.kind, "ipconfig");
  EXPECT_EQ(ten.owner.computer, "DESKTOP-WIN10-PRO");
  EXPECT_EQ(ten.attributes.at("vpn_adapter"), "Tailscale Tunnel");
  EXPECT_EQ(ten.attributes.at("adapter"), "ASIX AX88179 USB 3.0 to Gigabit Ethernet Adapter #2");
  EXPECT_EQ(ten.attributes.at("gateway"), "10.50.13.1");
  ASSERT_EQ(ten.addresses.size(), 3u);
  EXPECT_EQ(ten.addresses[1].use.address.to_string(), "100.115.71.66");
  EXPECT_EQ(ten.addresses[2].use.address.to_string(), "10.50.13.132");
  const SourceIntake seven = read("win7-ipconfig-all.out");
  EXPECT_EQ(seven.owner.computer, "DESKTOP-WIN7.somecompany.corp");
  ASSERT_EQ(seven.addresses.size(), 1u);
  EXPECT_EQ(seven.addresses[0].use.address.to_string(), "192.168.22.33");
  const SourceIntake xp = read("winxp-ipconfig-all.out");
  EXPECT_EQ(xp.owner.computer, "DESKTOP-PC4.somecompany.corp");
  ASSERT_EQ(xp.addresses.size(), 1u);
  EXPECT_EQ(xp.addresses[0].use.address.to_string(), "192.168.22.135");
  EXPECT_EQ(xp.attributes.at("lease_seconds"), "86400");
}

TEST_F(Corpus, Systeminfo) {
  const SourceIntake in = read("systeminfo-hyperv.out");
  EXPECT_EQ(in.source.kind, "systeminfo");
  EXPECT_EQ(in.owner.computer, "TESTLAPTOP.test.com");
  EXPECT_EQ(in.attributes.at("timezone"), "Central Standard Time");
  EXPECT_EQ(in.attributes.at("boot_time"), "2021-03-30T11:13:59Z");  // Daylight time: UTC-5.
  EXPECT_EQ(in.attributes.at("os"), "Microsoft Windows 10 Enterprise");
  ASSERT_EQ(in.addresses.size(), 3u);  // Without 169.254.161.245.
  EXPECT_EQ(in.addresses[0].use.address.to_string(), "192.168.2.219");
}

TEST_F(Corpus, Route) {
  const SourceIntake in = read("route.out");
  EXPECT_EQ(in.source.kind, "route");
  EXPECT_EQ(in.source.records, 74u);
  EXPECT_EQ(in.attributes.at("gateway"), "192.168.31.1");
  EXPECT_EQ(in.attributes.at("vpn_adapter"), "TAP-Windows Adapter V9");
}

TEST_F(Corpus, Clixml) {
#ifdef _WIN32
  GTEST_SKIP() << "the Windows program does not read Clixml";
#endif
  const SourceIntake config = read("E19-GetNetIPConfiguration.clixml.xml");
  EXPECT_EQ(config.source.kind, "network-clixml");
  EXPECT_EQ(config.source.state, SourceState::Read);
  EXPECT_EQ(config.owner.computer, "SOLO-E19A");
  EXPECT_EQ(config.attributes.at("adapter"), "Microsoft Hyper-V Network Adapter");
  const SourceIntake proxy = read("E19-GetHttpProxySetting.clixml.xml");
  EXPECT_EQ(proxy.attributes.at("proxy"), "direct");
  const SourceIntake zone = read("E19-GetTimeZone.clixml.xml");
  EXPECT_EQ(zone.attributes.at("timezone"), "Pacific Standard Time");
}

}  // namespace
}  // namespace dropscope
