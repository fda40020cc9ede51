// What is said of a connection, and in which words. A capture knows more than any log: every
// packet, and how long there was none. It does not know why. So a FIN after a second or more
// without data is called idle, a RST a reset, whatever was behind it; the idle time stands beside,
// and many connections with the same one show a timer.

#include "evidence/intake/capture_close.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace dropscope {
namespace {

using capture::Application;
using capture::Ending;
using capture::Flow;
using capture::FlowSide;
using capture::RoleBy;

/// So many tries in a row without an answer are silence, not loss; as in flow_tracker.cc.
constexpr std::uint32_t kSilentTries = 3;

struct KnownInterface {
  std::string_view uuid;
  std::string_view protocol;
};
constexpr std::string_view kEndpointMapper = "RPC endpoint mapper";
/// From MS-OXCRPC 1.9 (EMSMDB, AsyncEMSMDB), MS-OXNSPI 1.9, MS-OXABREF 1.9, C706 appendix O.
constexpr std::array kInterfaces = {
    KnownInterface{"{a4f1db00-ca47-1067-b31f-00dd010662da}", kMapiOverTcp},
    KnownInterface{"{5261574a-4572-206e-b268-6b199213b4e4}", kMapiOverTcp},
    KnownInterface{"{f5cc5a18-4264-101a-8c59-08002b2f8426}", kMapiOverTcp},
    KnownInterface{"{1544f5e0-613c-11d1-93df-00c04fd7bd09}", kMapiOverTcp},
    KnownInterface{"{e1af8308-5d1f-11c9-91a4-08002b14a0fa}", kEndpointMapper},
};

std::string_view rpc_protocol(const Flow& flow) {
  if (flow.opening.interface) {
    const std::string uuid = flow.opening.interface->to_string();
    for (const KnownInterface& known : kInterfaces) {
      if (known.uuid == uuid) return known.protocol;
    }
  }
  constexpr std::uint16_t kMapperPort = 135;
  return flow.server_side().endpoint.port == kMapperPort ? kEndpointMapper : kUnknownRpc;
}

std::string_view http_protocol(const capture::Opening& opening) {
  const std::string path = to_lower_ascii(opening.path);
  if (opening.method == "RPC_IN_DATA" || opening.method == "RPC_OUT_DATA" ||
      path.starts_with("/rpc/rpcproxy.dll")) {
    return "RPC/HTTP";
  }
  if (path.starts_with("/mapi/")) return "MAPI/HTTP";
  // Not "HTTP", which Outlook's Connection Status window shows for MAPI/HTTP.
  return opening.method == "CONNECT" ? "web proxy" : "web";
}

std::string_view protocol_of(const Flow& flow) {
  switch (flow.opening.application) {
    case Application::DceRpc:
      return rpc_protocol(flow);
    case Application::Http:
      return http_protocol(flow.opening);
    case Application::Tls:
      return "TLS";
    case Application::Ssh:
      return "SSH";
    case Application::Unknown:
      break;
  }
  return "";
}

std::pair<CloseBy, CloseWhy> judge(const Flow& flow) {
  const CloseBy side = flow.ended_by_client() ? CloseBy::Client : CloseBy::Server;
  switch (flow.ending) {
    case Ending::Open:
      return {CloseBy::Nobody, CloseWhy::Unknown};
    case Ending::Refused:
      return {side, CloseWhy::Failed};
    case Ending::NoAnswer:
      return {CloseBy::Unknown, CloseWhy::Failed};
    case Ending::Silent:
      // Whether the other end died or something in between dropped its packets looks the same.
      return {CloseBy::Unknown, CloseWhy::Silence};
    case Ending::Fin:
      if (gave_up(flow)) return {side, CloseWhy::Silence};
      return {side,
              flow.idle.value_or(Ticks{}) >= kIdlePause ? CloseWhy::Idle : CloseWhy::Finished};
    case Ending::Reset:
      break;
  }
  if (gave_up(flow)) return {side, CloseWhy::Silence};
  return {flow.foreign_hops ? CloseBy::Middlebox : side, CloseWhy::Reset};
}

std::string_view side_name(const Flow& flow, std::size_t side) {
  return side == flow.client ? "client" : "server";
}

std::string seconds(Ticks ticks) {
  return fmt::format("{:.3f} s", std::chrono::duration<double>(ticks).count());
}

std::string tries(const Flow& flow) {
  const std::size_t sender = flow.ending == Ending::Silent || flow.ending == Ending::NoAnswer
                                 ? 1 - flow.ended_by
                                 : flow.ended_by;
  const bool probes = flow.sides[sender].keep_alives > 0 && flow.sides[sender].retransmissions == 0;
  return count_of(flow.unanswered, probes ? "keep-alive" : "retransmission");
}

void add_keep_alives(const Flow& flow, std::string& text) {
  for (std::size_t side = 0; side < 2; ++side) {
    const FlowSide& sent = flow.sides[side];
    if (sent.keep_alives == 0) continue;
    text += fmt::format("; {} by the {}", count_of(sent.keep_alives, "keep-alive"),
                        side_name(flow, side));
    if (sent.keep_alive_after > Ticks{}) {
      text += ", the first after " + seconds(sent.keep_alive_after);
    }
  }
}

void add_origin(const Flow& flow, std::string& text) {
  if (flow.foreign_hops) {
    text += fmt::format(
        "; hop limit {} where its other packets have {}: perhaps sent by a device "
        "in between",
        flow.reset_hop_limit, flow.usual_hop_limit);
  } else if (flow.reset_hop_limit != flow.usual_hop_limit && flow.ending == Ending::Reset) {
    text += fmt::format("; hop limit {} where its other packets have {}", flow.reset_hop_limit,
                        flow.usual_hop_limit);
  }
  if (flow.foreign_id) {
    text += "; IP identification far from its other packets': perhaps sent by a device in between";
  }
}

std::string reason_of(const Flow& flow) {
  const std::string_view side = side_name(flow, flow.ended_by);
  std::string text;
  switch (flow.ending) {
    case Ending::Open:
      text = "the capture shows no end";
      break;
    case Ending::Refused:
      text = "RST by the server in answer to SYN";
      break;
    case Ending::NoAnswer:
      text = fmt::format("no answer to SYN and {} over {}", count_of(flow.unanswered, "repetition"),
                         seconds(flow.unanswered_until - flow.ended));
      break;
    case Ending::Silent:
      text = fmt::format("no answer from the {} to {} over {}, and no FIN or RST", side,
                         tries(flow), seconds(flow.unanswered_until - flow.ended));
      break;
    case Ending::Fin:
    case Ending::Reset:
      text = fmt::format("{} by the {}", flow.ending == Ending::Fin ? "FIN" : "RST", side);
      if (gave_up(flow)) text += fmt::format(" that had no answer to {}", tries(flow));
      if (flow.after_farewell) text += " after its last words";
      if (flow.answers_packet) {
        text += " in answer to a packet";
        if (flow.idle) text += " after " + seconds(*flow.idle);
      }
      break;
  }
  add_keep_alives(flow, text);
  const bool ended = flow.ending == Ending::Fin || flow.ending == Ending::Reset;
  if (ended && flow.idle && *flow.idle >= kIdlePause &&
      flow.since_packet + kIdlePause < *flow.idle && !flow.answers_packet && !flow.after_farewell) {
    text += "; last packet " + seconds(flow.since_packet) + " before";
  }
  const std::uint32_t zero_windows = flow.sides[0].zero_windows + flow.sides[1].zero_windows;
  if (zero_windows > 0) text += "; " + count_of(zero_windows, "zero window");
  if (ended) add_origin(flow, text);
  return text;
}

}  // namespace

bool gave_up(const capture::Flow& flow) {
  return flow.unanswered >= kSilentTries;
}

RawClose close_of(const capture::Flow& flow) {
  RawClose raw;
  Close& close = raw.close;
  std::tie(close.by, close.why) = judge(flow);
  const bool open = flow.ending == Ending::Open;
  close.time = open ? flow.last : flow.ended;
  close.place = open ? flow.last_packet : flow.end_packet;
  if (flow.role_by == RoleBy::Syn) close.opened = flow.first;
  if (!open) close.idle = flow.idle;
  close.client = flow.client_side().endpoint;
  close.server = flow.server_side().endpoint;
  close.bytes_out = flow.client_side().bytes;
  close.bytes_in = flow.server_side().bytes;
  raw.server_name = flow.opening.server_name;
  raw.protocol = protocol_of(flow);
  raw.reason = reason_of(flow);
  return raw;
}

}  // namespace dropscope
