#pragma once

// Packets and captures for tests, written byte by byte from the specifications and not with the
// reader's own helpers.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"

namespace dropscope::capture::test {

/// Bytes that grow at their end.
class Buffer {
 public:
  explicit Buffer(bool big_endian = true) : big_(big_endian) {}
  Buffer& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (big_ ? size - 1 - i : i);
      bytes.push_back(static_cast<char>((value >> shift) & 0xff));
    }
    return *this;
  }
  Buffer& u8(std::uint64_t value) { return number(value, 1); }
  Buffer& u16(std::uint64_t value) { return number(value, 2); }
  Buffer& u32(std::uint64_t value) { return number(value, 4); }
  Buffer& text(std::string_view value) {
    bytes += value;
    return *this;
  }
  Buffer& zeros(std::size_t count) {
    bytes.append(count, '\0');
    return *this;
  }
  std::string bytes;

 private:
  bool big_;
};

struct Segment {
  std::string from = "10.0.0.1";
  std::string to = "10.0.0.2";
  std::uint16_t from_port = 50000;
  std::uint16_t to_port = 443;
  std::uint32_t seq = 1;
  std::uint32_t ack = 1;
  std::uint8_t flags = 0x10;
  std::uint16_t window = 1000;
  std::uint8_t hop_limit = 64;
  std::uint16_t id = 0;
  std::string payload;
};

inline std::string tcp(const Segment& s) {
  Buffer out;
  out.u16(s.from_port).u16(s.to_port).u32(s.seq).u32(s.ack).u8(0x50).u8(s.flags).u16(s.window);
  return out.u32(0).text(s.payload).bytes;
}

inline std::string address_bytes(const std::string& text) {
  const IpAddress address = *IpAddress::parse(text);
  return std::string(reinterpret_cast<const char*>(address.bytes().data()),
                     address.is_v4() ? 4 : 16);
}

inline std::string ipv4(const Segment& s, std::string_view content, std::uint16_t fragment = 0,
                        std::uint8_t protocol = 6) {
  Buffer out;
  out.u8(0x45).u8(0).u16(20 + content.size()).u16(s.id).u16(fragment).u8(s.hop_limit).u8(protocol);
  return out.u16(0).text(address_bytes(s.from)).text(address_bytes(s.to)).text(content).bytes;
}

inline std::string ipv6(const Segment& s, std::string_view content, std::uint8_t next = 6) {
  Buffer out;
  out.u32(0x60000000).u16(content.size()).u8(next).u8(s.hop_limit);
  return out.text(address_bytes(s.from)).text(address_bytes(s.to)).text(content).bytes;
}

/// IPv4 or IPv6, by the address.
inline std::string ip(const Segment& s) {
  return s.from.find(':') == std::string::npos ? ipv4(s, tcp(s)) : ipv6(s, tcp(s));
}

inline std::string ethernet(std::string_view content, std::uint16_t type = 0x0800) {
  return Buffer().zeros(12).u16(type).text(content).bytes;
}

struct Captured {
  std::uint32_t seconds = 1'700'000'000;
  std::uint32_t nanoseconds = 0;
  std::string bytes;
  std::uint32_t wire = 0;  ///< 0: as many as captured.
};

struct PcapForm {
  bool big_endian = false;
  bool nanoseconds = false;
  std::uint32_t link_type = 1;
  std::uint32_t snap_length = 262144;
};

inline std::string pcap(const std::vector<Captured>& packets, const PcapForm& form = {}) {
  Buffer out(form.big_endian);
  out.u32(form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4).u16(2).u16(4).u32(0).u32(0);
  out.u32(form.snap_length).u32(form.link_type);
  for (const Captured& p : packets) {
    out.u32(p.seconds).u32(form.nanoseconds ? p.nanoseconds : p.nanoseconds / 1000);
    out.u32(p.bytes.size()).u32(p.wire == 0 ? p.bytes.size() : p.wire).text(p.bytes);
  }
  return out.bytes;
}

/// A block of pcapng with its two lengths and its padding.
inline std::string block(bool big_endian, std::uint32_t type, std::string_view body) {
  const std::size_t padding = (4 - body.size() % 4) % 4;
  const std::size_t length = 12 + body.size() + padding;
  Buffer out(big_endian);
  return out.u32(type).u32(length).text(body).zeros(padding).u32(length).bytes;
}

inline std::string section(bool big_endian) {
  return block(big_endian, 0x0a0d0d0a,
               Buffer(big_endian).u32(0x1a2b3c4d).u16(1).u16(0).number(~0ull, 8).bytes);
}

inline std::string option(bool big_endian, std::uint16_t code, std::string_view value) {
  Buffer out(big_endian);
  return out.u16(code).u16(value.size()).text(value).zeros((4 - value.size() % 4) % 4).bytes;
}

/// `resolution` as in if_tsresol; 6 is left to the default.
inline std::string interface(bool big_endian, std::uint32_t link_type, std::uint8_t resolution = 6,
                             std::uint32_t snap_length = 0) {
  Buffer body(big_endian);
  body.u16(link_type).u16(0).u32(snap_length);
  if (resolution != 6) {
    body.text(option(big_endian, 9, std::string(1, static_cast<char>(resolution)))).u32(0);
  }
  return block(big_endian, 1, body.bytes);
}

inline std::string enhanced(bool big_endian, std::uint32_t interface, std::uint64_t stamp,
                            std::string_view data, std::uint32_t wire = 0) {
  Buffer body(big_endian);
  body.u32(interface).u32(stamp >> 32).u32(stamp & 0xffffffff).u32(data.size());
  body.u32(wire == 0 ? data.size() : wire).text(data);
  return block(big_endian, 6, body.bytes);
}

}  // namespace dropscope::capture::test
