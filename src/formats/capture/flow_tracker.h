#pragma once

// Follows TCP connections through the packets of a capture.
//
//   FlowTracker flows({}, [](const Flow& flow) { … });
//   for each TCP segment: flows.add(segment, packet.time, packet.number);
//   flows.finish();

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>

#include "base/ip_address.h"
#include "base/time.h"
#include "formats/capture/flow.h"
#include "formats/capture/tcp_segment.h"

namespace dropscope::capture {

struct FlowLimits {
  /// Connections followed at once; each takes about a kilobyte. Beyond, the one that was silent
  /// longest is given out as it stands.
  std::size_t flows = 65'536;
  /// Connections whose first bytes are waiting for more.
  std::size_t openings = 4'096;
};

/// Each connection is given out once: some minutes after its end, when its ports are used anew,
/// when there are too many, or by finish(). Constant memory. Not for concurrent use.
class FlowTracker {
 public:
  using Sink = std::function<void(const Flow&)>;
  FlowTracker(const FlowLimits& limits, Sink sink) : limits_(limits), sink_(std::move(sink)) {}

  void add(const TcpSegment& segment, Instant time, std::uint64_t packet);
  /// Gives out the rest, in the order of their first packets.
  void finish();

  /// Connections that were given out early because there were too many.
  [[nodiscard]] std::uint64_t given_up() const { return given_up_; }
  /// Packets whose time was before that of the packet before them.
  [[nodiscard]] std::uint64_t out_of_order() const { return out_of_order_; }

 private:
  struct Key {
    IpEndpoint low;
    IpEndpoint high;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  /// What is known of one side besides what is given out.
  struct SideState {
    bool seen_seq = false;
    std::uint32_t initial_seq = 0;  // With `syn`.
    std::uint32_t next_seq = 0;
    std::uint32_t last_seq = 0;
    std::uint32_t last_ack = 0;
    std::uint32_t last_payload = 0;
    std::uint16_t last_window = 0;
    std::uint16_t last_id = 0;
    std::uint8_t last_flags = 0;
    bool syn = false;
    bool fin = false;
    bool only_syn = true;
    Instant last{};      // Of its last packet.
    Instant heard{};     // Of its last packet that is no keep-alive.
    Instant advanced{};  // When it last sent something new.
    // Hop limits of its packets other than RST: more than one where a route changes, or where the
    // same packet is captured before and behind a router.
    std::array<std::uint8_t, 4> hops{};
    std::uint8_t hop_count = 0;
    bool hops_vary = false;
    std::uint32_t id_steps = 0;  // Packets whose IP identification was just above the last one.
    std::uint32_t id_jumps = 0;
  };

  /// Something sent that the other side has not reacted to at all.
  struct Unanswered {
    bool active = false;
    bool keep_alive = false;
    std::size_t side = 0;
    std::uint32_t tries = 0;  // Keep-alives, and repetitions of anything else.
    Instant first{};
    Instant last{};
    std::uint64_t packet = 0;
    Ticks idle_before{};
  };

  /// Payload of one side without a pause and without payload of the other in between.
  struct Burst {
    bool active = false;
    bool farewell = false;
    std::size_t side = 0;
    std::uint64_t bytes = 0;
    Instant last{};
    Ticks idle_before{};
  };

  struct State {
    Key key;
    Flow flow;
    std::array<SideState, 2> sides;
    Unanswered unanswered;
    Burst burst;
    Instant last_work{};  // Last packet that is neither keep-alive nor the answer to one.
    Instant last_payload{};
    bool any_payload = false;
    bool role_known = false;
    bool opening_known = false;
    bool opening_started = false;
    std::size_t opening_side = 0;
    std::uint32_t opening_next = 0;
    std::string opening_bytes;
    bool closed = false;  // Reset, or both sides sent FIN.
  };
  using States = std::list<State>;

  /// What a segment is, seen against its flow.
  struct Step {
    std::size_t side = 0;
    bool first = false;  // Of the flow.
    bool keep_alive = false;
    bool keep_alive_answer = false;
    bool zero_window_probe = false;
    bool repeated = false;
    bool fresh = false;  // Has payload that was not there before.
    Ticks since_packet{};
    Ticks since_work{};
  };

  States::iterator find(const TcpSegment& segment, const Key& key, std::size_t side, Instant time,
                        std::uint64_t packet);
  void give_out(States& list, States::iterator at);
  void give_out_closed_before(Instant time);
  void settle(State& state) const;

  static bool is_duplicate(const SideState& side, const TcpSegment& segment, Instant time);
  static void note_sequence(State& state, const TcpSegment& segment, Instant time, Step& step);
  static void note_keep_alive(State& state, const TcpSegment& segment, Instant time, Step& step);
  static void note_end(State& state, const TcpSegment& segment, Instant time, std::uint64_t packet,
                       const Step& step);
  static void note_unanswered(State& state, const TcpSegment& segment, Instant time,
                              std::uint64_t packet, const Step& step);
  static void note_burst(State& state, const TcpSegment& segment, Instant time, const Step& step);
  static void note_origin(SideState& side, const TcpSegment& segment, bool first);
  static void look_at_reset(State& state, const TcpSegment& segment, std::size_t side);
  void note_opening(State& state, const TcpSegment& segment, const Step& step);

  FlowLimits limits_;
  Sink sink_;
  States open_;    // Least recently used first.
  States closed_;  // Likewise.
  std::unordered_map<Key, States::iterator, KeyHash> index_;
  std::size_t waiting_openings_ = 0;
  Instant now_{};
  bool any_ = false;
  std::uint64_t given_up_ = 0;
  std::uint64_t out_of_order_ = 0;
};

}  // namespace dropscope::capture
