#pragma once

// Packets of a capture, whichever container holds them.
//
//   PacketReader packets(bytes);
//   for (Packet packet; packets.next(packet);) …
//
// Constant memory: a capture of 10 GB is read through its map. FORMAT.md says why this is no
// libpcap.

#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "formats/capture/packet.h"
#include "formats/capture/pcap_reader.h"
#include "formats/capture/pcapng_reader.h"

namespace dropscope::capture {

/// Not for concurrent use.
class PacketReader {
 public:
  /// Whether `head`, the first 28 bytes or more, begins a capture.
  [[nodiscard]] static bool recognises(Bytes head) {
    return PcapReader::recognises(head) || PcapngReader::recognises(head);
  }

  /// `bytes` must outlive the reader. Anything else than a capture has no packets.
  explicit PacketReader(Bytes bytes) : reader_(open(bytes)) {}

  /// False at the end.
  bool next(Packet& packet) {
    return std::visit([&](auto& reader) { return reader.next(packet, account_); }, reader_);
  }

  /// "pcap" or "pcapng".
  [[nodiscard]] std::string_view container() const {
    return std::holds_alternative<PcapReader>(reader_) ? "pcap" : "pcapng";
  }

  /// What was counted up to now.
  [[nodiscard]] const Account& account() const { return account_; }

 private:
  using Reader = std::variant<PcapReader, PcapngReader>;
  [[nodiscard]] static Reader open(Bytes bytes) {
    if (PcapngReader::recognises(bytes)) return PcapngReader(bytes);
    return PcapReader(bytes);
  }

  Reader reader_;
  Account account_;
};

}  // namespace dropscope::capture
