#pragma once

// The newer container: blocks in sections, each section in a byte order of its own, each interface
// with its own link type and resolution of time.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "formats/capture/packet.h"

namespace dropscope::capture {

/// Not for concurrent use.
class PcapngReader {
 public:
  /// By the type and the byte-order magic of the first block.
  [[nodiscard]] static bool recognises(Bytes head);

  /// `bytes` begin with what recognises() accepts and outlive the reader.
  explicit PcapngReader(Bytes bytes) : bytes_(bytes) {}

  /// False at the end. What is not whole is noted in `account` and passed over.
  bool next(Packet& packet, Account& account);

 private:
  struct Interface {
    std::uint32_t link_type = 0;
    std::uint32_t snap_length = 0;  // 0: unlimited.
    std::uint64_t units_per_second = 1'000'000;
    unsigned shift = 0;         // Of resolutions finer than 2^-40 s: low bits that are dropped.
    std::uint64_t divisor = 1;  // Of resolutions finer than 10^-12 s.
    std::int64_t offset_seconds = 0;
    std::uint64_t dropped = 0;
    bool known = true;  // False: a resolution that 64 bits cannot count.
  };
  /// The block at at_, if it is whole.
  struct Block {
    std::uint32_t type = 0;
    std::size_t length = 0;
    Bytes body;
  };
  [[nodiscard]] bool block_at(std::size_t offset, Block& block) const;
  [[nodiscard]] std::size_t resume_after(std::size_t offset) const;
  void start_section(Bytes body, Account& account);
  void add_interface(Bytes body, Account& account);
  void take_statistics(Bytes body, Account& account);
  bool take_packet(const Block& block, Packet& packet, Account& account);
  void set_time(const Interface& interface, std::uint64_t stamp, Packet& packet,
                Account& account) const;
  /// Calls `use(code, value)` for each option.
  template <typename Use>
  void for_each_option(Bytes options, Use use) const;

  Bytes bytes_;
  std::size_t at_ = 0;
  bool big_endian_ = false;
  std::vector<Interface> interfaces_;  // Of the current section.
};

}  // namespace dropscope::capture
