// Every block says its length twice, at its begin and at its end, which makes damage easy to see:
// reading goes on at the next offset where a known type stands and both lengths agree.

#include "formats/capture/pcapng_reader.h"

#include <algorithm>
#include <string>

#include "formats/capture/byte_order.h"

namespace dropscope::capture {
namespace {

// Block types (draft-ietf-opsawg-pcapng, section 10.1).
constexpr std::uint32_t kSection = 0x0a0d0d0a;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kNames = 4;
constexpr std::uint32_t kStatistics = 5;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint32_t kSecrets = 10;
constexpr std::uint32_t kCustom = 0x0000'0bad;
constexpr std::uint32_t kCustomKept = 0x4000'0bad;

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;

// Options (sections 4.2 and 4.6).
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;
constexpr std::uint16_t kInterfaceDrops = 5;
constexpr std::uint16_t kSystemDrops = 7;

/// Type, length, and the length again.
constexpr std::size_t kBlockFrame = 12;
/// That, with byte-order magic, version and section length.
constexpr std::size_t kSectionBytes = 28;
/// More interfaces than a capture has; beyond them a section is damage.
constexpr std::size_t kMaxInterfaces = 65'536;

bool known_type(std::uint32_t type) {
  switch (type) {
    case kSection:
    case kInterface:
    case kObsoletePacket:
    case kSimplePacket:
    case kNames:
    case kStatistics:
    case kEnhancedPacket:
    case kSecrets:
    case kCustom:
    case kCustomKept:
      return true;
    default:
      return false;
  }
}

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

/// 10^exponent; the exponent is at most 19.
std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t value = 1;
  for (; exponent > 0; --exponent) value *= 10;
  return value;
}

}  // namespace

bool PcapngReader::recognises(Bytes head) {
  if (head.size() < kSectionBytes || load_le<std::uint32_t>(head.data()) != kSection) return false;
  return load_le<std::uint32_t>(head.data() + 8) == kByteOrderMagic ||
         load_be<std::uint32_t>(head.data() + 8) == kByteOrderMagic;
}

bool PcapngReader::block_at(std::size_t offset, Block& block) const {
  if (!fits(bytes_, offset, kBlockFrame)) return false;
  const std::byte* p = bytes_.data() + offset;
  bool big = big_endian_;
  if (load_le<std::uint32_t>(p) == kSection) {
    // Reads the same in both orders; what follows its length tells the order of the section.
    if (!fits(bytes_, offset, kSectionBytes)) return false;
    if (load_le<std::uint32_t>(p + 8) == kByteOrderMagic) {
      big = false;
    } else if (load_be<std::uint32_t>(p + 8) == kByteOrderMagic) {
      big = true;
    } else {
      return false;
    }
  }
  block.type = load<std::uint32_t>(p, big);
  block.length = load<std::uint32_t>(p + 4, big);
  const std::size_t least = block.type == kSection ? kSectionBytes : kBlockFrame;
  if (block.length < least || block.length % 4 != 0 || !fits(bytes_, offset, block.length)) {
    return false;
  }
  if (load<std::uint32_t>(p + block.length - 4, big) != block.length) return false;
  block.body = bytes_.subspan(offset + 8, block.length - kBlockFrame);
  return true;
}

std::size_t PcapngReader::resume_after(std::size_t offset) const {
  Block block;
  // Not only at aligned offsets: bytes that were lost or added shift all that follows.
  for (std::size_t at = offset + 1; at + kBlockFrame <= bytes_.size(); ++at) {
    if (block_at(at, block) && known_type(block.type)) return at;
  }
  return bytes_.size();
}

template <typename Use>
void PcapngReader::for_each_option(Bytes options, Use use) const {
  std::size_t at = 0;
  while (fits(options, at, 4)) {
    const auto code = load<std::uint16_t>(options.data() + at, big_endian_);
    const auto length = load<std::uint16_t>(options.data() + at + 2, big_endian_);
    at += 4;
    if (code == kEndOfOptions || !fits(options, at, length)) return;
    use(code, options.subspan(at, length));
    at += padded(length);
  }
}

void PcapngReader::start_section(Bytes body, Account& account) {
  big_endian_ = load_be<std::uint32_t>(body.data()) == kByteOrderMagic;
  interfaces_.clear();
  const auto major = load<std::uint16_t>(body.data() + 4, big_endian_);
  if (major != 1) {
    account.add_problem(at_, "expected version 1 of pcapng, found " + std::to_string(major) +
                                 "; it is read as version 1");
  }
}

void PcapngReader::add_interface(Bytes body, Account& account) {
  if (body.size() < 8 || interfaces_.size() >= kMaxInterfaces) {
    account.add_problem(at_, body.size() < 8
                                 ? "expected an interface, found a block that is too short"
                                 : "more than 65536 interfaces in one section");
    return;
  }
  Interface interface;
  interface.link_type = load<std::uint16_t>(body.data(), big_endian_);
  interface.snap_length = load<std::uint32_t>(body.data() + 4, big_endian_);
  for_each_option(body.subspan(8), [&](std::uint16_t code, Bytes value) {
    if (code == kTimeResolution && !value.empty()) {
      const auto raw = std::to_integer<unsigned>(value[0]);
      const unsigned exponent = raw & 0x7f;
      interface.shift = 0;
      interface.divisor = 1;
      if ((raw & 0x80) != 0) {
        interface.known = exponent <= 63;
        // 2^40 units and 10^12 units times 10^7 ticks are the most that 64 bits hold.
        interface.shift = exponent > 40 && exponent <= 63 ? exponent - 40 : 0;
        interface.units_per_second = std::uint64_t{1} << std::min(exponent, 40u);
      } else {
        interface.known = exponent <= 19;
        interface.divisor = exponent > 12 && exponent <= 19 ? power_of_ten(exponent - 12) : 1;
        interface.units_per_second = power_of_ten(std::min(exponent, 12u));
      }
    } else if (code == kTimeOffset && value.size() == 8) {
      interface.offset_seconds =
          static_cast<std::int64_t>(load<std::uint64_t>(value.data(), big_endian_));
    }
  });
  if (!interface.known) {
    account.add_problem(at_,
                        "an interface counts time in units that 64 bits cannot hold; its "
                        "packets have no time");
  }
  interfaces_.push_back(interface);
  ++account.interfaces;
}

void PcapngReader::take_statistics(Bytes body, Account& account) {
  if (body.size() < 12) return;
  const auto index = load<std::uint32_t>(body.data(), big_endian_);
  if (index >= interfaces_.size()) return;
  std::uint64_t dropped = 0;
  for_each_option(body.subspan(12), [&](std::uint16_t code, Bytes value) {
    if ((code == kInterfaceDrops || code == kSystemDrops) && value.size() == 8) {
      dropped = std::max(dropped, load<std::uint64_t>(value.data(), big_endian_));
    }
  });
  // Each block tells the count since the capture's begin, so the last one counts.
  Interface& interface = interfaces_[index];
  if (dropped <= interface.dropped) return;
  account.dropped_packets += dropped - interface.dropped;
  interface.dropped = dropped;
}

void PcapngReader::set_time(const Interface& interface, std::uint64_t stamp, Packet& packet,
                            Account& account) const {
  const std::uint64_t units = (stamp >> interface.shift) / interface.divisor;
  const std::uint64_t seconds = units / interface.units_per_second;
  const std::uint64_t rest = units % interface.units_per_second;
  constexpr auto kLimit = static_cast<std::int64_t>(kMaxUnixSeconds);
  packet.timed = interface.known && seconds <= kMaxUnixSeconds &&
                 interface.offset_seconds >= -kLimit && interface.offset_seconds <= kLimit;
  if (packet.timed) {
    const std::int64_t sum = static_cast<std::int64_t>(seconds) + interface.offset_seconds;
    packet.timed = sum >= -kUnixEpochSeconds && sum <= kLimit;
    packet.time =
        packet.timed
            ? instant_from_unix(sum) +
                  Ticks{static_cast<std::int64_t>(rest * 10'000'000 / interface.units_per_second)}
            : Instant{};
  }
  if (!packet.timed) {
    packet.time = Instant{};
    ++account.untimed_packets;
  }
}

bool PcapngReader::take_packet(const Block& block, Packet& packet, Account& account) {
  const Bytes body = block.body;
  const std::size_t header = block.type == kSimplePacket ? 4 : 20;
  if (body.size() < header) {
    account.add_problem(at_, "expected a packet, found a block that is too short");
    ++account.lost_packets;
    return false;
  }
  std::size_t index = 0;
  std::uint64_t captured = 0;
  std::uint64_t stamp = 0;
  if (block.type == kSimplePacket) {
    packet.wire_bytes = load<std::uint32_t>(body.data(), big_endian_);
    captured = packet.wire_bytes;
    if (!interfaces_.empty() && interfaces_[0].snap_length != 0) {
      captured = std::min<std::uint64_t>(captured, interfaces_[0].snap_length);
    }
  } else {
    index = block.type == kEnhancedPacket ? load<std::uint32_t>(body.data(), big_endian_)
                                          : load<std::uint16_t>(body.data(), big_endian_);
    stamp = (std::uint64_t{load<std::uint32_t>(body.data() + 4, big_endian_)} << 32) |
            load<std::uint32_t>(body.data() + 8, big_endian_);
    captured = load<std::uint32_t>(body.data() + 12, big_endian_);
    packet.wire_bytes = load<std::uint32_t>(body.data() + 16, big_endian_);
  }
  if (index >= interfaces_.size()) {
    account.add_problem(at_, "expected a packet of one of " + std::to_string(interfaces_.size()) +
                                 " interfaces, found one of interface " + std::to_string(index));
    ++account.lost_packets;
    return false;
  }
  if (captured > body.size() - header) {
    account.add_problem(at_, "expected a packet of " + std::to_string(captured) +
                                 " bytes, found a block with room for " +
                                 std::to_string(body.size() - header));
    ++account.lost_packets;
    return false;
  }
  const Interface& interface = interfaces_[index];
  packet.number = ++account.packets;
  packet.offset = at_;
  packet.link_type = interface.link_type;
  packet.data = body.subspan(header, static_cast<std::size_t>(captured));
  packet.wire_bytes = std::max(packet.wire_bytes, static_cast<std::uint32_t>(captured));
  if (packet.wire_bytes > captured) ++account.cut_packets;
  if (block.type == kSimplePacket) {
    packet.timed = false;
    packet.time = Instant{};
    ++account.untimed_packets;
  } else {
    set_time(interface, stamp, packet, account);
  }
  return true;
}

bool PcapngReader::next(Packet& packet, Account& account) {
  while (at_ < bytes_.size()) {
    Block block;
    if (!block_at(at_, block)) {
      const std::size_t resume = resume_after(at_);
      ++account.lost_packets;
      account.add_problem(at_, resume < bytes_.size()
                                   ? "expected a block, found no two lengths that agree; reading "
                                     "goes on at offset " +
                                         std::to_string(resume)
                                   : "expected a whole block, found " +
                                         std::to_string(bytes_.size() - at_) + " bytes: cut off");
      at_ = resume;
      continue;
    }
    bool found = false;
    switch (block.type) {
      case kSection:
        start_section(block.body, account);
        break;
      case kInterface:
        add_interface(block.body, account);
        break;
      case kStatistics:
        take_statistics(block.body, account);
        break;
      case kSimplePacket:
      case kEnhancedPacket:
      case kObsoletePacket:
        found = take_packet(block, packet, account);
        break;
      default:
        // Names, secrets and blocks of single programs say nothing about who closed.
        break;
    }
    at_ += block.length;
    if (found) return true;
  }
  return false;
}

}  // namespace dropscope::capture
