#include "evidence/intake/server_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "base/files.h"
#include "base/text.h"
#include "evidence/catalogue/catalogue.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

const Catalogue& catalogue() {
  static const Catalogue kCatalogue = [] {
    auto loaded = Catalogue::load();
    EXPECT_TRUE(loaded) << loaded.error().text();
    return std::move(*loaded);
  }();
  return kCatalogue;
}

struct Given {
  std::optional<TimeZone> zone;
};

SourceIntake read_text(const std::string& raw, const Given& given = {}) {
  static const EventMatcher kMatcher(catalogue());
  Content content;
  content.name = "log";
  content.bytes = as_bytes(raw);
  const Bytes begin = content.bytes.first(std::min(content.bytes.size(), kHeadBytes));
  const Head head{begin, text::head_as_utf8(begin, kHeadBytes), content.name};
  EXPECT_TRUE(is_server_log(head)) << raw.substr(0, 80);
  const ReadContext context{kMatcher, catalogue(), 20, given.zone, {}};
  return read_server_log(content, context);
}

std::string own(const char* name) {
  const auto text =
      read_file(path_from_utf8(DROPSCOPE_SOURCE_DIR) / "tests" / "corpus" / "server" / name);
  EXPECT_TRUE(text) << name;
  return text ? *text : std::string();
}

/// One close in a line, to be compared whole.
std::string show(const RawClose& raw) {
  const Close& close = raw.close;
  const auto time = [](Instant t) { return t == Instant{} ? std::string("-") : format_utc(t); };
  std::string out = time(close.time) + " " + time(close.opened) + " " + close.client.to_string() +
                    " " + std::string(to_string(close.by)) + "/" +
                    std::string(to_string(close.why)) + " " + raw.protocol + " " + raw.user + " " +
                    raw.reason;
  if (close.idle) {
    out += " idle " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*close.idle).count());
  }
  return out;
}

std::vector<std::string> closes_of(const SourceIntake& out) {
  std::vector<std::string> lines;
  for (const RawClose& raw : out.closes) lines.push_back(show(raw));
  return lines;
}

std::vector<std::string> addresses_of(const SourceIntake& out) {
  std::vector<std::string> lines;
  for (const RawAddress& raw : out.addresses) {
    lines.push_back(raw.user + " " + raw.use.address.to_string() + " " + format_utc(raw.use.from) +
                    " " + format_utc(raw.use.to));
  }
  return lines;
}

std::vector<std::string> ways_of(const SourceIntake& out) {
  std::vector<std::string> lines;
  for (const RawConnection& raw : out.connections) {
    lines.push_back(raw.user + " " + raw.protocol + " " + raw.version + " " + raw.session_type +
                    " " + raw.row.local.to_string() + " " + raw.mailbox);
  }
  return lines;
}

bool says(const SourceIntake& out, std::string_view words) {
  return std::any_of(out.assumptions.begin(), out.assumptions.end(), [&](const std::string& note) {
    return note.find(words) != std::string::npos;
  });
}

using Lines = std::vector<std::string>;

TEST(ServerLog, HttpErrTellsTimersAndDrops) {
  const SourceIntake out = read_text(own("httperr.log"));
  EXPECT_EQ(out.source.kind, "httperr");
  EXPECT_EQ(out.source.state, SourceState::Read);
  EXPECT_EQ(out.source.records, 5u);
  EXPECT_EQ(closes_of(out),
            (Lines{"2026-05-11T08:02:00Z - 192.0.2.11:50100 server/idle   Timer_ConnectionIdle",
                   "2026-05-11T08:03:00Z - [2001:db8::11]:50101 client/reset MAPI/HTTP  "
                   "Connection_Dropped",
                   "2026-05-11T08:04:00Z - 192.0.2.12:50102 server/unknown RPC/HTTP  "
                   "Timer_NewInAFutureVersion"}));
  EXPECT_EQ(out.closes[0].close.server.to_string(), "198.51.100.5:443");
  EXPECT_TRUE(says(out, "Word_That_Is_New (1)"));
}

TEST(ServerLog, IisTellsGonePeersAndABalancer) {
  const SourceIntake out = read_text(own("iis_balancer.log"));
  EXPECT_EQ(out.source.kind, "iis");
  EXPECT_EQ(out.source.records, 8u);
  EXPECT_EQ(out.source.damage_count, 1u);
  EXPECT_EQ(closes_of(out),
            (Lines{"2026-05-11T09:00:10Z 2026-05-11T08:48:10Z 192.0.2.11 client/reset RPC/HTTP "
                   "CONTOSO\\anna sc-win32-status 64",
                   "2026-05-11T09:00:20Z 2026-05-11T09:00:19Z 203.0.113.1 client/reset MAPI/HTTP  "
                   "sc-win32-status 64"}));
  EXPECT_TRUE(says(out, "203.0.113.1 stands for 3 of 3 users"));
  EXPECT_EQ(addresses_of(out),
            (Lines{"CONTOSO\\anna 192.0.2.11 2026-05-11T09:00:10Z 2026-05-11T09:00:10Z"}));
  EXPECT_TRUE(says(out, "1 request asked for or refused credentials"));
  EXPECT_TRUE(says(out, "1 end between the server's own halves"));
}

TEST(ServerLog, HttpProxyTellsUsersAddressesAndErrors) {
  const SourceIntake out = read_text(own("httpproxy_mapi.log"));
  EXPECT_EQ(out.source.kind, "exchange-httpproxy");
  EXPECT_EQ(out.source.records, 7u);
  EXPECT_EQ(out.source.damage_count, 0u);
  EXPECT_EQ(closes_of(out),
            (Lines{"2026-05-11T08:05:00Z 2026-05-11T08:04:00Z 192.0.2.11 client/reset MAPI/HTTP "
                   "CONTOSO\\anna 0x800704CD (NotificationWait)",
                   "2026-05-11T08:06:00Z 2026-05-11T08:05:59Z fe80::1 server/failed MAPI/HTTP "
                   "CONTOSO\\bert WebExceptionStatus=ConnectFailure (Execute)"}));
  EXPECT_EQ(out.closes[0].device, "EX01");
  EXPECT_EQ(out.closes[0].server_name, "ex02.contoso.example");
  EXPECT_EQ(addresses_of(out),
            (Lines{"CONTOSO\\anna 192.0.2.11 2026-05-11T08:00:00Z 2026-05-11T08:05:00Z",
                   "CONTOSO\\anna 192.0.2.21 2026-05-11T11:00:00Z 2026-05-11T11:00:00Z",
                   "CONTOSO\\bert fe80::1 2026-05-11T08:06:00Z 2026-05-11T08:06:00Z",
                   "CONTOSO\\bert 192.0.2.12 2026-05-11T08:09:00Z 2026-05-11T08:09:00Z"}));
  EXPECT_TRUE(says(out, "1 request of Exchange's own health tests"));
}

TEST(ServerLog, RpcClientAccessTellsModeProtocolAndIdleEnds) {
  const SourceIntake out = read_text(own("rpc_client_access.log"));
  EXPECT_EQ(out.source.kind, "exchange-rca");
  EXPECT_EQ(out.source.records, 9u);
  EXPECT_EQ(closes_of(out),
            (Lines{"2026-05-11T09:00:00Z 2026-05-11T08:00:00Z 192.0.2.11 unknown/reset RPC/TCP "
                   "anna 1726",
                   "2026-05-11T10:05:00Z 2026-05-11T09:05:00Z 192.0.2.11 server/killed RPC/TCP "
                   "anna [SessionDeadException] idle timeout"}));
  EXPECT_EQ(ways_of(out), (Lines{"Bert B RPC/HTTP 15.0.4569.1506 Classic 192.0.2.12 ",
                                 "anna RPC/TCP 14.0.7172.5000 Cache 192.0.2.11 ",
                                 "carla RPC/TCP 14.0.7172.5000 Cache 192.0.2.13 "}));
}

TEST(ServerLog, RpcClientAccessMeasuresTheIdleTimeOfItsTimer) {
  std::string text = own("rpc_client_access.log");
  const std::string word = "[SessionDeadException] ";
  text.erase(text.find(word), word.size());
  EXPECT_EQ(closes_of(read_text(text)).back(),
            "2026-05-11T10:05:00Z 2026-05-11T09:05:00Z 192.0.2.11 server/idle RPC/TCP anna idle "
            "timeout idle 3600");
}

TEST(ServerLog, MapiClientAccessIsReadByItsFields) {
  const SourceIntake out = read_text(own("mapi_client_access.log"));
  EXPECT_EQ(out.source.kind, "exchange-mapi");
  EXPECT_EQ(closes_of(out),
            (Lines{"2026-05-11T08:15:00Z 2026-05-11T08:00:00Z 192.0.2.14 "
                   "unknown/reset MAPI/HTTP "
                   "f0123456789abcdef0123456789abcdef-dora 0x6be (rpc::CallFailed)"}));
  EXPECT_EQ(ways_of(out), (Lines{"f0123456789abcdef0123456789abcdef-dora MAPI/HTTP "
                                 "16.0.17328.20142 Cache 192.0.2.14 dora@contoso.example"}));
  EXPECT_EQ(read_text(own("mapi_address_book.log")).source.kind, "exchange-address-book");
}

TEST(ServerLog, LocalTimesTakeTheGivenZone) {
  const std::string text =
      "#Fields: date-local time-local c-ip cs-uri-stem sc-status sc-win32-status TimeTakenMS\n"
      "2026-05-11 10:00:00.5 192.0.2.1 /mapi/emsmdb/ 200 64 1500\n";
  const SourceIntake without = read_text(text);
  EXPECT_EQ(closes_of(without).front().substr(0, 20), "2026-05-11T10:00:00Z");
  EXPECT_TRUE(says(without, "have no zone; taken as UTC"));
  const SourceIntake with = read_text(text, {TimeZone::find("Europe/Berlin")});
  EXPECT_EQ(closes_of(with).front().substr(0, 20), "2026-05-11T08:00:00Z");
}

TEST(ServerLog, ClosesAreBoundedAndTheRestCounted) {
  std::string text = "#Fields: date time c-ip c-port s-reason\n";
  for (int i = 0; i < 100'010; ++i) {
    text += "2026-05-11 10:00:00 192.0.2.1 50000 Timer_ConnectionIdle\n";
  }
  const SourceIntake out = read_text(text);
  EXPECT_EQ(out.closes.size(), 100'000u);
  EXPECT_TRUE(says(out, "Timer_ConnectionIdle (10)"));
}

TEST(ServerLog, OtherTextIsLeftAlone) {
  for (const std::string text :
       {"", "#Fields", "#Fields: date time action protocol src-ip dst-ip\n", "a,b,c,d,e,f,g\n",
        "2022-07-20T21:28:50.530Z,x,2,192.0.2.1:143,192.0.2.2:1,u,1\n",
        "computer,user\nPC01,a\n"}) {
    EXPECT_FALSE(is_server_log({as_bytes(text), text, "x"})) << text;
  }
}

// Published files, one by one.

struct Expected {
  const char* file;
  const char* kind;
  SourceState state;
  std::uint64_t records;
  std::uint64_t damages;
  std::size_t closes;
};

/// Names the test; the bytes of pointers would differ from run to run.
void PrintTo(const Expected& expected, std::ostream* out) {
  *out << expected.file;
}

class ServerCorpus : public ::testing::TestWithParam<Expected> {};

TEST_P(ServerCorpus, IsRecognised) {
  const Expected& expected = GetParam();
  const fs::path path =
      path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evidence" / "server" / expected.file;
  if (!fs::exists(path)) GTEST_SKIP() << "no corpus of real files beside the project";
  const auto text = read_file(path);
  ASSERT_TRUE(text);
  const SourceIntake out = read_text(*text);
  EXPECT_EQ(out.source.kind, expected.kind);
  EXPECT_EQ(out.source.state, expected.state) << out.source.problem;
  EXPECT_EQ(out.source.records, expected.records);
  EXPECT_EQ(out.source.damage_count, expected.damages)
      << (out.source.damage.empty() ? "" : out.source.damage[0].what);
  EXPECT_EQ(out.closes.size(), expected.closes);
}

INSTANTIATE_TEST_SUITE_P(
    Files, ServerCorpus,
    ::testing::Values(
        Expected{"iis7_owa.log", "iis", SourceState::Read, 3, 0, 0},
        Expected{"iis10.log", "iis", SourceState::Read, 1, 0, 0},
        Expected{"iis10_edge_cases.log", "iis", SourceState::Read, 15, 0, 0},
        Expected{"iis6.log", "iis", SourceState::Read, 12, 0, 0},
        Expected{"iis_without_date.log", "iis", SourceState::Read, 11, 0, 0},
        Expected{"logfile_w3c.0", "iis", SourceState::Read, 1, 0, 0},
        Expected{"logfile_w3c.3", "iis", SourceState::Read, 3, 0, 0},
        Expected{"logfile_w3c.6", "iis", SourceState::Read, 1, 0, 0},
        Expected{"logfile_w3c_big.0", "iis", SourceState::Read, 210, 0, 0},
        Expected{"exchange-logs.md", "server-logs", SourceState::Read, 13, 0, 0},
        Expected{"exchange-imap-bf.log", "exchange-protocol", SourceState::Ignored, 0, 0, 0},
        Expected{"exchange-pop-bf.log", "exchange-protocol", SourceState::Ignored, 0, 0, 0},
        Expected{"exchange-smtp-bf.log", "exchange-protocol", SourceState::Ignored, 0, 0, 0}),
    [](const auto& given) {
      std::string name = given.param.file;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
      return name;
    });

/// Log lines as strings of a C# test, between program text.
TEST(ServerCorpusFiles, LinesInsideAProgramAreRead) {
  const fs::path path =
      path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evidence" / "server" / "IntegrationTests.cs";
  if (!fs::exists(path)) GTEST_SKIP() << "no corpus of real files beside the project";
  const auto text = read_file(path);
  ASSERT_TRUE(text);
  const SourceIntake out = read_text(*text);
  EXPECT_EQ(out.source.kind, "server-logs");
  EXPECT_EQ(out.source.records, 10u + 9u);
  EXPECT_EQ(out.source.damage_count, 0u);
  ASSERT_EQ(out.closes.size(), 7u);
  EXPECT_EQ(show(out.closes[0]),
            "2011-12-08T06:06:19Z - 192.168.150.1:2774 server/killed   "
            "Connection_Abandoned_By_ReqQueue");
  EXPECT_EQ(out.closes[0].close.server.to_string(), "192.168.150.122:2869");
  EXPECT_EQ(show(out.closes[1]),
            "2012-02-06T13:31:17Z - [2001:4898:0:fff:0:5efe:aa4:a71e]:54697 server/idle   "
            "Timer_ConnectionIdle");
  EXPECT_EQ(out.closes[1].close.server.to_string(), "[2001:4898:0:fff:0:5efe:a55:dc04]:80");
}

}  // namespace
}  // namespace dropscope
