// Any sequence of TCP segments between a few endpoints. Checks what flow_tracker.h promises: each
// packet is in one flow, flows have an end only of a packet of theirs, few are held at once.
#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "formats/capture/flow_tracker.h"
#include "formats/capture/opening.h"

namespace {

using namespace dropscope;
using namespace dropscope::capture;

/// Takes bytes from the front; zeros behind the end.
class Source {
 public:
  explicit Source(Bytes bytes) : bytes_(bytes) {}
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const std::byte b : take(size)) value = (value << 8) | std::to_integer<std::uint32_t>(b);
    return value;
  }
  Bytes take(std::size_t size) {
    const Bytes out = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(out.size());
    return out;
  }

 private:
  Bytes bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  (void)is_farewell(bytes);
  check(recognise_opening(bytes, false).has_value(), "the middle of a connection asks for more");
  if (size >= kOpeningBytes) {
    check(recognise_opening(bytes, true).has_value(), "enough bytes, and more are asked for");
  }

  std::uint64_t packets = 0;
  std::uint64_t given = 0;
  std::uint64_t given_packets = 0;
  FlowTracker tracker({4, 2}, [&](const Flow& flow) {
    ++given;
    given_packets += flow.packets;
    check(flow.packets == flow.sides[0].packets + flow.sides[1].packets + flow.duplicates,
          "packets of a flow do not add up");
    check(flow.first_packet <= flow.last_packet && flow.last_packet <= packets, "packet numbers");
    check(flow.first <= flow.last, "a flow ends before it begins");
    check(flow.client < 2 && flow.ended_by < 2, "sides");
    if (flow.ending != Ending::Open) {
      check(flow.end_packet >= flow.first_packet && flow.end_packet <= flow.last_packet,
            "a flow ends with a packet of another");
      check(!flow.idle || *flow.idle >= Ticks{}, "idle for less than no time");
    }
  });
  Source in(bytes);
  Instant now = instant_from_unix(1'700'000'000);
  while (!in.empty()) {
    TcpSegment segment;
    const std::uint32_t who = in.number(1);
    segment.from.port = static_cast<std::uint16_t>(40'000 + who % 6);
    segment.to.port = 443;
    if ((who & 0x80) != 0) std::swap(segment.from, segment.to);
    segment.flags = static_cast<std::uint8_t>(in.number(1));
    segment.seq = in.number(1) - 10;
    segment.ack = in.number(1) - 10;
    segment.window = static_cast<std::uint16_t>(in.number(1) % 4);
    segment.ip_id = static_cast<std::uint16_t>(in.number(1));
    segment.hop_limit = static_cast<std::uint8_t>(in.number(1));
    segment.payload = in.take(in.number(1) % 64);
    segment.payload_bytes = static_cast<std::uint32_t>(segment.payload.size()) + (who >> 4 & 1);
    now += Ticks{static_cast<std::int64_t>(in.number(2)) * 100'000 - 1'000'000};
    tracker.add(segment, now, ++packets);
  }
  tracker.finish();
  check(given_packets == packets, "packets were lost between flows");
  check(given >= tracker.given_up(), "more flows given up than given out");
  return 0;
}
