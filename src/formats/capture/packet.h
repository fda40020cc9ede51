#pragma once

// What the readers of the two containers share: a packet, and an account of what was not right.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace dropscope::capture {

/// One captured packet. `data` points into the capture.
struct Packet {
  std::uint64_t number = 0;      ///< From 1, as Wireshark counts frames.
  std::uint64_t offset = 0;      ///< Of its record or block in the capture.
  Instant time{};                ///< UTC; meaningless unless `timed`.
  bool timed = true;             ///< Simple packet blocks carry no time.
  std::uint32_t link_type = 0;   ///< LINKTYPE_ number: what `data` begins with.
  std::uint32_t wire_bytes = 0;  ///< Its length on the wire; more than `data` when it was cut.
  Bytes data;
};

/// A place where the capture is not what its format promises.
struct Problem {
  std::uint64_t offset = 0;
  std::uint64_t packet = 0;  ///< Number of the last whole packet before it.
  std::string what;
};

/// What a reader counts on its way.
struct Account {
  std::uint64_t packets = 0;
  std::uint64_t cut_packets = 0;      ///< Captured shorter than they were (snap length).
  std::uint64_t lost_packets = 0;     ///< Known to have begun, and not whole in the file.
  std::uint64_t untimed_packets = 0;  ///< Without a time, or with one that is no date.
  std::uint64_t dropped_packets = 0;  ///< Never captured, as the capturing program itself says.
  std::uint64_t interfaces = 0;       ///< 1 for pcap.
  std::uint64_t problem_count = 0;    ///< All; `problems` keeps the first.
  std::vector<Problem> problems;

  static constexpr std::size_t kProblemsKept = 20;

  void add_problem(std::uint64_t offset, std::string what) {
    ++problem_count;
    if (problems.size() < kProblemsKept) problems.push_back({offset, packets, std::move(what)});
  }
};

/// A packet longer than this is taken for damage. libpcap refuses longer ones for network link
/// types, too (MAXIMUM_SNAPLEN in its pcap-int.h).
inline constexpr std::uint32_t kMaxPacketBytes = 262'144;

/// The last second that Instant and dates of four digits share: 9999-12-31T23:59:59Z.
inline constexpr std::uint64_t kMaxUnixSeconds = 253'402'300'799;

}  // namespace dropscope::capture
