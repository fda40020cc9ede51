// Flows live in two lists, those that go on and those that are over, each in order of last use. An
// index finds them by addresses and ports. What one packet means is worked out in flow_steps.cc.

#include "formats/capture/flow_tracker.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace dropscope::capture {
namespace {

/// How long a connection that is over is remembered, so that late packets do not look like a new
/// one: twice the longest life of a segment (RFC 9293, 3.4.2: MSL is 2 minutes).
constexpr Ticks kRemember = std::chrono::minutes{4};

/// So many tries without any sign of the other side are no lost packet: Windows gives up after
/// five (TcpMaxDataRetransmissions), Linux after fifteen (tcp_retries2).
constexpr std::uint32_t kSilentTries = 3;
/// … and for so long. Initial time-outs of retransmission are one second (RFC 6298, 2.1), so a
/// SYN has been repeated by then, too.
constexpr Ticks kSilentTime = std::chrono::seconds{3};

/// Ports above 1023 on which servers wait: proxies, databases, Exchange's RPC over HTTP (6001,
/// 6002, 6004), global catalogue, remote desktop. A hint for connections whose SYN was not
/// captured.
constexpr std::array<std::uint16_t, 16> kServerPorts = {
    1080, 1433, 1521, 3128, 3268, 3269, 3306, 3389, 5432, 5985, 6001, 6002, 6004, 6379, 8080, 8443};

bool is_server_port(std::uint16_t port) {
  constexpr std::uint16_t kSystemPorts = 1024;  // RFC 6335, section 6.
  return (port != 0 && port < kSystemPorts) ||
         std::find(kServerPorts.begin(), kServerPorts.end(), port) != kServerPorts.end();
}

std::size_t mixed(std::size_t hash, std::uint64_t value) {
  // The multiplier of SplitMix64's first step; spreads neighbouring addresses and ports.
  const std::uint64_t sum = (static_cast<std::uint64_t>(hash) ^ value) * 0xbf58476d1ce4e5b9u;
  return static_cast<std::size_t>(sum ^ (sum >> 29));
}

std::size_t hash_of(std::size_t hash, const IpEndpoint& endpoint) {
  const Bytes bytes = std::as_bytes(std::span(endpoint.address.bytes()));
  hash = mixed(hash, load_le<std::uint64_t>(bytes.data()));
  hash = mixed(hash, load_le<std::uint64_t>(bytes.data() + 8));
  return mixed(hash, endpoint.port);
}

}  // namespace

std::size_t FlowTracker::KeyHash::operator()(const Key& key) const {
  return hash_of(hash_of(0, key.low), key.high);
}

void FlowTracker::settle(State& state) const {
  Flow& flow = state.flow;
  if (!state.role_known) {
    const std::uint16_t low = flow.sides[0].endpoint.port;
    const std::uint16_t high = flow.sides[1].endpoint.port;
    if (flow.opening.sent_by_client.has_value()) {
      flow.client = *flow.opening.sent_by_client ? state.opening_side : 1 - state.opening_side;
      flow.role_by = RoleBy::Payload;
    } else if (is_server_port(low) != is_server_port(high)) {
      flow.client = is_server_port(low) ? 1 : 0;
      flow.role_by = RoleBy::KnownPort;
    } else if (low != high) {
      flow.client = low > high ? 0 : 1;
      flow.role_by = RoleBy::LowerPort;
    } else {
      flow.role_by = RoleBy::FirstSender;  // `client` is the first sender since the first packet.
    }
  }

  const Unanswered& unanswered = state.unanswered;
  if (flow.ending != Ending::Open || !unanswered.active) return;
  const std::size_t quiet = 1 - unanswered.side;
  const Ticks waited = now_ - unanswered.first;
  if (flow.sides[quiet].packets == 0) {
    if (!state.sides[unanswered.side].only_syn || !state.sides[unanswered.side].syn) return;
    if (unanswered.tries == 0 && waited < kSilentTime) return;
    flow.ending = Ending::NoAnswer;
  } else {
    if (unanswered.tries < kSilentTries || waited < kSilentTime) return;
    flow.ending = Ending::Silent;
    flow.idle = unanswered.idle_before;
  }
  flow.ended_by = quiet;
  flow.ended = unanswered.first;
  flow.end_packet = unanswered.packet;
  flow.since_packet = unanswered.idle_before;
  flow.unanswered = unanswered.tries;
  flow.unanswered_until = unanswered.last;
}

void FlowTracker::give_out(States& list, States::iterator at) {
  if (!at->opening_bytes.empty()) --waiting_openings_;
  settle(*at);
  sink_(at->flow);
  index_.erase(at->key);
  list.erase(at);
}

void FlowTracker::give_out_closed_before(Instant time) {
  while (!closed_.empty() && closed_.front().flow.last < time) give_out(closed_, closed_.begin());
}

FlowTracker::States::iterator FlowTracker::find(const TcpSegment& segment, const Key& key,
                                                std::size_t side, Instant time,
                                                std::uint64_t packet) {
  const auto found = index_.find(key);
  if (found != index_.end()) {
    const auto at = found->second;
    States& list = at->closed ? closed_ : open_;
    const bool opens = segment.has(kSyn) && !segment.has(kAck);
    const bool repeats = at->sides[side].syn && at->sides[side].initial_seq == segment.seq &&
                         at->flow.ending == Ending::Open;
    if (!opens || repeats) {
      list.splice(list.end(), list, at);
      return at;
    }
    give_out(list, at);  // Its ports are used anew.
  }
  if (index_.size() >= limits_.flows) {
    if (!closed_.empty()) {
      give_out(closed_, closed_.begin());
    } else {
      ++given_up_;
      give_out(open_, open_.begin());
    }
  }
  State& state = open_.emplace_back();
  state.key = key;
  state.flow.sides[0].endpoint = key.low;
  state.flow.sides[1].endpoint = key.high;
  state.flow.client = side;
  state.flow.first = time;
  state.flow.last = time;
  state.flow.first_packet = packet;
  state.last_work = time;
  const auto at = std::prev(open_.end());
  index_.emplace(key, at);
  return at;
}

void FlowTracker::add(const TcpSegment& segment, Instant time, std::uint64_t packet) {
  if (any_ && time < now_) ++out_of_order_;
  now_ = any_ ? std::max(now_, time) : time;
  any_ = true;
  give_out_closed_before(now_ - kRemember);

  const bool from_low = segment.from <= segment.to;
  const Key key = from_low ? Key{segment.from, segment.to} : Key{segment.to, segment.from};
  const std::size_t side = from_low ? 0 : 1;
  const auto at = find(segment, key, side, time, packet);
  State& state = *at;
  Flow& flow = state.flow;
  SideState& mine = state.sides[side];

  if (is_duplicate(mine, segment, time)) {
    ++flow.duplicates;
    ++flow.packets;
    if (!segment.has(kRst)) note_origin(mine, segment, false);
    return;
  }

  Step step;
  step.side = side;
  step.first = flow.packets == 0;
  step.since_packet = std::max(Ticks{}, time - flow.last);
  step.since_work = std::max(Ticks{}, time - state.last_work);

  if (segment.has(kSyn)) {
    flow.client = segment.has(kAck) ? 1 - side : side;
    state.role_known = true;
    if (!mine.syn) mine.initial_seq = segment.seq;
    mine.syn = true;
  } else {
    mine.only_syn = false;
  }
  note_sequence(state, segment, time, step);
  note_keep_alive(state, segment, time, step);
  if (segment.has(kRst)) look_at_reset(state, segment, side);
  note_end(state, segment, time, packet, step);
  note_unanswered(state, segment, time, packet, step);
  note_burst(state, segment, time, step);
  note_opening(state, segment, step);
  if (!segment.has(kRst)) note_origin(mine, segment, flow.sides[side].packets == 0);

  if (step.fresh) {
    state.last_payload = time;
    state.any_payload = true;
  }
  if (!step.keep_alive && !step.keep_alive_answer)
    state.last_work = std::max(state.last_work, time);
  if (segment.window == 0 && (segment.flags & (kSyn | kFin | kRst)) == 0) {
    ++flow.sides[side].zero_windows;
  }
  mine.last = time;
  if (!step.keep_alive) mine.heard = time;
  mine.last_seq = segment.seq;
  if (segment.has(kAck)) mine.last_ack = segment.ack;
  mine.last_payload = segment.payload_bytes;
  mine.last_window = segment.window;
  mine.last_flags = segment.flags;
  if (segment.has(kFin)) mine.fin = true;
  ++flow.sides[side].packets;
  ++flow.packets;
  flow.last = std::max(flow.last, time);
  flow.last_packet = packet;

  if (!state.closed && (segment.has(kRst) || (state.sides[0].fin && state.sides[1].fin))) {
    state.closed = true;
    closed_.splice(closed_.end(), open_, at);
  }
}

void FlowTracker::finish() {
  closed_.splice(closed_.end(), open_);
  closed_.sort(
      [](const State& a, const State& b) { return a.flow.first_packet < b.flow.first_packet; });
  while (!closed_.empty()) give_out(closed_, closed_.begin());
}

}  // namespace dropscope::capture
