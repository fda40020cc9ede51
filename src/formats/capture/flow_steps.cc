// What one more packet means for its connection. The order of the steps is that of
// FlowTracker::add(): each sees the flow as it was before the packet, except for what an earlier
// step noted in `step`.

#include <algorithm>
#include <cstdlib>

#include "formats/capture/flow_tracker.h"

namespace dropscope::capture {
namespace {

/// Sequence numbers wrap; the sign of the difference tells which is later (RFC 9293, 3.4).
std::int32_t sequence_distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

/// A segment that comes late by less was overtaken on the way, not sent again; the bound is the one
/// that Wireshark uses where it knows no round-trip time.
constexpr Ticks kOvertaken = std::chrono::milliseconds{3};

/// The same packet seen at two interfaces of one machine, or at two ports of a switch, is there
/// again within this time. Retransmission takes at least 200 ms on Linux (TCP_RTO_MIN).
constexpr Ticks kDuplicate = std::chrono::milliseconds{50};

/// Payload that follows its predecessor by less belongs to the same turn of its side.
constexpr Ticks kBurstGap = std::chrono::seconds{1};
/// No farewell is longer: an alert has some 30 bytes, HAProxy's and nginx's pages for 408 and 504
/// some 200 to 600.
constexpr std::uint64_t kFarewellBytes = 1024;

/// Distance between two IP identifications that one counter does not make within a connection.
constexpr int kIdJump = 4096;

/// Routers passed, if the sender began with the next usual value: 32, 64, 128 or 255.
int hops_of(std::uint8_t hop_limit) {
  for (const int start : {32, 64, 128, 255}) {
    if (hop_limit <= start) return start - hop_limit;
  }
  return 0;
}

}  // namespace

bool FlowTracker::is_duplicate(const SideState& side, const TcpSegment& segment, Instant time) {
  // Without an identification a copy cannot be told from a second sending.
  return segment.ip_id != 0 && side.seen_seq && side.last_id == segment.ip_id &&
         side.last_seq == segment.seq && side.last_flags == segment.flags &&
         side.last_payload == segment.payload_bytes && side.last_window == segment.window &&
         (!segment.has(kAck) || side.last_ack == segment.ack) && time - side.last < kDuplicate;
}

void FlowTracker::note_sequence(State& state, const TcpSegment& segment, Instant time, Step& step) {
  SideState& mine = state.sides[step.side];
  const SideState& other = state.sides[1 - step.side];
  FlowSide& out = state.flow.sides[step.side];
  if (segment.has(kRst)) return;  // May carry any number and a text.
  const std::uint32_t length =
      segment.payload_bytes + (segment.has(kSyn) ? 1u : 0u) + (segment.has(kFin) ? 1u : 0u);
  const std::uint32_t end = segment.seq + length;
  if (!mine.seen_seq) {
    mine.seen_seq = true;
    mine.next_seq = end;
    mine.advanced = time;
    out.bytes += segment.payload_bytes;
    step.fresh = segment.payload_bytes > 0;
    return;
  }
  const bool plain = (segment.flags & (kSyn | kFin)) == 0;
  if (plain && segment.payload_bytes <= 1 && segment.seq == mine.next_seq - 1) {
    // One byte that nobody has acknowledged yet is the last of the data, sent again.
    const bool acknowledged =
        (other.last_flags & kAck) == 0 || sequence_distance(other.last_ack, mine.next_seq) <= 0;
    if (segment.payload_bytes == 0 || acknowledged) {
      const bool window_closed = other.seen_seq && other.last_window == 0;
      (window_closed ? step.zero_window_probe : step.keep_alive) = true;
      return;
    }
  }
  if (length == 0) return;
  const std::int32_t advance = sequence_distance(mine.next_seq, end);
  if (advance > 0) {
    // What is missing in between may not have been captured; only what is here counts.
    const std::uint32_t new_bytes = static_cast<std::uint32_t>(advance);
    out.bytes += std::min(segment.payload_bytes, new_bytes);
    step.fresh = segment.payload_bytes > 0;
    mine.next_seq = end;
    mine.advanced = time;
    return;
  }
  step.repeated = true;
  if (time - mine.advanced < kOvertaken) {
    ++out.out_of_order;
  } else {
    ++out.retransmissions;
  }
}

void FlowTracker::note_keep_alive(State& state, const TcpSegment& segment, Instant time,
                                  Step& step) {
  const Unanswered& unanswered = state.unanswered;
  if (step.keep_alive) {
    FlowSide& out = state.flow.sides[step.side];
    ++out.keep_alives;
    const bool again = unanswered.active && unanswered.side == step.side;
    const SideState& other = state.sides[1 - step.side];
    if (!again && other.seen_seq) {
      const Ticks after = std::max(Ticks{1}, time - other.heard);
      if (out.keep_alive_after == Ticks{} || after < out.keep_alive_after) {
        out.keep_alive_after = after;
      }
    }
    return;
  }
  step.keep_alive_answer = unanswered.active && unanswered.keep_alive &&
                           unanswered.side != step.side && segment.payload_bytes == 0 &&
                           (segment.flags & (kSyn | kFin | kRst)) == 0 && !step.repeated;
}

void FlowTracker::note_end(State& state, const TcpSegment& segment, Instant time,
                           std::uint64_t packet, const Step& step) {
  Flow& flow = state.flow;
  if (flow.ending != Ending::Open || (segment.flags & (kFin | kRst)) == 0) return;
  const Unanswered& unanswered = state.unanswered;
  flow.ended_by = step.side;
  flow.ended = time;
  flow.end_packet = packet;
  // Both flags in one packet: it ends in order for the side that sends it.
  flow.ending = segment.has(kFin) ? Ending::Fin : Ending::Reset;
  if (flow.ending == Ending::Reset && flow.sides[step.side].packets == 0 &&
      state.sides[1 - step.side].syn && state.sides[1 - step.side].only_syn) {
    flow.ending = Ending::Refused;
  }
  flow.since_packet = step.since_packet;
  if (state.any_payload) flow.since_payload = std::max(Ticks{}, time - state.last_payload);
  if (step.first) return;

  flow.idle = step.since_work;
  if (unanswered.active && unanswered.side == step.side) {
    flow.unanswered = unanswered.tries;
    flow.unanswered_until = unanswered.last;
    // It gave up; what was quiet before its first try is what matters.
    if (unanswered.tries > 0) flow.idle = std::max(*flow.idle, unanswered.idle_before);
  }
  if (flow.ending == Ending::Reset && unanswered.active && unanswered.side != step.side) {
    flow.answers_packet = true;
    flow.idle = std::max(*flow.idle, unanswered.idle_before);
  }
  const Burst& burst = state.burst;
  if (burst.active && burst.farewell && burst.side == step.side && time - burst.last <= kBurstGap &&
      burst.idle_before > *flow.idle) {
    flow.after_farewell = true;
    flow.idle = burst.idle_before;
  }
}

void FlowTracker::note_unanswered(State& state, const TcpSegment& segment, Instant time,
                                  std::uint64_t packet, const Step& step) {
  Unanswered& unanswered = state.unanswered;
  if (unanswered.active && unanswered.side != step.side) unanswered.active = false;
  const bool probe = step.keep_alive || step.zero_window_probe;
  if (unanswered.active) {
    if (probe || step.repeated) {
      ++unanswered.tries;
      unanswered.last = time;
    }
    return;
  }
  const bool asks = probe || segment.payload_bytes > 0 || (segment.flags & (kSyn | kFin)) != 0;
  if (!asks || segment.has(kRst)) return;
  unanswered = Unanswered{true, step.keep_alive, step.side,        probe ? 1u : 0u, time,
                          time, packet,          step.since_packet};
}

void FlowTracker::note_burst(State& state, const TcpSegment& segment, Instant time,
                             const Step& step) {
  if (!step.fresh) return;
  Burst& burst = state.burst;
  const bool goes_on = burst.active && burst.side == step.side && time - burst.last <= kBurstGap;
  if (!goes_on) {
    // Said unasked, or known by its form.
    const bool unasked = burst.active && burst.side == step.side;
    burst.farewell = unasked || is_farewell(segment.payload);
    burst.active = true;
    burst.side = step.side;
    burst.bytes = 0;
    burst.idle_before = step.since_work;
  }
  burst.bytes += segment.payload_bytes;
  burst.last = time;
  if (burst.bytes > kFarewellBytes) burst.farewell = false;
}

void FlowTracker::note_origin(SideState& side, const TcpSegment& segment, bool first) {
  const auto end = side.hops.begin() + side.hop_count;
  if (std::find(side.hops.begin(), end, segment.hop_limit) == end) {
    if (side.hop_count < side.hops.size()) {
      side.hops[side.hop_count++] = segment.hop_limit;
    } else {
      side.hops_vary = true;
    }
  }
  if (!first && segment.ip_id != 0) {
    const int step =
        static_cast<std::int16_t>(static_cast<std::uint16_t>(segment.ip_id - side.last_id));
    if (step != 0) ++(std::abs(step) < kIdJump ? side.id_steps : side.id_jumps);
  }
  side.last_id = segment.ip_id;
}

void FlowTracker::look_at_reset(State& state, const TcpSegment& segment, std::size_t side) {
  Flow& flow = state.flow;
  const SideState& mine = state.sides[side];
  // One packet could have been odd itself.
  constexpr std::uint64_t kEnough = 2;
  if (flow.ending != Ending::Open || flow.sides[side].packets < kEnough) return;
  flow.reset_hop_limit = segment.hop_limit;
  flow.usual_hop_limit = mine.hops[0];
  const auto end = mine.hops.begin() + mine.hop_count;
  // Another initial value at the same distance is the same machine: some systems send a RST with
  // a hop limit of its own.
  flow.foreign_hops = !mine.hops_vary && std::none_of(mine.hops.begin(), end, [&](std::uint8_t h) {
    return hops_of(h) == hops_of(segment.hop_limit);
  });
  // Linux sends a RST for a socket that is gone with 0, so that proves nothing.
  const int step =
      static_cast<std::int16_t>(static_cast<std::uint16_t>(segment.ip_id - mine.last_id));
  flow.foreign_id = segment.ip_id != 0 && mine.id_steps >= kEnough && mine.id_jumps == 0 &&
                    mine.last_id != 0 && std::abs(step) >= kIdJump;
}

void FlowTracker::note_opening(State& state, const TcpSegment& segment, const Step& step) {
  if (state.opening_known || !step.fresh || segment.payload.empty()) return;
  const bool first_side = !state.opening_started;
  if (first_side) {
    state.opening_started = true;
    state.opening_side = step.side;
    state.opening_next = segment.seq;
  }
  if (state.opening_side != step.side) {
    // The other side answers before it could be told; the first side's bytes are all there is.
    if (state.opening_bytes.empty()) return;
  }
  const bool follows = state.opening_side == step.side && segment.seq == state.opening_next;
  // Of a connection that was under way, any packet may be in the middle of something.
  const bool whole = state.sides[state.opening_side].syn;
  std::optional<Opening> opening;
  const bool waiting = !state.opening_bytes.empty();
  if (follows && !waiting) {
    opening = recognise_opening(segment.payload, whole);
  } else if (follows) {
    state.opening_bytes.append(as_text(segment.payload));
    opening = recognise_opening(as_bytes(state.opening_bytes), whole);
  }
  const bool more = follows && !opening && segment.payload.size() == segment.payload_bytes &&
                    state.opening_bytes.size() < kOpeningBytes &&
                    (waiting || waiting_openings_ < limits_.openings);
  if (more) {
    if (!waiting) {
      state.opening_bytes =
          as_text(segment.payload.first(std::min(segment.payload.size(), kOpeningBytes)));
      ++waiting_openings_;
    }
    state.opening_next = segment.seq + segment.payload_bytes;
    return;
  }
  if (!opening) {
    // No more is to come: what is there is looked at as if it were the middle.
    opening = recognise_opening(waiting ? as_bytes(state.opening_bytes) : segment.payload, false);
  }
  if (waiting) {
    --waiting_openings_;
    state.opening_bytes = {};
  }
  state.flow.opening = std::move(*opening);
  const bool tells = state.flow.opening.application != Application::Unknown;
  // In the middle of a connection a later packet may tell more.
  state.opening_known = tells || whole;
  if (!state.opening_known) state.opening_started = false;
}

}  // namespace dropscope::capture
