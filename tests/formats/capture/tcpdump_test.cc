// Two readers on the same captures: what tcpdump, which uses libpcap, prints of each packet (time,
// and for TCP addresses, ports, flags, sequence numbers, window, length) is what is read here. On
// real captures and on made ones in every form that both know.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "formats/capture/packet_reader.h"
#include "formats/capture/packets.h"
#include "formats/capture/tcp_segment.h"

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

namespace dropscope::capture {
namespace {

namespace fs = std::filesystem;
using namespace test;

bool have_tcpdump() {
  static const bool have = std::system("tcpdump --version > /dev/null 2>&1") == 0;
  return have;
}

class Folder {
 public:
  Folder()
      : path_(fs::path(testing::TempDir()) /
              ("dropscope_tcpdump_" + std::to_string(std::random_device{}()))) {
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] fs::path file(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// One line for each packet. -S: numbers as sent; -Z root: a file of root can be read.
std::vector<std::string> tcpdump(const fs::path& capture, const Folder& folder) {
  const fs::path out = folder.file("out");
  const std::string command = "LC_ALL=C tcpdump -Z root -nn -tt -S --nano -r '" + capture.string() +
                              "' > '" + out.string() + "' 2> /dev/null";
  (void)std::system(command.c_str());  // Ends with an error where a packet is cut; lines are there.
  std::vector<std::string> lines;
  const std::string text = read_file(out).value_or("");
  for (const std::string_view line : split(text, '\n')) {
    // What belongs to a packet's content follows in indented lines.
    if (!line.empty() && line[0] >= '0' && line[0] <= '9') lines.emplace_back(line);
  }
  return lines;
}

std::string flags_text(std::uint8_t flags) {
  std::string out;
  // In the order in which tcpdump prints them (print-tcp.c).
  constexpr std::pair<std::uint8_t, char> kFlags[] = {{0x01, 'F'}, {0x02, 'S'}, {0x04, 'R'},
                                                      {0x08, 'P'}, {0x10, '.'}, {0x20, 'U'},
                                                      {0x40, 'E'}, {0x80, 'W'}};
  for (const auto& [flag, letter] : kFlags) {
    if ((flags & flag) != 0) out += letter;
  }
  return out.empty() ? "none" : out;
}

std::string endpoint_text(const IpEndpoint& endpoint) {
  return endpoint.address.to_string() + "." + std::to_string(endpoint.port);
}

struct Compared {
  std::size_t packets = 0;
  std::size_t tcp = 0;
  std::string difference;  ///< The first one; empty when there is none.
};

Compared compare(const std::string& bytes, const std::vector<std::string>& lines) {
  static const std::regex kTcp(
      R"(.*?IP6? (?:truncated-ip6? - \d+ bytes missing! )?(\S+) > (\S+): Flags \[([^\]]*)\](.*))");
  static const std::regex kSeq(R"(, seq (\d+)(?::\d+)?)");
  static const std::regex kAckNumber(R"(, ack (\d+))");
  static const std::regex kWindow(R"(, win (\d+))");
  static const std::regex kLength(R"(, length (\d+))");
  Compared out;
  const auto differ = [&](const std::string& what, const std::string& line) {
    if (out.difference.empty()) {
      out.difference = "packet " + std::to_string(out.packets) + ": " + what + " in: " + line;
    }
  };
  PacketReader packets(as_bytes(bytes));
  TcpSegment segment;
  for (Packet packet; packets.next(packet);) {
    if (out.packets == lines.size()) {
      differ("tcpdump stops before", "");
      return out;
    }
    const std::string& line = lines[out.packets++];
    const std::string time = line.substr(0, line.find(' '));
    const auto dot = time.find('.');
    const std::int64_t ticks =
        *parse_int(time.substr(0, dot)) * 10'000'000 + *parse_int(time.substr(dot + 1, 7));
    if (packet.time != instant_from_unix(0) + Ticks{ticks}) differ("time", line);
    std::smatch match;
    const bool tcp = decode_tcp(packet, segment) == Content::Tcp;
    if (tcp != std::regex_match(line, match, kTcp)) {
      differ(tcp ? "TCP here only" : "TCP there only", line);
      continue;
    }
    if (!tcp) continue;
    ++out.tcp;
    if (match[1] != endpoint_text(segment.from)) differ("sender", line);
    if (match[2] != endpoint_text(segment.to)) differ("receiver", line);
    if (match[3] != flags_text(segment.flags)) differ("flags", line);
    const std::string rest = match[4];
    const auto number = [&](const std::regex& pattern, std::uint32_t expected, const char* what) {
      std::smatch found;
      if (std::regex_search(rest, found, pattern) && found[1] != std::to_string(expected)) {
        differ(what, line);
      }
    };
    number(kSeq, segment.seq, "sequence number");
    number(kAckNumber, segment.ack, "acknowledgement");
    number(kWindow, segment.window, "window");
    number(kLength, segment.payload_bytes, "length");
  }
  if (out.packets != lines.size()) differ("tcpdump has more", lines[out.packets]);
  return out;
}

TEST(Tcpdump, ReadsTheSameInRealCaptures) {
  if (!have_tcpdump()) GTEST_SKIP() << "tcpdump is not installed";
  const fs::path corpus = fs::path(DROPSCOPE_CORPUS_DIR) / "evidence" / "pcap";
  if (!fs::is_directory(corpus)) GTEST_SKIP() << "no corpus in " << corpus;
  const Folder folder;
  std::size_t files = 0;
  std::size_t tcp = 0;
  for (const auto& entry : fs::directory_iterator(corpus)) {
    SCOPED_TRACE(entry.path().filename().string());
    const Compared found = compare(*read_file(entry.path()), tcpdump(entry.path(), folder));
    EXPECT_EQ(found.difference, "");
    EXPECT_GT(found.packets, 0u);
    ++files;
    tcp += found.tcp;
  }
  EXPECT_GE(files, 18u);
  EXPECT_GE(tcp, 1000u);
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
Segment any_segment() {
  Segment s;
  if (*rc::gen::arbitrary<bool>()) {
    s.from = "2001:db8::1";
    s.to = "2001:db8::ffff:2";
  }
  s.from_port = *rc::gen::inRange<std::uint16_t>(20'000, 60'000);
  s.to_port = *rc::gen::inRange<std::uint16_t>(20'000, 60'000);
  s.seq = *rc::gen::arbitrary<std::uint32_t>();
  s.ack = *rc::gen::arbitrary<std::uint32_t>();
  s.flags = *rc::gen::arbitrary<std::uint8_t>();
  s.window = *rc::gen::arbitrary<std::uint16_t>();
  s.id = *rc::gen::arbitrary<std::uint16_t>();
  s.payload = std::string(*rc::gen::inRange<std::size_t>(0, 60), 'x');
  return s;
}

/// The packet behind the header of `link_type`, tagged or not.
std::string linked(std::uint32_t link_type, const Segment& s) {
  const std::string packet = ip(s);
  const std::uint16_t type = s.from.find(':') == std::string::npos ? 0x0800 : 0x86dd;
  switch (link_type) {
    case kLinkEthernet: {
      if (*rc::gen::arbitrary<bool>()) return ethernet(packet, type);
      return ethernet(Buffer().u16(7).u16(type).text(packet).bytes, 0x8100);
    }
    case kLinkSll:
      return Buffer().u16(0).u16(1).u16(6).zeros(8).u16(type).text(packet).bytes;
    case kLinkSll2:
      return Buffer().u16(type).u16(0).u32(1).u16(1).u8(0).u8(6).zeros(8).text(packet).bytes;
    default:
      return packet;
  }
}

RC_GTEST_PROP(Tcpdump, ReadsTheSameInMadeCaptures, ()) {
  if (!have_tcpdump()) return;
  constexpr std::array<std::uint32_t, 4> kLinks = {kLinkEthernet, kLinkRaw, kLinkSll, kLinkSll2};
  const std::uint32_t link = kLinks[*rc::gen::inRange<std::size_t>(0, kLinks.size())];
  const bool big = *rc::gen::arbitrary<bool>();
  const bool nano = *rc::gen::arbitrary<bool>();
  const bool next_generation = *rc::gen::arbitrary<bool>();
  std::vector<Captured> packets(*rc::gen::inRange<std::size_t>(1, 12));
  for (Captured& packet : packets) {
    // libpcap 1.10 takes seconds for signed; here they go on to 2106, as the draft says.
    packet.seconds = *rc::gen::inRange<std::uint32_t>(0, 2'147'483'647);
    packet.nanoseconds = *rc::gen::inRange<std::uint32_t>(0, 1'000'000'000);
    packet.bytes = linked(link, any_segment());
  }
  std::string bytes;
  if (next_generation) {
    bytes = section(big) + interface(big, link, nano ? 9 : 6, 262144);
    for (const Captured& packet : packets) {
      const std::uint64_t stamp = packet.seconds * 1'000'000'000ull + packet.nanoseconds;
      bytes += enhanced(big, 0, nano ? stamp : stamp / 1000, packet.bytes);
    }
  } else {
    bytes = pcap(packets, {big, nano, link, 262144});
  }
  const Folder folder;
  RC_ASSERT(write_file(folder.file("made"), bytes).has_value());
  const Compared found = compare(bytes, tcpdump(folder.file("made"), folder));
  RC_ASSERT(found.difference == "");
  RC_ASSERT(found.tcp == packets.size());

  // Cut anywhere, both have the packets before the cut.
  const std::size_t cut = *rc::gen::inRange<std::size_t>(100, 100 + bytes.size());
  const std::string begin = bytes.substr(0, cut);
  RC_ASSERT(write_file(folder.file("made"), begin).has_value());
  RC_ASSERT(compare(begin, tcpdump(folder.file("made"), folder)).difference == "");
}
#endif

}  // namespace
}  // namespace dropscope::capture
