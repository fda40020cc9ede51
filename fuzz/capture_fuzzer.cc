// Any bytes as a packet capture. Checks what packet.h promises: packets are numbered, lie in order
// inside the capture, are no longer than allowed, and are the same when read twice; and that the
// TCP segment of one lies inside of it.
#include <string>

#include "base/result.h"
#include "formats/capture/packet_reader.h"
#include "formats/capture/tcp_segment.h"

namespace {

using namespace dropscope;
using namespace dropscope::capture;

bool inside(Bytes outer, Bytes inner) {
  return inner.empty() || (inner.data() >= outer.data() &&
                           inner.data() + inner.size() <= outer.data() + outer.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  PacketReader packets(bytes);
  PacketReader again(bytes);
  std::uint64_t count = 0;
  std::uint64_t offset = 0;
  TcpSegment segment;
  for (Packet packet; packets.next(packet);) {
    check(packet.number == ++count, "packets are not numbered one by one");
    check(packet.offset > offset && packet.offset < size, "packets are not in order");
    offset = packet.offset;
    check(inside(bytes, packet.data), "a packet lies outside of the capture");
    check(packet.wire_bytes >= packet.data.size(), "more was captured than there was");
    (void)format_utc(packet.time, 7);
    Packet same;
    check(again.next(same) && same.offset == packet.offset && same.time == packet.time,
          "the second reading differs");
    if (decode_tcp(packet, segment) == Content::Tcp) {
      check(inside(packet.data, segment.payload), "a payload lies outside of its packet");
      check(segment.payload.size() <= segment.payload_bytes, "more payload than there was");
    }
  }
  const Account& account = packets.account();
  check(account.packets == count, "the count of packets differs");
  check(account.problems.size() <= account.problem_count, "more problems than counted");
  check(PacketReader::recognises(bytes) || count == 0, "packets of something that is no capture");
  return 0;
}
