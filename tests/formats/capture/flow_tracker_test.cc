#include "formats/capture/flow_tracker.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/capture/packets.h"

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

namespace dropscope::capture {
namespace {

const IpEndpoint kClient = *IpEndpoint::parse("10.0.0.9:50000");
const IpEndpoint kServer = *IpEndpoint::parse("10.0.0.1:443");
const Instant kStart = instant_from_unix(1'700'000'000);

/// Plays both sides of a connection; sequence numbers count by themselves.
class Talk {
 public:
  explicit Talk(FlowLimits limits = {})
      : tracker_(limits, [this](const Flow& flow) { flows.push_back(flow); }) {}

  Talk& wait(double seconds) {
    now_ += ticks_from_seconds(seconds);
    return *this;
  }
  Talk& client(std::uint8_t flags, const std::string& payload = {}) {
    return send(0, flags, payload);
  }
  Talk& server(std::uint8_t flags, const std::string& payload = {}) {
    return send(1, flags, payload);
  }
  Talk& handshake() {
    client(kSyn).wait(0.01).server(kSyn | kAck).wait(0.01).client(kAck);
    return *this;
  }
  Talk& request() {
    return wait(0.01)
        .client(kAck | kPsh, std::string(100, 'q'))
        .wait(0.05)
        .server(kAck | kPsh, std::string(2000, 'r'))
        .wait(0.01)
        .client(kAck);
  }
  /// Sends the last packet of a side again, with a new IP identification.
  Talk& again(std::size_t side) {
    TcpSegment segment = last_[side];
    segment.ip_id = ++id_[side];
    return put(segment);
  }
  Talk& copy(std::size_t side) { return put(last_[side]); }
  Talk& keep_alive(std::size_t side) {
    TcpSegment segment = make(side, kAck);
    --segment.seq;
    return put(segment);
  }
  Talk& put(TcpSegment segment) {
    tracker_.add(segment, now_, ++packets_);
    return *this;
  }
  TcpSegment make(std::size_t side, std::uint8_t flags, const std::string& payload = {}) {
    TcpSegment segment;
    segment.from = side == 0 ? kClient : kServer;
    segment.to = side == 0 ? kServer : kClient;
    segment.seq = seq_[side];
    segment.ack = seq_[1 - side];
    segment.flags = flags;
    segment.window = 500;
    segment.hop_limit = hops[side];
    segment.ip_id = ++id_[side];
    segment.payload_bytes = static_cast<std::uint32_t>(payload.size());
    kept_.push_back(std::make_unique<std::string>(payload));
    segment.payload = as_bytes(*kept_.back());
    return segment;
  }
  const Flow& end() {
    tracker_.finish();
    EXPECT_EQ(flows.size(), 1u);
    if (flows.empty()) flows.emplace_back();
    return flows[0];
  }
  FlowTracker& tracker() { return tracker_; }
  Instant now() const { return now_; }

  std::vector<Flow> flows;
  std::uint8_t hops[2] = {64, 57};

 private:
  Talk& send(std::size_t side, std::uint8_t flags, const std::string& payload) {
    last_[side] = make(side, flags, payload);
    put(last_[side]);
    seq_[side] += last_[side].payload_bytes + ((flags & (kSyn | kFin)) != 0 ? 1 : 0);
    return *this;
  }

  FlowTracker tracker_;
  Instant now_ = kStart;
  std::uint64_t packets_ = 0;
  std::uint32_t seq_[2] = {0xffff'ff00, 5000};  // The client's numbers wrap soon.
  std::uint16_t id_[2] = {100, 60'000};
  TcpSegment last_[2];
  std::vector<std::unique_ptr<std::string>> kept_;
};

double seconds(const std::optional<Ticks>& ticks) {
  return ticks ? std::chrono::duration<double>(*ticks).count() : -1;
}

TEST(FlowTracker, OrderlyEndAfterTheWork) {
  Talk talk;
  talk.handshake()
      .request()
      .wait(0.02)
      .client(kFin | kAck)
      .wait(0.01)
      .server(kFin | kAck)
      .wait(0.01)
      .client(kAck);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.ending, Ending::Fin);
  EXPECT_TRUE(flow.ended_by_client());
  EXPECT_EQ(flow.role_by, RoleBy::Syn);
  EXPECT_EQ(flow.client_side().endpoint, kClient);
  EXPECT_NEAR(seconds(flow.idle), 0.02, 1e-6);
  EXPECT_EQ(flow.end_packet, 7u);
  EXPECT_EQ(flow.client_side().bytes, 100u);
  EXPECT_EQ(flow.server_side().bytes, 2000u);
  EXPECT_EQ(flow.packets, 9u);
  EXPECT_EQ(flow.client_side().retransmissions, 0u);
}

TEST(FlowTracker, TheServersTimer) {
  Talk talk;
  talk.handshake().request().wait(4).server(kFin | kAck).wait(0.01).client(kFin | kAck);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.ending, Ending::Fin);
  EXPECT_FALSE(flow.ended_by_client());
  EXPECT_NEAR(seconds(flow.idle), 4, 1e-6);
  EXPECT_NEAR(seconds(flow.since_payload), 4.01, 1e-6);
}

TEST(FlowTracker, LastWordsBelongToTheEnd) {
  const std::string alert("\x15\x03\x03\x00\x1a", 5);
  const std::string alert13("\x17\x03\x03\x00\x13", 5);
  for (const std::string& words :
       {alert, alert13, std::string("HTTP/1.0 408 Request Time-out\r\n\r\n"),
        std::string("421 bye")}) {
    Talk talk;
    talk.handshake().request().wait(4).server(kAck, words).wait(0.001).server(kFin | kAck);
    const Flow& flow = talk.end();
    EXPECT_NEAR(seconds(flow.idle), 4, 1e-6) << words;
    EXPECT_NEAR(seconds(flow.since_packet), 0.001, 1e-6) << words;
    EXPECT_TRUE(flow.after_farewell) << words;
  }
  // An answer that took long is no farewell.
  Talk talk;
  talk.handshake()
      .request()
      .client(kAck, "GET / HTTP/1.1\r\n\r\n")
      .wait(4)
      .server(kAck, "HTTP/1.1 200 OK\r\n\r\n")
      .wait(0.001)
      .server(kFin | kAck);
  EXPECT_NEAR(seconds(talk.end().idle), 0.001, 1e-6);
}

TEST(FlowTracker, AResetThatAnswersCountsTheTimeBefore) {
  Talk talk;
  talk.handshake().request().wait(900).client(kAck, "hello").wait(0.03).server(kRst);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.ending, Ending::Reset);
  EXPECT_FALSE(flow.ended_by_client());
  EXPECT_TRUE(flow.answers_packet);
  EXPECT_NEAR(seconds(flow.idle), 900, 1e-6);
  EXPECT_NEAR(seconds(flow.since_packet), 0.03, 1e-6);
}

TEST(FlowTracker, KeepAlivesAreNotWork) {
  Talk talk;
  talk.handshake().request();
  for (int i = 0; i < 5; ++i) talk.wait(15).keep_alive(0).wait(0.01).server(kAck);
  talk.wait(7).server(kFin | kAck);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.client_side().keep_alives, 5u);
  EXPECT_EQ(flow.server_side().keep_alives, 0u);
  EXPECT_NEAR(seconds(flow.client_side().keep_alive_after), 15, 0.02);
  EXPECT_NEAR(seconds(flow.idle), 5 * 15.01 + 7, 1e-6);
  EXPECT_NEAR(seconds(flow.since_packet), 7, 1e-6);
  EXPECT_EQ(flow.client_side().retransmissions, 0u);
}

TEST(FlowTracker, SilentDeath) {
  Talk talk;
  talk.handshake().request().wait(300).client(kAck, "hello");
  const Instant first_try = talk.now();
  for (const double pause : {0.2, 0.4, 0.8, 1.6, 3.2}) talk.wait(pause).again(0);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.ending, Ending::Silent);
  EXPECT_FALSE(flow.ended_by_client());
  EXPECT_EQ(flow.ended, first_try);
  EXPECT_EQ(flow.end_packet, 7u);
  EXPECT_NEAR(seconds(flow.idle), 300, 1e-6);
  EXPECT_EQ(flow.unanswered, 5u);
  EXPECT_EQ(flow.client_side().retransmissions, 5u);
}

TEST(FlowTracker, KeepAlivesWithoutAnswerAndThenAReset) {
  Talk talk;
  talk.handshake().request().wait(60);
  for (int i = 0; i < 9; ++i) talk.keep_alive(0).wait(1);
  talk.client(kRst | kAck);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.ending, Ending::Reset);
  EXPECT_TRUE(flow.ended_by_client());
  EXPECT_EQ(flow.unanswered, 9u);
  EXPECT_GE(seconds(flow.idle), 60);
}

TEST(FlowTracker, TooFewTriesAreNotSilence) {
  Talk two;
  two.handshake().request().client(kAck, "hello").wait(2).again(0).wait(4).again(0);
  EXPECT_EQ(two.end().ending, Ending::Open);
  Talk answered;
  answered.handshake().request().client(kAck, "hello");
  for (int i = 0; i < 5; ++i) answered.wait(1).again(0);
  answered.wait(0.1).server(kAck);
  EXPECT_EQ(answered.end().ending, Ending::Open);
  Talk at_the_end;
  at_the_end.handshake().request().client(kAck, "hello").wait(0.2).again(0).wait(0.4).again(0);
  at_the_end.wait(0.8).again(0);
  EXPECT_EQ(at_the_end.end().ending, Ending::Open);
}

TEST(FlowTracker, ACaptureThatEndsFirstClaimsNothing) {
  Talk talk;
  talk.handshake().request();
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.ending, Ending::Open);
  EXPECT_FALSE(flow.idle.has_value());
}

TEST(FlowTracker, RefusedAndUnanswered) {
  Talk refused;
  refused.client(kSyn).wait(0.01).server(kRst | kAck);
  EXPECT_EQ(refused.end().ending, Ending::Refused);
  Talk unanswered;
  unanswered.client(kSyn).wait(1).again(0).wait(2).again(0);
  const Flow& flow = unanswered.end();
  EXPECT_EQ(flow.ending, Ending::NoAnswer);
  EXPECT_EQ(flow.unanswered, 2u);
  EXPECT_FALSE(flow.ended_by_client());
  // Only one side was captured: the client goes on, so it had its answer.
  Talk one_sided;
  one_sided.client(kSyn).wait(1).client(kAck).client(kAck, "data").wait(60).again(0);
  EXPECT_EQ(one_sided.end().ending, Ending::Open);
}

TEST(FlowTracker, CopiesAreNotRetransmissions) {
  Talk talk;
  talk.client(kSyn).copy(0).wait(0.01).server(kSyn | kAck).copy(1);
  talk.wait(0.01).client(kAck).copy(0).client(kAck, "data").wait(0.0001).copy(0);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.duplicates, 4u);
  EXPECT_EQ(flow.packets, 8u);
  EXPECT_EQ(flow.client_side().packets, 3u);
  EXPECT_EQ(flow.client_side().retransmissions + flow.client_side().out_of_order, 0u);
}

TEST(FlowTracker, OvertakenAndLost) {
  Talk talk;
  talk.handshake();
  const TcpSegment first = talk.make(0, kAck, "0123456789");
  TcpSegment second = talk.make(0, kAck, "abcdefghij");
  second.seq += 10;
  talk.put(second).wait(0.001).put(first).wait(0.5).put(second);
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.client_side().out_of_order, 1u);
  EXPECT_EQ(flow.client_side().retransmissions, 1u);
}

TEST(FlowTracker, ZeroWindowsAndTheirProbes) {
  Talk talk;
  talk.handshake().request();
  TcpSegment full = talk.make(1, kAck);
  full.window = 0;
  talk.put(full);
  for (int i = 0; i < 4; ++i) {
    talk.wait(5).keep_alive(0);
    full.ip_id++;
    talk.wait(0.1).put(full);
  }
  const Flow& flow = talk.end();
  EXPECT_EQ(flow.server_side().zero_windows, 5u);
  EXPECT_EQ(flow.client_side().keep_alives, 0u);
}

TEST(FlowTracker, AResetFromAnotherDistance) {
  Talk talk;
  talk.handshake().request().wait(60);
  TcpSegment reset = talk.make(1, kRst);
  reset.hop_limit = 62;  // Two hops away, while the server is seven.
  const Flow& flow = talk.put(reset).end();
  EXPECT_TRUE(flow.foreign_hops);
  EXPECT_EQ(flow.reset_hop_limit, 62);
  EXPECT_EQ(flow.usual_hop_limit, 57);

  Talk other_start;
  other_start.handshake().request().wait(60);
  reset = other_start.make(1, kRst);
  reset.hop_limit = 128 - 7;
  EXPECT_FALSE(other_start.put(reset).end().foreign_hops);

  Talk same;
  EXPECT_FALSE(same.handshake().request().wait(60).server(kRst).end().foreign_hops);
}

TEST(FlowTracker, AResetWithAForeignIdentification) {
  Talk talk;
  talk.handshake().request().request();
  TcpSegment reset = talk.make(1, kRst);
  reset.ip_id = 12'345;
  EXPECT_TRUE(talk.put(reset).end().foreign_id);
  Talk zero;
  zero.handshake().request().request();
  reset = zero.make(1, kRst);
  reset.ip_id = 0;
  EXPECT_FALSE(zero.put(reset).end().foreign_id);
}

TEST(FlowTracker, PortsUsedAnew) {
  Talk talk;
  talk.handshake().request().client(kFin | kAck).server(kFin | kAck).client(kAck);
  TcpSegment again = talk.make(0, kSyn);
  again.seq += 100'000;
  talk.wait(20).put(again);
  talk.tracker().finish();
  ASSERT_EQ(talk.flows.size(), 2u);
  EXPECT_EQ(talk.flows[0].ending, Ending::Fin);
  EXPECT_EQ(talk.flows[1].packets, 1u);
}

TEST(FlowTracker, LatePacketsAreNoNewConnection) {
  Talk talk;
  talk.handshake()
      .request()
      .client(kFin | kAck)
      .server(kFin | kAck)
      .wait(30)
      .client(kAck)
      .server(kRst);
  EXPECT_EQ(talk.end().ending, Ending::Fin);
}

TEST(FlowTracker, RolesWithoutSyn) {
  const auto role = [](const char* from, const char* to, const std::string& payload) {
    Flow out;
    FlowTracker tracker({}, [&](const Flow& flow) { out = flow; });
    TcpSegment segment;
    segment.from = *IpEndpoint::parse(from);
    segment.to = *IpEndpoint::parse(to);
    segment.flags = kAck;
    segment.payload = as_bytes(payload);
    segment.payload_bytes = static_cast<std::uint32_t>(payload.size());
    tracker.add(segment, kStart, 1);
    tracker.finish();
    return std::pair{out.client_side().endpoint.to_string(), out.role_by};
  };
  using Role = std::pair<std::string, RoleBy>;
  EXPECT_EQ(role("10.0.0.1:443", "10.0.0.2:50000", ""), Role("10.0.0.2:50000", RoleBy::KnownPort));
  EXPECT_EQ(role("10.0.0.1:6001", "10.0.0.2:5000", ""), Role("10.0.0.2:5000", RoleBy::KnownPort));
  EXPECT_EQ(role("10.0.0.1:9000", "10.0.0.2:50000", ""), Role("10.0.0.2:50000", RoleBy::LowerPort));
  EXPECT_EQ(role("10.0.0.2:9000", "10.0.0.1:9000", ""), Role("10.0.0.2:9000", RoleBy::FirstSender));
  EXPECT_EQ(role("10.0.0.1:50000", "10.0.0.2:443", "HTTP/1.1 200 OK\r\n\r\n"),
            Role("10.0.0.2:443", RoleBy::Payload));
}

TEST(FlowTracker, TooManyAtOnceGivesOutTheOldest) {
  std::vector<Flow> flows;
  FlowTracker tracker({10, 2}, [&](const Flow& flow) { flows.push_back(flow); });
  for (std::uint16_t i = 0; i < 25; ++i) {
    TcpSegment segment;
    segment.from = {kClient.address, static_cast<std::uint16_t>(40'000 + i)};
    segment.to = kServer;
    segment.flags = kSyn;
    tracker.add(segment, kStart + std::chrono::seconds{i}, i + 1u);
  }
  EXPECT_EQ(tracker.given_up(), 15u);
  ASSERT_EQ(flows.size(), 15u);
  EXPECT_EQ(flows[0].first_packet, 1u);
  tracker.finish();
  EXPECT_EQ(flows.size(), 25u);
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
// Whatever comes: every packet is in exactly one flow, and a shifted clock shifts the answer alone.
RC_GTEST_PROP(FlowTracker, AnyPackets, ()) {
  struct Step {
    TcpSegment segment;
    Instant time;
  };
  const auto count = *rc::gen::inRange<std::size_t>(0, 60);
  std::vector<Step> steps(count);
  Instant now = kStart;
  for (Step& step : steps) {
    const auto port = *rc::gen::inRange<std::uint16_t>(1, 4);
    step.segment.from = {kClient.address, port};
    step.segment.to = kServer;
    if (*rc::gen::arbitrary<bool>()) std::swap(step.segment.from, step.segment.to);
    step.segment.seq = *rc::gen::inRange<std::uint32_t>(0, 30) - 10;
    step.segment.ack = *rc::gen::inRange<std::uint32_t>(0, 30) - 10;
    step.segment.flags = *rc::gen::arbitrary<std::uint8_t>();
    step.segment.ip_id = *rc::gen::inRange<std::uint16_t>(0, 3);
    step.segment.payload_bytes = *rc::gen::inRange<std::uint32_t>(0, 4);
    now += Ticks{*rc::gen::inRange<std::int64_t>(-1'000'000, 90'000'000)};
    step.time = now;
  }
  const auto play = [&](Ticks shift) {
    std::vector<Flow> flows;
    FlowTracker tracker({2, 1}, [&](const Flow& flow) { flows.push_back(flow); });
    std::uint64_t number = 0;
    for (const Step& step : steps) tracker.add(step.segment, step.time + shift, ++number);
    tracker.finish();
    return flows;
  };
  const std::vector<Flow> flows = play({});
  const Ticks shift = std::chrono::hours{1000};
  const std::vector<Flow> shifted = play(shift);
  std::uint64_t packets = 0;
  RC_ASSERT(flows.size() == shifted.size());
  for (std::size_t i = 0; i < flows.size(); ++i) {
    packets += flows[i].packets;
    RC_ASSERT(flows[i].packets ==
              flows[i].sides[0].packets + flows[i].sides[1].packets + flows[i].duplicates);
    RC_ASSERT(flows[i].ending == shifted[i].ending);
    RC_ASSERT(flows[i].idle == shifted[i].idle);
    RC_ASSERT(flows[i].first + shift == shifted[i].first);
    if (flows[i].ending != Ending::Open) {
      RC_ASSERT(flows[i].ended + shift == shifted[i].ended);
      RC_ASSERT(flows[i].end_packet >= flows[i].first_packet);
    }
  }
  RC_ASSERT(packets == steps.size());
}
#endif

}  // namespace
}  // namespace dropscope::capture
