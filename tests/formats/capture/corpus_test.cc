// What Wireshark's tshark 4.0 tells of real captures that others published, and what is read here:
// packets, TCP packets, connections, first and last time, who ended each first, after how long
// without any packet.
//
// Three things are counted differently on purpose:
// - A packet that was captured twice (a router's two sides, a mirror port) is a retransmission for
//   tshark; here it is a duplicate, known by its IP identification. http-post-upload.pcap and
//   wireshark-retrans.pcap consist of such copies.
// - tshark looks into sFlow samples: tcp-reassembly.pcap has a TCP header in one, which is no
//   packet of a connection that was captured.
// - tshark calls who sent the first packet the client. Here a server's port or a protocol's own
//   words decide where no SYN was captured, so the closer is compared by address.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "formats/capture/flow_tracker.h"
#include "formats/capture/packet_reader.h"

namespace dropscope::capture {
namespace {

namespace fs = std::filesystem;

struct Expected {
  std::string file;
  std::uint64_t packets;
  std::uint64_t tcp;
  std::size_t flows;
  std::string first;
  std::string last;
  int fin_by_client;
  int fin_by_server;
  int reset_by_client;
  int reset_by_server;
  int open;
};

/// One connection of a file, by its client.
struct ExpectedFlow {
  std::string file;
  std::string client;
  std::uint64_t packets;
  double lasted;
  Ending ending;
  std::string ended_by;  ///< Address and port.
  double since_packet;
  double idle;  ///< Longer than since_packet where keep-alives or last words came before the end.
  std::uint32_t keep_alives;
  std::uint32_t retransmissions;
  std::uint32_t out_of_order;
  std::uint64_t duplicates;
};

const std::vector<Expected> kFiles = {
    {"adb.pcap", 13, 13, 1, "2025-11-18T22:39:56.868Z", "2025-11-18T22:40:43.196Z", 0, 0, 1, 0, 0},
    {"docker-http-upgrade.pcap", 200, 200, 3, "2024-11-26T18:48:20.604Z",
     "2024-11-26T18:48:51.829Z", 2, 1, 0, 0, 0},
    {"get-without-fins.pcap", 11, 11, 1, "2013-03-07T21:42:06.869Z", "2013-03-07T21:42:07.009Z", 0,
     0, 0, 0, 1},
    {"http-post-upload.pcap", 34, 34, 1, "2019-03-28T07:40:14.359Z", "2019-03-28T07:40:44.367Z", 0,
     1, 0, 0, 0},
    {"irc-cap-req.pcap", 26, 26, 1, "2017-01-04T20:26:16.585Z", "2017-01-04T20:32:31.602Z", 1, 0, 0,
     0, 0},
    {"long-session.pcap", 5, 5, 1, "2014-05-29T17:43:00.102Z", "2014-05-29T17:58:08.597Z", 0, 0, 0,
     1, 0},
    // tshark's "4x FIN by client, 2x RST by client": one FIN and one RST came from port 80.
    {"mapi.pcap", 800, 771, 24, "2003-06-30T16:51:36.686Z", "2003-06-30T16:51:39.707Z", 3, 1, 1, 1,
     18},
    {"no-syn-ack.pcap", 10, 10, 2, "2016-12-22T04:36:49.512Z", "2017-01-04T15:36:04.045Z", 0, 0, 0,
     0, 2},
    {"one_tcp_stream_fin_rst_close_packet.pcap", 13, 13, 1, "2021-05-27T10:17:30.591Z",
     "2021-05-27T10:18:33.616Z", 1, 0, 0, 0, 0},
    {"pppoe-over-qinq.pcap", 86, 86, 1, "2018-04-10T09:09:58.449Z", "2018-04-10T09:14:36.615Z", 1,
     0, 0, 0, 0},
    {"pubsub.pcap", 60, 60, 4, "2025-06-11T15:02:34.754Z", "2025-06-11T15:03:22.848Z", 3, 0, 0, 0,
     1},
    {"retransmit-fast009.pcap", 39, 39, 1, "2010-09-30T16:08:22.700Z", "2010-09-30T16:09:23.692Z",
     0, 0, 1, 0, 0},
    {"socks5-http-302.pcap", 14, 14, 1, "2013-11-26T13:58:14.492Z", "2013-11-26T14:00:12.431Z", 1,
     0, 0, 0, 0},
    {"tcp-handshake-nano.pcap", 3, 3, 1, "2014-12-09T17:16:09.924Z", "2014-12-09T17:16:10.052Z", 0,
     0, 0, 0, 1},
    {"tcp-reassembly.pcap", 66, 65, 1, "2013-02-26T22:04:10.747Z", "2013-02-26T22:06:07.447Z", 0, 1,
     0, 0, 0},
    {"tcp_rst_data.pcap", 1, 1, 1, "2013-02-26T22:03:19.190Z", "2013-02-26T22:03:19.190Z", 0, 0, 0,
     1, 0},
    {"tfo-5c1fa7f9ae91.pcap", 14, 14, 3, "2012-10-04T16:26:20.467Z", "2012-10-04T16:26:30.591Z", 3,
     0, 0, 0, 0},
    {"wireshark-retrans.pcap", 108, 108, 1, "2009-11-24T00:51:49.119Z", "2009-11-24T00:52:19.991Z",
     1, 0, 0, 0, 0},
};

const std::vector<ExpectedFlow> kFlows = {
    {"adb.pcap", "192.0.2.1:36698", 13, 46.3, Ending::Reset, "192.0.2.1:36698", 44.755, 44.755, 0,
     0, 0, 0},
    {"docker-http-upgrade.pcap", "192.168.122.1:48648", 24, 31.2, Ending::Fin,
     "192.168.122.1:48648", 0.005, 0.005, 3, 0, 0, 0},
    {"docker-http-upgrade.pcap", "192.168.122.1:48666", 20, 30.9, Ending::Fin,
     "192.168.122.1:48666", 0.149, 30.263, 3, 0, 0, 0},
    {"get-without-fins.pcap", "141.142.228.5:59856", 11, 0.1, Ending::Open, "", 0, 0, 0, 0, 0, 0},
    {"http-post-upload.pcap", "192.168.8.97:11371", 34, 30.0, Ending::Fin, "192.168.57.14:8080",
     19.864, 19.864, 0, 0, 2, 15},
    {"irc-cap-req.pcap", "10.10.10.10:59604", 26, 375.0, Ending::Fin, "10.10.10.10:59604", 102.484,
     102.484, 0, 0, 0, 0},
    // The RST answers the first packet after 908 s: that is the time that matters.
    {"long-session.pcap", "10.0.0.1:54869", 5, 908.5, Ending::Reset, "10.0.0.2:80", 0.001, 908.492,
     0, 0, 0, 0},
    {"mapi.pcap", "192.168.0.184:1066", 21, 1.1, Ending::Fin, "64.12.137.56:80", 0.082, 0.082, 0, 0,
     0, 0},
    {"mapi.pcap", "192.168.0.173:1066", 11, 0.0, Ending::Fin, "192.168.0.173:1066", 0.001, 0.001, 0,
     0, 0, 0},
    {"no-syn-ack.pcap", "10.10.10.10:40041", 5, 0.0, Ending::Open, "", 0, 0, 0, 0, 0, 0},
    {"no-syn-ack.pcap", "10.12.12.12:61181", 5, 0.0, Ending::Open, "", 0, 0, 0, 0, 0, 0},
    {"one_tcp_stream_fin_rst_close_packet.pcap", "192.168.221.130:43766", 13, 63.0, Ending::Fin,
     "192.168.221.130:43766", 63.002, 63.002, 0, 0, 0, 0},
    // The FIN follows a TLS alert at once; before that nothing was sent for half a minute. Of the
    // 26 segments that repeat something tshark takes 23 for retransmissions, the rest for
    // overtaken.
    {"pppoe-over-qinq.pcap", "1.1.1.1:20394", 86, 278.2, Ending::Fin, "1.1.1.1:20394", 0.0, 29.606,
     0, 24, 2, 0},
    {"pubsub.pcap", "127.0.0.1:60831", 24, 48.1, Ending::Open, "", 0, 0, 2, 0, 0, 0},
    {"pubsub.pcap", "127.0.0.1:60833", 12, 1.0, Ending::Fin, "127.0.0.1:60833", 0.997, 0.997, 0, 0,
     0, 0},
    {"retransmit-fast009.pcap", "10.0.88.85:50368", 39, 61.0, Ending::Reset, "10.0.88.85:50368",
     60.165, 60.165, 0, 3, 0, 0},
    {"socks5-http-302.pcap", "10.0.0.1:1637", 14, 117.9, Ending::Fin, "10.0.0.1:1637", 115.716,
     115.716, 0, 0, 0, 0},
    {"tcp-handshake-nano.pcap", "131.155.215.69:46656", 3, 0.1, Ending::Open, "", 0, 0, 0, 0, 0, 0},
    {"tcp-reassembly.pcap", "172.16.133.54:64370", 65, 116.5, Ending::Fin, "23.21.118.18:80",
     59.409, 59.409, 0, 1, 0, 0},
    {"tcp_rst_data.pcap", "172.16.133.41:52875", 1, 0.0, Ending::Reset, "199.204.31.89:80", 0, 0, 0,
     0, 0, 0},
    {"tfo-5c1fa7f9ae91.pcap", "9.9.9.9:13047", 6, 0.0, Ending::Fin, "9.9.9.9:13047", 0.003, 0.003,
     0, 0, 0, 0},
    {"tfo-5c1fa7f9ae91.pcap", "192.168.0.100:13048", 2, 10.0, Ending::Fin, "192.168.0.100:13048",
     10.005, 10.005, 0, 0, 0, 0},
    {"wireshark-retrans.pcap", "172.17.96.143:59221", 108, 30.9, Ending::Fin, "172.17.96.143:59221",
     10.046, 10.046, 1, 2, 3, 72},
};

struct Seen {
  std::uint64_t packets = 0;
  std::uint64_t tcp = 0;
  std::uint64_t problems = 0;
  Instant first{};
  Instant last{};
  std::vector<Flow> flows;
};

Seen look(const fs::path& path) {
  Seen out;
  const auto map = MappedFile::open(path);
  if (!map) return out;
  FlowTracker flows({}, [&](const Flow& flow) { out.flows.push_back(flow); });
  PacketReader packets(map->bytes());
  TcpSegment segment;
  for (Packet packet; packets.next(packet);) {
    if (out.packets++ == 0) out.first = packet.time;
    out.last = std::max(out.last, packet.time);
    if (decode_tcp(packet, segment) != Content::Tcp) continue;
    ++out.tcp;
    flows.add(segment, packet.time, packet.number);
  }
  flows.finish();
  out.problems = packets.account().problem_count;
  return out;
}

fs::path folder() {
  return fs::path(DROPSCOPE_CORPUS_DIR) / "evidence" / "pcap";
}

/// Milliseconds, cut: tshark rounds, so the last digit may differ by one.
void expect_time(const std::string& expected, Instant found) {
  EXPECT_NEAR(seconds_between(*parse_utc(expected), found), 0, 0.001) << format_utc(found, 6);
}

TEST(CaptureCorpus, FilesHoldWhatTsharkSays) {
  if (!fs::is_directory(folder())) GTEST_SKIP() << "no corpus in " << folder();
  for (const Expected& e : kFiles) {
    SCOPED_TRACE(e.file);
    const Seen seen = look(folder() / e.file);
    EXPECT_EQ(seen.packets, e.packets);
    EXPECT_EQ(seen.tcp, e.tcp);
    EXPECT_EQ(seen.problems, 0u);
    EXPECT_EQ(seen.flows.size(), e.flows);
    expect_time(e.first, seen.first);
    expect_time(e.last, seen.last);
    std::map<std::pair<Ending, bool>, int> endings;
    for (const Flow& flow : seen.flows) {
      ++endings[{flow.ending, flow.ending != Ending::Open && flow.ended_by_client()}];
    }
    EXPECT_EQ((endings[{Ending::Fin, true}]), e.fin_by_client);
    EXPECT_EQ((endings[{Ending::Fin, false}]), e.fin_by_server);
    EXPECT_EQ((endings[{Ending::Reset, true}]), e.reset_by_client);
    EXPECT_EQ((endings[{Ending::Reset, false}]), e.reset_by_server);
    EXPECT_EQ((endings[{Ending::Open, false}]), e.open);
  }
}

TEST(CaptureCorpus, ConnectionsEndAsTsharkSays) {
  if (!fs::is_directory(folder())) GTEST_SKIP() << "no corpus in " << folder();
  std::map<std::string, Seen> files;
  for (const ExpectedFlow& e : kFlows) {
    SCOPED_TRACE(e.file + " " + e.client);
    if (!files.contains(e.file)) files[e.file] = look(folder() / e.file);
    const Flow* found = nullptr;
    for (const Flow& flow : files[e.file].flows) {
      if (flow.client_side().endpoint.to_string() == e.client) found = &flow;
    }
    ASSERT_NE(found, nullptr);
    const Flow& flow = *found;
    EXPECT_EQ(flow.packets, e.packets);
    EXPECT_NEAR(seconds_between(flow.first, flow.last), e.lasted, 0.06);
    EXPECT_EQ(flow.ending, e.ending);
    EXPECT_EQ(flow.client_side().keep_alives + flow.server_side().keep_alives, e.keep_alives);
    EXPECT_EQ(flow.client_side().retransmissions + flow.server_side().retransmissions,
              e.retransmissions);
    EXPECT_EQ(flow.client_side().out_of_order + flow.server_side().out_of_order, e.out_of_order);
    EXPECT_EQ(flow.duplicates, e.duplicates);
    if (flow.ending == Ending::Open) continue;
    EXPECT_EQ(flow.sides[flow.ended_by].endpoint.to_string(), e.ended_by);
    EXPECT_NEAR(std::chrono::duration<double>(flow.since_packet).count(), e.since_packet, 0.002);
    EXPECT_NEAR(std::chrono::duration<double>(flow.idle.value_or(Ticks{})).count(), e.idle, 0.002);
  }
}

TEST(CaptureCorpus, MapiIsKnownByItsInterfaces) {
  if (!fs::is_directory(folder())) GTEST_SKIP() << "no corpus in " << folder();
  const Seen seen = look(folder() / "mapi.pcap");
  std::map<std::string, int> interfaces;
  for (const Flow& flow : seen.flows) {
    if (flow.opening.interface) ++interfaces[flow.opening.interface->to_string()];
  }
  // Three calls to the endpoint mapper, then referral, address book and mailbox.
  EXPECT_EQ(interfaces["{e1af8308-5d1f-11c9-91a4-08002b14a0fa}"], 3);
  EXPECT_EQ(interfaces["{a4f1db00-ca47-1067-b31f-00dd010662da}"] +
                interfaces["{f5cc5a18-4264-101a-8c59-08002b2f8426}"] +
                interfaces["{1544f5e0-613c-11d1-93df-00c04fd7bd09}"],
            3);
}

}  // namespace
}  // namespace dropscope::capture
