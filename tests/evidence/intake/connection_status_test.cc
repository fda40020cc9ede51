#include "evidence/intake/connection_status.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/files.h"
#include "base/text.h"
#include "base/utf16.h"
#include "evidence/intake/inventory.h"
#include "evidence/intake/read_text.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNew =
    "CID\tSMTP Address\tDisplay name\tProxy Server\tServer name\tStatus\tProtocol\tAuthn\tEncrypt\t"
    "RPCPort\tType\tReq/Fail\tAvg Resp\tAvg Proc\tSess Type\tInterface\tNotif\tRPC\tVersion\r\n"
    "8\tu001@corp.example\tAnna\t\thttps://mail.corp.example/mapi/emsmdb/"
    "?MailboxId=0\tEstablished\t"
    "HTTP\tNego*\tSSL\t\tExchange Directory\t482/0\t24\t8\tForeground\tEthernet\tAsync\t\t"
    "16.0.17328.20162\r\n"
    "10\tu001@corp.example\tAnna\t\thttps://mail.corp.example/mapi/emsmdb/?MailboxId=0\tEstablished"
    "\tHTTP\tNego*\tSSL\t\tExchange Mail\t64/2\t56\t18\tCache\tEthernet\tAsync\t\t"
    "16.0.17328.20162\r\n";

std::string rows_only(std::string_view text) {
  return std::string(text.substr(text.find('\n') + 1));
}

TEST(ConnectionStatus, ReadsTheWindowOfToday) {
  const SourceIntake in = read_text(kNew);
  EXPECT_EQ(in.source.kind, "connection-status");
  EXPECT_EQ(in.source.state, SourceState::Read);
  EXPECT_EQ(in.source.records, 2u);
  ASSERT_EQ(in.connections.size(), 2u);
  const RawConnection& mail = in.connections[1];
  EXPECT_EQ(mail.mailbox, "u001@corp.example");
  EXPECT_EQ(mail.protocol, "MAPI/HTTP");
  EXPECT_EQ(mail.session_type, "Cache");
  EXPECT_EQ(mail.type, "Exchange Mail");
  EXPECT_EQ(mail.status, "Established");
  EXPECT_EQ(mail.row.requests, 64u);
  EXPECT_EQ(mail.row.failures, 2u);
  EXPECT_EQ(mail.row.response_ms, 56.0);
  EXPECT_EQ(mail.row.processing_ms, 18.0);
  EXPECT_EQ(mail.row.place, 3u);
  const std::map<std::string, std::string> expected = {
      {"adapter", "Ethernet"},       {"mode", "cached"},
      {"protocol", "MAPI/HTTP"},     {"server", "mail.corp.example"},
      {"user", "u001@corp.example"}, {"version", "16.0.17328.20162"}};
  EXPECT_EQ(in.attributes, expected);
  EXPECT_EQ(in.owner.user, "u001@corp.example");
}

// Ctrl+C takes the selected rows without the header.
TEST(ConnectionStatus, KnowsColumnsOfCopiedRowsByTheirContent) {
  const SourceIntake with = read_text(kNew);
  const SourceIntake without = read_text(rows_only(kNew));
  ASSERT_EQ(without.connections.size(), 2u);
  EXPECT_EQ(without.attributes, with.attributes);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(without.connections[i].server, with.connections[i].server);
    EXPECT_EQ(without.connections[i].adapter, with.connections[i].adapter);
    EXPECT_EQ(without.connections[i].row.requests, with.connections[i].row.requests);
    EXPECT_EQ(without.connections[i].row.response_ms, with.connections[i].row.response_ms);
  }
  EXPECT_FALSE(without.assumptions.empty());
}

TEST(ConnectionStatus, ReadsTheOlderWindows) {
  const SourceIntake tcp = read_text(
      "CID\tSMTP Address\tProxy Server\tServer name\tAuthn\tEncrypt\tRPCPort\tType\tReq/Fail\t"
      "Avg Resp\tAvg Proc\tSess Type\tInterface\tConn\tVersion\n"
      "10\tu@corp.example\t\tex01.corp.example\tNTLM\tYES\t59532\tMail\t832/2\t50\t16\tCache\t"
      "Intel(R) Ethernet Connection (7) I219-LM\tTCP/IP\t12.0.6787.5000\n");
  EXPECT_EQ(tcp.attributes.at("protocol"), "RPC/TCP");
  EXPECT_EQ(tcp.attributes.at("version"), "12.0.6787.5000");
  // Outlook Anywhere in the layout of Microsoft's picture of Outlook 2010.
  const SourceIntake http = read_text(
      "CID  SMTP Address  Proxy Server  Protocol  Authn  Encrypt  RPCPort  Type  Avg Resp  Avg Proc"
      "  Sess Type  Interface  Conn  Notif  RPC  Version\n"
      "15  u@corp.example  outlook.office365.com  RPC/HTTP  Clear [Anonymous]  SSL [No]  6001  Mail"
      "  257  15  Foreground  Local Area...  HTTPS  Async  Async  15.1.1...\n");
  ASSERT_EQ(http.connections.size(), 1u);
  EXPECT_EQ(http.attributes.at("protocol"), "RPC/HTTP");
  EXPECT_EQ(http.attributes.count("version"), 0u) << "15.1 is Exchange's, not Outlook's";
  EXPECT_EQ(http.connections[0].row.response_ms, 257.0);
  EXPECT_EQ(http.connections[0].row.requests, std::nullopt);
  EXPECT_EQ(http.attributes.at("server"), "outlook.office365.com");
}

TEST(ConnectionStatus, ConnHttpIsOutlookAnywhereAndProtocolHttpIsNot) {
  const std::string_view conn =
      "Server name\tType\tInterface\tConn\tStatus\tReq/Fail\nex\tMail\tLAN\tHTTP\tEstablished\t46/0"
      "\n\tDirectory\t\t---\tDisconnected\t\n";
  const SourceIntake in = read_text(conn);
  ASSERT_EQ(in.connections.size(), 2u);
  EXPECT_EQ(in.connections[0].protocol, "RPC/HTTP");
  EXPECT_EQ(in.connections[1].protocol, "");
  EXPECT_EQ(in.connections[1].status, "Disconnected");
  EXPECT_EQ(in.attributes.count("mode"), 0u) << "no session types: nothing is known of the mode";
}

TEST(ConnectionStatus, ReadsCsvSpacesBarsAndUtf16) {
  const auto with = [](std::string_view by, bool quote) {
    std::string out;
    std::string_view rest = kNew;
    while (!rest.empty()) {
      const std::size_t end = rest.find("\r\n");
      bool first = true;
      for (const std::string_view cell : split(rest.substr(0, end), '\t')) {
        if (!first) out += by;
        first = false;
        out += quote ? "\"" + std::string(cell) + "\"" : std::string(cell);
      }
      out += "\r\n";
      rest.remove_prefix(end + 2);
    }
    return out;
  };
  const auto expected = read_text(kNew).attributes;
  EXPECT_EQ(read_text(with(";", false)).attributes, expected);
  EXPECT_EQ(read_text(with(",", true)).attributes, expected);
  EXPECT_EQ(read_text(with(" | ", false)).attributes, expected);
  std::string wide = "\xFF\xFE";
  for (const char c : kNew) wide += std::string{c, '\0'};
  EXPECT_EQ(read_text(wide).attributes, expected);
  // A console pads cells: what stands where tells the columns, as empty cells leave no trace.
  const SourceIntake padded = read_text(
      "CID   SMTP Address      Server name   Status       Protocol  RPCPort  Type   Req/Fail\n"
      "8     u@corp.example    ex.corp.test  Established  RPC/TCP            Mail   3/1\n");
  ASSERT_EQ(padded.connections.size(), 1u);
  EXPECT_EQ(padded.connections[0].type, "Mail");
  EXPECT_EQ(padded.connections[0].row.failures, 1u);
}

TEST(ConnectionStatus, OnlineModeNeedsAllRows) {
  const std::string head = "CID\tReq/Fail\tSess Type\tAuthn\tType\n";
  EXPECT_EQ(read_text(head + "1\t3/0\tForeground\tNTLM\tMail\n").attributes.at("mode"), "online");
  EXPECT_EQ(read_text(head + "1\t3/0\tSpooler\tNTLM\tMail\n").attributes.count("mode"), 0u);
  EXPECT_EQ(read_text(head + "1\t3/0\tForeground\tNTLM\tMail\n2\t3/0\tCache\tNTLM\tMail\n")
                .attributes.at("mode"),
            "cached");
}

TEST(ConnectionStatus, CountsLinesThatAreNoRows) {
  const std::string text = "Hello,\nhere is the window:\n" + std::string(kNew) + "Regards\nAnna\n";
  const SourceIntake in = read_text(text);
  EXPECT_EQ(in.source.state, SourceState::Damaged);
  EXPECT_EQ(in.source.records, 2u);
  ASSERT_EQ(in.source.damage_count, 2u);
  EXPECT_EQ(in.source.damage[0].what, "line 6: expected a row of the window, found \"Regards\"");
  const SourceIntake bad =
      read_text("CID\tReq/Fail\tSess Type\tAuthn\tType\n1\tmany\tForeground\tNTLM\tMail\n");
  ASSERT_EQ(bad.source.damage_count, 1u);
  EXPECT_EQ(bad.source.damage[0].what,
            "line 2: column req-fail: found \"many\", which is none of the values that this column "
            "has");
  EXPECT_EQ(bad.connections[0].row.requests, std::nullopt);
}

TEST(ConnectionStatus, LeavesOtherTextsAlone) {
  for (const std::string_view other :
       {"computer,user,version,mode,protocol,server,adapter\nPC,u,16,cached,MAPI/HTTP,EX,LAN\n",
        "- CID\n\n  Indicates the connection ID.\n\n- SMTP Address\n",
        "Status\tProtocol\tType\tInterface\tVersion\nup\ttcp\tmail\teth0\t1\n", "1 2 3 4 5 6 7 8\n",
        "", "\n\n\n", "Cache\tCache\tCache\tCache\tCache\n"}) {
    EXPECT_NE(kind_of_bytes(as_bytes(other), "x.txt"), "connection-status") << other;
  }
}

TEST(ConnectionStatus, ReadsEveryWindowOfTheExampleCases) {
  const fs::path cases = fs::path(DROPSCOPE_CORPUS_DIR) / "cases/evidence";
  if (!fs::exists(cases)) GTEST_SKIP() << "no example cases at " << cases;
  std::size_t files = 0;
  std::size_t compared = 0;
  for (const auto& entry : fs::recursive_directory_iterator(cases)) {
    if (entry.path().filename() != "connection-status.txt") continue;
    ++files;
    const auto bytes = read_file(entry.path(), 1 << 20);
    ASSERT_TRUE(bytes);
    const std::string name = path_to_utf8(entry.path());
    const SourceIntake in = read_bytes(as_bytes(*bytes), name);
    EXPECT_EQ(in.source.kind, "connection-status") << name;
    EXPECT_EQ(in.source.state, SourceState::Read) << name;
    EXPECT_EQ(in.source.records + 1,
              static_cast<std::size_t>(std::count(bytes->begin(), bytes->end(), '\n')))
        << name;
    // The same rows without their header must tell the same.
    const std::string bare = rows_only(*bytes);
    EXPECT_EQ(read_bytes(as_bytes(bare), name).attributes, in.attributes) << name;

    const fs::path list = entry.path().parent_path().parent_path() / "clients.csv";
    const auto table = read_file(list, 1 << 20);
    if (!table) continue;
    const SourceIntake clients = read_inventory(as_bytes(*table), "clients.csv", 20);
    const std::string computer = path_to_utf8(entry.path().parent_path().filename());
    for (const InventoryRow& row : clients.inventory) {
      if (row.computer != computer) continue;
      ++compared;
      for (const auto& [key, value] : row.values) {
        if (key != "protocol" && key != "mode" && key != "version") continue;
        EXPECT_EQ(in.attributes.at(key), value) << name;
      }
      for (const RawConnection& connection : in.connections) {
        EXPECT_EQ(connection.protocol, in.attributes.at("protocol")) << name;
      }
    }
  }
  EXPECT_EQ(files, 57u);
  EXPECT_GT(compared, 20u);
}

}  // namespace
}  // namespace dropscope
