// A record has no mark by which it could be known again. So after a length that cannot be true,
// reading goes on where three records in a row make sense: times near the last one, lengths that
// lead from each to the next.

#include "formats/capture/pcap_reader.h"

#include <algorithm>
#include <string>

#include "formats/capture/byte_order.h"

namespace dropscope::capture {
namespace {

constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kRecordHeader = 16;
/// Records of the variant of Alexey Kuznetsov's libpcap of 1999 have eight bytes more: interface,
/// protocol, direction.
constexpr std::size_t kModifiedRecordHeader = 24;

constexpr std::uint32_t kMagicMicro = 0xa1b2c3d4;
constexpr std::uint32_t kMagicNano = 0xa1b23c4d;
constexpr std::uint32_t kMagicModified = 0xa1b2cd34;

/// Bits above hold the length of the frame check sequence (draft-ietf-opsawg-pcap, section 4).
constexpr std::uint32_t kLinkTypeMask = 0x03ff'ffff;

/// How far a record's time may lie from the last one to be believed after damage: captures run for
/// days, and clocks of capturing machines get set.
constexpr std::int64_t kPlausibleSeconds = 7 * 86'400;

bool is_magic(std::uint32_t value) {
  return value == kMagicMicro || value == kMagicNano || value == kMagicModified;
}

}  // namespace

bool PcapReader::recognises(Bytes head) {
  if (head.size() < kFileHeader) return false;
  for (const bool big : {false, true}) {
    if (!is_magic(load<std::uint32_t>(head.data(), big))) continue;
    // 2.0 to 2.4 are all versions that there are (libpcap, sf-pcap.c).
    return load<std::uint16_t>(head.data() + 4, big) == 2 &&
           load<std::uint16_t>(head.data() + 6, big) <= 4;
  }
  return false;
}

PcapReader::PcapReader(Bytes bytes) : bytes_(bytes), at_(kFileHeader) {
  if (!recognises(bytes)) {
    at_ = bytes.size();
    return;
  }
  big_endian_ = is_magic(load_be<std::uint32_t>(bytes.data()));
  const auto magic = load<std::uint32_t>(bytes.data(), big_endian_);
  nanoseconds_ = magic == kMagicNano;
  record_header_ = magic == kMagicModified ? kModifiedRecordHeader : kRecordHeader;
  // Before 2.3 the length on the wire came first; 2.3 was written both ways.
  lengths_swapped_ = load<std::uint16_t>(bytes.data() + 6, big_endian_) <= 3;
  link_type_ = load<std::uint32_t>(bytes.data() + 20, big_endian_) & kLinkTypeMask;
}

PcapReader::Record PcapReader::record_at(std::size_t offset) const {
  const std::byte* p = bytes_.data() + offset;
  Record record;
  record.seconds = load<std::uint32_t>(p, big_endian_);
  record.fraction = load<std::uint32_t>(p + 4, big_endian_);
  record.captured = load<std::uint32_t>(p + 8, big_endian_);
  record.wire = load<std::uint32_t>(p + 12, big_endian_);
  if (lengths_swapped_ && record.captured > record.wire) std::swap(record.captured, record.wire);
  return record;
}

bool PcapReader::plausible(const Record& record) const {
  const std::int64_t distance = std::int64_t{record.seconds} - std::int64_t{last_seconds_};
  return record.fraction < (nanoseconds_ ? 1'000'000'000u : 1'000'000u) && record.captured > 0 &&
         record.captured <= record.wire && record.wire <= kMaxPacketBytes &&
         distance >= -kPlausibleSeconds && distance <= kPlausibleSeconds;
}

std::size_t PcapReader::resume_after(std::size_t offset) const {
  constexpr int kInARow = 3;
  for (std::size_t start = offset + 1; fits(bytes_, start, record_header_); ++start) {
    std::size_t at = start;
    int good = 0;
    while (good < kInARow && fits(bytes_, at, record_header_)) {
      const Record record = record_at(at);
      if (!plausible(record) || !fits(bytes_, at + record_header_, record.captured)) break;
      at += record_header_ + record.captured;
      ++good;
    }
    // Fewer records do when they end exactly where the file does.
    if (good == kInARow || (good > 0 && at == bytes_.size())) return start;
  }
  return bytes_.size();
}

bool PcapReader::next(Packet& packet, Account& account) {
  account.interfaces = 1;
  while (at_ < bytes_.size()) {
    if (!fits(bytes_, at_, record_header_)) {
      account.add_problem(at_, "expected the header of a packet (" +
                                   std::to_string(record_header_) + " bytes), found " +
                                   std::to_string(bytes_.size() - at_) + " bytes: cut off");
      ++account.lost_packets;
      at_ = bytes_.size();
      return false;
    }
    const Record record = record_at(at_);
    const bool too_long = record.captured > kMaxPacketBytes;
    if (too_long || !fits(bytes_, at_ + record_header_, record.captured)) {
      const std::size_t resume = resume_after(at_);
      ++account.lost_packets;
      std::string what = "expected a packet of " + std::to_string(record.captured) + " bytes, ";
      if (too_long) {
        what += "more than any packet has";
      } else {
        what +=
            "found " + std::to_string(bytes_.size() - at_ - record_header_) + " bytes to the end";
      }
      what += resume < bytes_.size() ? "; reading goes on at offset " + std::to_string(resume)
                                     : ": cut off";
      account.add_problem(at_, std::move(what));
      at_ = resume;
      continue;
    }
    if (account.packets == 0) last_seconds_ = record.seconds;
    packet.number = ++account.packets;
    packet.offset = at_;
    packet.link_type = link_type_;
    packet.wire_bytes = std::max(record.wire, record.captured);
    packet.data = bytes_.subspan(at_ + record_header_, record.captured);
    // A fraction beyond its second is added as it stands, as libpcap does.
    packet.timed = true;
    packet.time =
        instant_from_unix(record.seconds) +
        (nanoseconds_ ? Ticks{record.fraction / 100} : Ticks{std::int64_t{record.fraction} * 10});
    if (packet.wire_bytes > record.captured) ++account.cut_packets;
    last_seconds_ = record.seconds;
    at_ += record_header_ + record.captured;
    return true;
  }
  return false;
}

}  // namespace dropscope::capture
