// How fast a capture is read, in steps, beside what bounds it: a walk over nothing but the headers
// of the records.
//
// DROPSCOPE_BENCH_CAPTURE names a pcap file to use; otherwise one of 64 MiB is made: a thousand
// connections that take turns, packets of 60 to 1514 bytes.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "base/mapped_file.h"
#include "formats/capture/byte_order.h"
#include "formats/capture/flow_tracker.h"
#include "formats/capture/packet_reader.h"
#include "formats/capture/tcp_segment.h"

namespace dropscope::capture {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{64} << 20;

void put(std::string& out, std::uint64_t value, int size, bool big_endian) {
  for (int i = 0; i < size; ++i) {
    out.push_back(static_cast<char>((value >> (8 * (big_endian ? size - 1 - i : i))) & 0xff));
  }
}

std::string make_sample() {
  std::string out;
  out.reserve(kSampleBytes + 4096);
  put(out, 0xa1b2c3d4, 4, false);
  put(out, 2, 2, false);
  put(out, 4, 2, false);
  put(out, 0, 8, false);
  put(out, 262'144, 4, false);
  put(out, kLinkEthernet, 4, false);
  constexpr std::uint32_t kConnections = 1000;
  std::uint32_t number = 0;
  for (; out.size() < kSampleBytes; ++number) {
    const std::uint32_t connection = number % kConnections;
    const std::uint32_t turn = number / kConnections;
    // Requests of 200 bytes, answers in full packets, each with an acknowledgement.
    const bool from_client = turn % 2 == 0;
    const std::size_t payload = from_client ? (turn % 4 == 0 ? 200 : 0) : 1460;
    const std::size_t size = 14 + 40 + payload;
    put(out, 1'700'000'000 + number / 10'000, 4, false);
    put(out, number % 10'000 * 100, 4, false);
    put(out, size, 4, false);
    put(out, size, 4, false);
    out.append(12, '\0');
    put(out, 0x0800, 2, true);
    put(out, 0x4500, 2, true);
    put(out, 40 + payload, 2, true);
    put(out, turn & 0xffff, 2, true);
    put(out, 0x4000, 2, true);
    put(out, 64, 1, true);
    put(out, 6, 1, true);
    put(out, 0, 2, true);
    const std::uint32_t client = 0x0a000001 + connection;
    put(out, from_client ? client : 0x0a640001, 4, true);
    put(out, from_client ? 0x0a640001 : client, 4, true);
    put(out, from_client ? 50'000 : 443, 2, true);
    put(out, from_client ? 443 : 50'000, 2, true);
    put(out, from_client ? turn / 4 * 200 + 1 : turn / 2 * 1460 + 1, 4, true);
    put(out, 1, 4, true);
    put(out, 0x5018, 2, true);
    put(out, 1000, 2, true);
    put(out, 0, 4, true);
    out.append(payload, 'x');
  }
  return out;
}

Bytes sample() {
  static const MappedFile mapped = [] {
    const char* name = std::getenv("DROPSCOPE_BENCH_CAPTURE");
    if (name == nullptr) return MappedFile();
    auto opened = MappedFile::open(name);
    return opened ? std::move(*opened) : MappedFile();
  }();
  static const std::string made = mapped.bytes().empty() ? make_sample() : std::string();
  return mapped.bytes().empty() ? as_bytes(made) : mapped.bytes();
}

void report(benchmark::State& state, std::uint64_t packets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(sample().size()) * state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(packets) * state.iterations());
}

/// The least that a reader can do: length by length through a little-endian pcap file.
void walk_headers(benchmark::State& state) {
  const Bytes bytes = sample();
  std::uint64_t packets = 0;
  for (auto _ : state) {
    packets = 0;
    std::size_t at = 24;
    while (at + 16 <= bytes.size()) {
      at += 16 + load_le<std::uint32_t>(bytes.data() + at + 8);
      ++packets;
    }
    benchmark::DoNotOptimize(packets);
  }
  report(state, packets);
}
BENCHMARK(walk_headers)->Unit(benchmark::kMillisecond);

void read_packets(benchmark::State& state) {
  std::uint64_t packets = 0;
  for (auto _ : state) {
    PacketReader reader(sample());
    for (Packet packet; reader.next(packet);) benchmark::DoNotOptimize(packet.data.data());
    packets = reader.account().packets;
  }
  report(state, packets);
}
BENCHMARK(read_packets)->Unit(benchmark::kMillisecond);

void decode_segments(benchmark::State& state) {
  std::uint64_t packets = 0;
  for (auto _ : state) {
    PacketReader reader(sample());
    TcpSegment segment;
    for (Packet packet; reader.next(packet);) {
      benchmark::DoNotOptimize(decode_tcp(packet, segment));
    }
    packets = reader.account().packets;
  }
  report(state, packets);
}
BENCHMARK(decode_segments)->Unit(benchmark::kMillisecond);

void follow_flows(benchmark::State& state) {
  std::uint64_t packets = 0;
  for (auto _ : state) {
    PacketReader reader(sample());
    std::uint64_t flows = 0;
    FlowTracker tracker({}, [&](const Flow&) { ++flows; });
    TcpSegment segment;
    for (Packet packet; reader.next(packet);) {
      if (decode_tcp(packet, segment) == Content::Tcp) {
        tracker.add(segment, packet.time, packet.number);
      }
    }
    tracker.finish();
    benchmark::DoNotOptimize(flows);
    packets = reader.account().packets;
  }
  report(state, packets);
}
BENCHMARK(follow_flows)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dropscope::capture
