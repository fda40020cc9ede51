#include "evidence/intake/layout_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/text.h"
#include "evidence/intake/log_reader.h"

namespace dropscope {
namespace {

using namespace test_logs;

TEST(LayoutLog, PairsWhatTheFirewallBuiltAndToreDown) {
  // The client is inside for an outbound connection, and outside for an inbound one.
  const SourceIntake intake = read_text(
      "Jun 26 2013 10:00:00 fw1 : %ASA-6-302013: Built outbound TCP connection 9 for "
      "outside:10.1.2.1/443 (10.1.2.1/443) to inside:10.1.1.2/53496 (10.1.1.2/53496)\n"
      "Jun 26 2013 10:00:01 fw1 : %ASA-6-302013: Built inbound TCP connection 10 for "
      "outside:10.1.2.7/28218 (10.1.2.7/28218) to inside:10.1.1.9/443 (10.1.1.9/443)\n"
      "Jun 26 2013 11:00:00 fw1 : %ASA-6-302014: Teardown TCP connection 9 for "
      "outside:10.1.2.1/443 to inside:10.1.1.2/53496 duration 1:00:00 bytes 900 TCP Reset-I\n"
      "Jun 26 2013 11:00:31 fw1 : %ASA-6-302014: Teardown TCP connection 10 for "
      "outside:10.1.2.7/28218 to inside:10.1.1.9/443 duration 1:00:30 bytes 968 TCP Reset-I\n"
      "Jun 26 2013 11:00:31 fw1 : %ASA-5-111010: User 'john', running 'CLI'\n");
  EXPECT_EQ(intake.source.kind, "cisco-asa");
  EXPECT_EQ(intake.source.state, SourceState::Read);
  ASSERT_EQ(intake.closes.size(), 2u);
  const Close& outbound = intake.closes[0].close;
  EXPECT_EQ(outbound.client.to_string(), "10.1.1.2:53496");
  EXPECT_EQ(outbound.server.to_string(), "10.1.2.1:443");
  EXPECT_EQ(outbound.by, CloseBy::Client);
  EXPECT_EQ(outbound.why, CloseWhy::Reset);
  EXPECT_EQ(format_utc(outbound.opened), "2013-06-26T10:00:00Z");
  EXPECT_EQ(format_utc(outbound.time), "2013-06-26T11:00:00Z");
  EXPECT_EQ(intake.closes[0].device, "fw1");
  const Close& inbound = intake.closes[1].close;
  EXPECT_EQ(inbound.client.to_string(), "10.1.2.7:28218");
  EXPECT_EQ(inbound.by, CloseBy::Server);
}

std::string asa(std::string_view month_day, std::string_view seconds, std::string_view reason) {
  return fmt::format(
      "{} 10:00:00 fw1 %ASA-6-302014: Teardown TCP connection 9 for outside:10.1.2.1/443 to "
      "inside:10.1.1.2/53496 duration {} bytes 900 {}\n",
      month_day, seconds, reason);
}

TEST(LayoutLog, YearsComeFromTheFilesName) {
  const std::string log =
      asa("Dec 30", "0:10:00", "TCP FINs") + asa("Jan  2", "0:10:00", "TCP FINs");
  const SourceIntake named = read_text(log, "firewall/asa-2024-12.log");
  ASSERT_EQ(named.closes.size(), 2u);
  EXPECT_EQ(format_utc(named.closes[0].close.time), "2024-12-30T10:00:00Z");
  EXPECT_EQ(format_utc(named.closes[1].close.time), "2025-01-02T10:00:00Z");
  EXPECT_EQ(named.closes[0].close.server.to_string(), "10.1.2.1:443");
  // Nothing tells: it is asked for, not guessed.
  const SourceIntake unnamed = read_text(log, "asa.log");
  EXPECT_EQ(unnamed.source.state, SourceState::Unreadable);
  EXPECT_NE(unnamed.source.problem.find("year"), std::string::npos);
  EXPECT_TRUE(unnamed.closes.empty());
}

TEST(LayoutLog, IdleTimersShowInTheLives) {
  std::string log;
  for (const char* life : {"1:00:00", "1:00:01", "1:00:00", "3:20:17", "9:00:00"}) {
    log += asa("Dec 30 2024", life, "Conn-timeout");
  }
  const SourceIntake intake = read_text(log);
  ASSERT_EQ(intake.closes.size(), 5u);
  for (const RawClose& raw : intake.closes) {
    EXPECT_EQ(raw.close.by, CloseBy::Middlebox);
    EXPECT_EQ(raw.close.why, CloseWhy::Idle);
    ASSERT_TRUE(raw.close.idle);
    EXPECT_NEAR(std::chrono::duration<double>(*raw.close.idle).count(), 3600, 1);
  }
}

std::string netscaler(std::string_view date) {
  return fmt::format(
      "<134> {0}:15:31:21 GMT ns1 0-PPE-0 : default TCP CONN_TERMINATE 17000000 0 :  Source "
      "127.0.0.1:80 - Destination 127.0.0.1:25963 - Start Time {0}:15:30:06 GMT - End Time "
      "{0}:15:31:21 GMT - Total_bytes_send 1 - Total_bytes_recv 1\n",
      date);
}

TEST(LayoutLog, OrderOfDatesIsProvedGivenOrAskedFor) {
  const SourceIntake proved = read_text(netscaler("03/04/2026") + netscaler("26/04/2026"));
  ASSERT_EQ(proved.closes.size(), 2u);
  EXPECT_EQ(format_utc(proved.closes[0].close.time), "2026-04-03T15:31:21Z");
  EXPECT_EQ(seconds_between(proved.closes[0].close.opened, proved.closes[0].close.time), 75);
  // The time that syslog put before the line tells it too.
  const SourceIntake headed = read_text("Mar  4 07:15:04 10.1.1.1 " + netscaler("03/04/2026"));
  ASSERT_EQ(headed.closes.size(), 1u);
  EXPECT_EQ(format_utc(headed.closes[0].close.time).substr(0, 10), "2026-03-04");
  EXPECT_EQ(read_text("Mar  5 07:15:04 10.1.1.1 " + netscaler("03/04/2026")).closes.size(), 0u);
  const SourceIntake given = read_text(netscaler("03/04/2026"), "x.log", {}, DateOrder::MonthFirst);
  ASSERT_EQ(given.closes.size(), 1u);
  EXPECT_EQ(format_utc(given.closes[0].close.time), "2026-03-04T15:31:21Z");
  const SourceIntake open = read_text(netscaler("03/04/2026"));
  EXPECT_EQ(open.source.state, SourceState::Unreadable);
  EXPECT_NE(open.source.problem.find("--date-order"), std::string::npos);
}

TEST(LayoutLog, NginxStreamShowsItsTimeOutByLives) {
  std::string log;
  for (const char* life : {"4.004", "4.003", "12.250", "4.004", "0.731", "4.005"}) {
    log += fmt::format("127.0.0.1 [23/Nov/2026:16:30:04 +0000] TCP 200 0 0 {} \"127.0.0.1:9001\"\n",
                       life);
  }
  const SourceIntake intake = read_text(log);
  EXPECT_EQ(intake.source.kind, "nginx-stream");
  ASSERT_EQ(intake.closes.size(), 6u);
  std::size_t idle = 0;
  for (const RawClose& raw : intake.closes) {
    if (raw.close.why != CloseWhy::Idle) continue;
    ++idle;
    EXPECT_EQ(raw.close.by, CloseBy::Middlebox);
    EXPECT_EQ(*raw.close.idle, std::chrono::seconds(4));
  }
  EXPECT_EQ(idle, 4u);
}

std::string reset(std::string_view prefix, std::string_view ends) {
  return fmt::format(
      "{} IN=eth1 OUT=eth0 MAC=ca:bc:81:2a:00:aa:92:66:52:5c:16:43:08:00 {} WINDOW=64 RES=0x00 ACK "
      "RST URGP=0 \n",
      prefix, ends);
}

// Lines of iptables 1.8.9 and nftables 1.0.6.
TEST(LayoutLog, PacketsOfAFilterTellWhoReset) {
  const std::string of_server =
      "SRC=198.51.100.20 DST=192.0.2.10 LEN=52 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=445 "
      "DPT=50004";
  const std::string of_client =
      "SRC=192.0.2.10 DST=198.51.100.20 LEN=52 TOS=0x00 PREC=0x00 TTL=63 ID=2 DF PROTO=TCP "
      "SPT=50002 DPT=443";
  // Two rules write the same packet.
  const SourceIntake intake =
      read_text(reset("2026-11-29T04:41:56+0000 gw1 kernel: FW-RST", of_server) +
                reset("2026-11-29T04:41:56+0000 gw1 kernel: [46953.803941] nft rst", of_server) +
                "2026-11-29T04:41:57+0000 gw1 kernel: device eth0 left promiscuous mode\n" +
                reset("2026-11-29T04:42:00+0000 gw1 kernel: FW-RST", of_client) +
                reset("2026-11-29T04:52:00+0000 gw1 kernel: FW-RST", of_client));
  EXPECT_EQ(intake.source.kind, "netfilter");
  EXPECT_EQ(intake.source.damage_count, 0u);
  ASSERT_EQ(intake.closes.size(), 3u);
  const Close& server = intake.closes[0].close;
  EXPECT_EQ(server.by, CloseBy::Server);
  EXPECT_EQ(server.why, CloseWhy::Reset);
  EXPECT_EQ(server.client.to_string(), "192.0.2.10:50004");
  EXPECT_EQ(server.server.to_string(), "198.51.100.20:445");
  EXPECT_EQ(format_utc(server.time), "2026-11-29T04:41:56Z");
  EXPECT_EQ(intake.closes[0].device, "gw1");
  EXPECT_EQ(intake.closes[1].close.by, CloseBy::Client);
  EXPECT_EQ(intake.closes[1].close.client.to_string(), "192.0.2.10:50002");
  const SourceIntake dated =
      read_text(reset("[Sun Nov 29 04:41:56 2026] FW-RST", of_server), "dmesg.txt");
  ASSERT_EQ(dated.closes.size(), 1u);
  EXPECT_EQ(format_utc(dated.closes[0].close.time), "2026-11-29T04:41:56Z");
  // Seconds since the start say nothing.
  const SourceIntake undated = read_text(reset("[46953.803941] FW-RST", of_server), "dmesg.txt");
  EXPECT_EQ(undated.source.state, SourceState::Unreadable);
  EXPECT_NE(undated.source.problem.find("short-iso"), std::string::npos);
}

// Lines of nginx 1.22; the second session is reset by its client, the third by its server.
TEST(LayoutLog, NginxErrorsOfStreamTellTheSideAndThePort) {
  const SourceIntake intake = read_text(
      "2026/11/28 17:13:30 [info] 96#96: *1 client 10.99.0.1:39404 connected to 10.99.0.2:421\n"
      "2026/11/28 17:13:30 [info] 96#96: *1 proxy 10.99.0.2:58540 connected to 10.99.0.2:423\n"
      "2026/11/28 17:13:30 [info] 96#96: *3 client 10.99.0.1:39418 connected to 10.99.0.2:421\n"
      "2026/11/28 17:13:32 [info] 96#96: *3 recv() failed (104: Connection reset by peer) while "
      "proxying and reading from client, client: 10.99.0.1, server: 10.99.0.2:421, upstream: "
      "\"10.99.0.2:423\", bytes from/to client:4/6, bytes from/to upstream:6/4\n"
      "2026/11/28 17:13:34 [info] 96#96: *1 connection timed out (110: Connection timed out) while "
      "proxying connection, client: 10.99.0.1, server: 10.99.0.2:421, upstream: "
      "\"10.99.0.2:423\", bytes from/to client:4/6, bytes from/to upstream:6/4\n"
      "2026/11/28 17:13:36 [error] 96#96: *5 recv() failed (104: Connection reset by peer) while "
      "proxying and reading from upstream, client: 10.99.0.1, server: 10.99.0.2:421, upstream: "
      "\"10.99.0.2:423\", bytes from/to client:8/6, bytes from/to upstream:6/8\n");
  EXPECT_EQ(intake.source.kind, "nginx-error");
  EXPECT_EQ(intake.source.damage_count, 0u);
  ASSERT_EQ(intake.closes.size(), 3u);
  EXPECT_EQ(intake.closes[0].close.by, CloseBy::Client);
  EXPECT_EQ(intake.closes[0].close.why, CloseWhy::Reset);
  EXPECT_EQ(intake.closes[0].close.client.to_string(), "10.99.0.1:39418");
  EXPECT_EQ(intake.closes[1].close.by, CloseBy::Middlebox);
  EXPECT_EQ(intake.closes[1].close.why, CloseWhy::Idle);
  EXPECT_EQ(intake.closes[1].close.client.to_string(), "10.99.0.1:39404");
  EXPECT_EQ(intake.closes[2].close.by, CloseBy::Server);
  // Its beginning is not in the log.
  EXPECT_EQ(intake.closes[2].close.client.to_string(), "10.99.0.1");
}

// The states differ by case alone.
TEST(LayoutLog, HaproxysOwnFormatsTellATimeOutFromAnAbort) {
  const auto line = [](std::string_view state) {
    return fmt::format(
        "{{\"timestamp\":\"2021-02-01T10:00:05+0100\",\"client_ip\":\"10.1.1.5\","
        "\"client_port\":50122,\"server\":\"ex1\",\"Tt\":3600012,"
        "\"termination_state\":\"{}\"}}\n",
        state);
  };
  const SourceIntake intake = read_text(line("cD") + line("CD") + line("SD--"));
  EXPECT_EQ(intake.source.kind, "haproxy-fields");
  ASSERT_EQ(intake.closes.size(), 3u);
  EXPECT_EQ(intake.closes[0].close.why, CloseWhy::Idle);
  EXPECT_EQ(intake.closes[0].close.by, CloseBy::Middlebox);
  EXPECT_EQ(format_utc(intake.closes[0].close.opened, 3), "2021-02-01T08:00:04.988Z");
  EXPECT_EQ(intake.closes[1].close.why, CloseWhy::Reset);
  EXPECT_EQ(intake.closes[1].close.by, CloseBy::Client);
  EXPECT_EQ(intake.closes[2].close.by, CloseBy::Server);
}

TEST(LayoutLog, FortiGateTrafficIsClosesAndEventsAreNot) {
  const std::string traffic =
      "date=2023-10-31 time=03:25:39 devname=\"FGT1\" logid=\"0000000013\" type=\"traffic\" "
      "eventtime=1698702939092502000 tz=\"+0530\" srcip=23.22.35.162 srcport=17191 "
      "dstip=172.26.2.66 dstport=443 sessionid=1 proto={} action=\"{}\" duration=6 sentbyte=216 "
      "rcvdbyte=248\n";
  const SourceIntake intake =
      read_text(fmt::format(fmt::runtime(traffic), 6, "server-rst") +
                fmt::format(fmt::runtime(traffic), 17, "timeout") +
                "date=2024-10-14 time=13:46:40 logid=\"1\" type=\"event\" subtype=\"vpn\" "
                "action=\"ssl-login-fail\"\n");
  EXPECT_EQ(intake.source.kind, "fortigate");
  EXPECT_EQ(intake.source.records, 3u);
  ASSERT_EQ(intake.closes.size(), 1u);
  const RawClose& raw = intake.closes[0];
  EXPECT_EQ(raw.close.by, CloseBy::Server);
  EXPECT_EQ(raw.close.why, CloseWhy::Reset);
  EXPECT_EQ(format_utc(raw.close.time), "2023-10-30T21:55:39Z");
  EXPECT_EQ(seconds_between(raw.close.opened, raw.close.time), 6);
  EXPECT_EQ(raw.device, "FGT1");
}

TEST(LayoutLog, GarbageIsNobodys) {
  EXPECT_EQ(kind_of(std::string(5000, '\0')), "");
  EXPECT_EQ(kind_of("just some text\nof a person\n"), "");
  EXPECT_EQ(kind_of("import x\nimport y\nline = \"%ASA-6-302014: Teardown TCP connection\"\n"), "");
}

struct Expected {
  const char* file;
  const char* kind;
  std::uint64_t records;
  std::size_t closes;
  const char* first;  ///< End of the first close; empty when there is none.
};

// Counted with grep; kinds by what the corpus says of each file.
TEST(LayoutCorpus, EveryFileIsWhatItIs) {
  const Expected all[] = {
      {"asa-csv.md", "cisco-asa", 13, 6, "2012-04-06T23:57:44Z"},
      {"aws-alb-logs.log", "aws-elb", 14, 14, "2023-04-26T12:22:55Z"},
      {"aws_elb_access.log", "aws-elb", 16, 16, "2020-01-11T16:55:20Z"},
      {"azure_application_gateway_access.json", "azure-application-gateway", 2, 2,
       "2021-10-14T22:17:11Z"},
      {"fortinet-vpn-bf.log", "fortigate", 9, 0, ""},
      {"fortinet_execute_log_display.raw", "fortigate", 3, 0, ""},
      {"nginx-http-malformed.log", "web-access", 12, 0, ""},
      {"nginx-proxy-manager-logs.log", "web-access", 14, 0, ""},
      {"nginx_req_limit_exceeded.log", "nginx-error", 9, 0, ""},
      {"pfsense-rfc5424-filterlog.log", "pfsense", 4, 0, ""},
      {"windows_firewall.log", "windows-firewall", 15, 1, "2005-04-11T08:09:30Z"},
      {"logfile_haproxy.0", "haproxy", 14, 14, "2019-02-25T16:19:49Z"},
      {"haproxy-logs.log", "haproxy", 5, 5, "2015-01-14T12:48:57Z"},
      {"sc4s-test_cisco_asa.py", "", 0, 0, ""},
      {"sc4s-test_citrix_netscaler.py", "", 0, 0, ""},
      {"sc4s-test_f5_bigip.py", "", 0, 0, ""},
      {"sc4s-test_fortinet_ngfw.py", "", 0, 0, ""},
      {"sc4s-test_palo_alto.py", "", 0, 0, ""},
      {"sc4s-test_checkpoint_rfc5424.py", "", 0, 0, ""},
      {"logstash-firewalls_spec.rb", "", 0, 0, ""},
      {"logstash-haproxy_spec.rb", "", 0, 0, ""},
      {"logstash-aws_spec.rb", "", 0, 0, ""},
  };
  for (const Expected& expected : all) {
    SCOPED_TRACE(expected.file);
    const auto content = corpus_text(std::string("evidence/middlebox/") + expected.file);
    if (!content) GTEST_SKIP() << "no corpus at " << DROPSCOPE_CORPUS_DIR;
    const SourceIntake intake = read_text(*content, expected.file);
    EXPECT_EQ(intake.source.kind, expected.kind);
    EXPECT_EQ(intake.source.records, expected.records);
    EXPECT_EQ(intake.closes.size(), expected.closes);
    EXPECT_EQ(intake.source.problem, "");
    if (!intake.closes.empty()) {
      EXPECT_EQ(format_utc(intake.closes[0].close.time), expected.first);
    }
    for (const Damage& damage : intake.source.damage) ADD_FAILURE() << damage.what;
  }
}

}  // namespace
}  // namespace dropscope
