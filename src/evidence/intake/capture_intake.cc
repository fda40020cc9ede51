// Of a busy network most connections end in order right after their work. They say little about
// lost connections: unless their port is one that Outlook uses, some are kept, the rest is counted.

#include "evidence/intake/capture_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "evidence/intake/capture_ages.h"
#include "evidence/intake/capture_close.h"
#include "evidence/intake/content_pass.h"
#include "formats/capture/flow_tracker.h"
#include "formats/capture/packet_reader.h"
#include "formats/capture/tcp_segment.h"

namespace dropscope {
namespace {

using capture::Ending;
using capture::Flow;
using capture::RoleBy;

/// Closes that are kept of one capture, about 160 bytes each.
constexpr std::size_t kMaxCloses = 100'000;
/// … of which so many may be ones that ended in order right after their work.
constexpr std::size_t kMaxOrderly = 1'000;

/// Servers of which it is remembered that they speak MAPI.
constexpr std::size_t kMaxMapiServers = 4096;

/// Ports of Outlook's connections: web (80, 443), RPC endpoint mapper (135), RPC over HTTP behind
/// the proxy (593, 6001, 6002, 6004: what setup of Exchange writes to ValidPorts of RpcProxy).
bool is_mail_port(std::uint16_t port) {
  constexpr std::array<std::uint16_t, 7> kPorts = {80, 135, 443, 593, 6001, 6002, 6004};
  return std::find(kPorts.begin(), kPorts.end(), port) != kPorts.end();
}

bool matters(const Flow& flow) {
  const bool mail = is_mail_port(flow.server_side().endpoint.port) ||
                    flow.opening.application == capture::Application::DceRpc;
  switch (flow.ending) {
    case Ending::Fin:
      return mail || flow.idle.value_or(Ticks{}) >= kIdlePause || gave_up(flow);
    case Ending::Open:
      return mail || flow.last - flow.first >= kIdlePause;
    case Ending::Reset:
    case Ending::Refused:
    case Ending::NoAnswer:
    case Ending::Silent:
      break;
  }
  return true;
}

/// Makes closes of flows as they end.
class CloseCollector {
 public:
  explicit CloseCollector(SourceIntake& out) : out_(out) {}

  void add(const Flow& flow) {
    if (!matters(flow) && ++orderly_ > kMaxOrderly) {
      ++(flow.ending == Ending::Fin ? finished_ : brief_);
      return;
    }
    if (out_.closes.size() >= kMaxCloses) {
      ++beyond_;
      return;
    }
    RawClose close = close_of(flow);
    if (close.protocol == kMapiOverTcp && mapi_servers_.size() < kMaxMapiServers) {
      mapi_servers_.insert(close.close.server);
    }
    out_.closes.push_back(close);
    if (flow.role_by == RoleBy::Payload) ++role_by_payload_;
    if (flow.role_by > RoleBy::Payload) ++role_by_port_;
  }

  void finish() {
    // A connection whose bind was not captured speaks what others to the same port bound to.
    CloseList& closes = out_.closes;
    for (std::size_t i = 0; i < closes.size(); ++i) {
      const Close& close = closes.kept(i);
      if (closes.text(close.protocol) == kUnknownRpc && mapi_servers_.contains(close.server)) {
        closes.set_protocol(i, kMapiOverTcp);
      }
    }
    tell_ages(closes);
    note("begun before the capture: {}; which side is the client is seen from what it sent",
         role_by_payload_, "connection");
    note(
        "begun before the capture: {}; the side with the well-known or lower port is taken for "
        "the server",
        role_by_port_, "connection");
    note("not listed: {} that ended in order without a pause", finished_, "connection");
    note("not listed: {} of less than a second without an end", brief_, "connection");
    note("not listed: {}, as no more than 100000 are kept of one capture", beyond_, "connection");
  }

  void note(fmt::format_string<std::string> text, std::uint64_t count, std::string_view noun) {
    if (count > 0) out_.assumptions.push_back(fmt::format(text, count_of(count, noun)));
  }

 private:
  SourceIntake& out_;
  std::set<IpEndpoint> mapi_servers_;
  std::uint64_t orderly_ = 0;
  std::uint64_t finished_ = 0;
  std::uint64_t brief_ = 0;
  std::uint64_t beyond_ = 0;
  std::uint64_t role_by_payload_ = 0;
  std::uint64_t role_by_port_ = 0;
};

/// Packets that could not be followed, by what is wrong with them.
struct Unread {
  std::uint64_t link = 0;
  std::uint64_t fragments = 0;
  std::uint64_t cut = 0;
  std::uint64_t malformed = 0;
  std::uint64_t untimed = 0;

  void count(capture::Content content) {
    switch (content) {
      case capture::Content::UnknownLink:
        ++link;
        break;
      case capture::Content::LaterFragment:
        ++fragments;
        break;
      case capture::Content::Cut:
        ++cut;
        break;
      case capture::Content::Malformed:
        ++malformed;
        break;
      case capture::Content::Tcp:
      case capture::Content::OtherTransport:
      case capture::Content::OtherNetwork:
        break;
    }
  }
};

/// Captures in containers of other programs; nothing for what is none.
std::string_view other_container(Bytes head) {
  const std::string_view text = as_text(head);
  if (text.starts_with("GMBU") || text.starts_with("RTSS")) return "Microsoft Network Monitor";
  if (text.starts_with(std::string_view("snoop\0\0\0", 8))) return "snoop";
  return {};
}

}  // namespace

bool is_capture(const Head& head) {
  return capture::PacketReader::recognises(head.bytes) || !other_container(head.bytes).empty();
}

SourceIntake read_capture(const Content& content, const ReadContext& context) {
  SourceIntake out;
  if (const std::string_view program = other_container(content.bytes); !program.empty()) {
    out.source.state = SourceState::Unreadable;
    out.source.problem = fmt::format(
        "a packet capture of {}, which is not read. Convert it with Wireshark's editcap: "
        "editcap -F pcapng IN OUT.pcapng",
        program);
    return out;
  }
  CloseCollector closes(out);
  capture::FlowTracker flows({}, [&](const Flow& flow) { closes.add(flow); });
  capture::PacketReader packets(content.bytes);
  Unread unread;
  capture::TcpSegment segment;
  for (capture::Packet packet; packets.next(packet);) {
    const capture::Content kind = capture::decode_tcp(packet, segment);
    if (kind != capture::Content::Tcp) {
      unread.count(kind);
    } else if (!packet.timed) {
      ++unread.untimed;
    } else {
      flows.add(segment, packet.time, packet.number);
    }
    if (content.pass != nullptr) content.pass->reached(packet.offset);
  }
  flows.finish();
  closes.finish();

  const capture::Account& account = packets.account();
  closes.note(
      "missing: {} that the capturing program could not keep up with; what looks like "
      "silence may be theirs",
      account.dropped_packets, "packet");
  closes.note("left out: {} of a link type that is not read", unread.link, "packet");
  closes.note("left out: {} without a time", unread.untimed, "TCP packet");
  closes.note("left out: {} that were captured too short for their TCP header", unread.cut,
              "packet");
  closes.note("left out: {} whose lengths contradict each other", unread.malformed, "packet");
  closes.note("left out: {} behind the first of an IP packet, which have no ports",
              unread.fragments, "fragment");
  closes.note("given up early, as more than 65536 were open at once: {}", flows.given_up(),
              "connection");

  Source& source = out.source;
  source.records = account.packets;
  source.records_damaged = account.lost_packets;
  for (const capture::Problem& problem : account.problems) {
    add_damage(source, problem.offset, problem.what, context.damage_kept);
  }
  source.damage_count = account.problem_count;
  source.state = account.problem_count > 0 ? SourceState::Damaged : SourceState::Read;
  if (account.packets == 0 && account.problem_count > 0) {
    source.state = SourceState::Unreadable;
    source.problem = "a packet capture without a whole packet: " + account.problems.front().what;
  }
  out.out_of_order = flows.out_of_order();
  return out;
}

}  // namespace dropscope
