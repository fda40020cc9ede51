#pragma once

// The classic container, as tcpdump -w has written it since 1988: one header, then records.

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "formats/capture/packet.h"

namespace dropscope::capture {

/// Not for concurrent use.
class PcapReader {
 public:
  /// By magic number and version.
  [[nodiscard]] static bool recognises(Bytes head);

  /// `bytes` begin with what recognises() accepts and outlive the reader.
  explicit PcapReader(Bytes bytes);

  /// False at the end. What is not whole is noted in `account` and passed over.
  bool next(Packet& packet, Account& account);

 private:
  struct Record {
    std::uint32_t seconds = 0;
    std::uint32_t fraction = 0;
    std::uint32_t captured = 0;
    std::uint32_t wire = 0;
  };
  [[nodiscard]] Record record_at(std::size_t offset) const;
  [[nodiscard]] bool plausible(const Record& record) const;
  /// The next offset from which records follow each other again, or the end.
  [[nodiscard]] std::size_t resume_after(std::size_t offset) const;

  Bytes bytes_;
  std::size_t at_ = 0;
  std::uint32_t link_type_ = 0;
  std::size_t record_header_ = 0;
  bool big_endian_ = false;
  bool nanoseconds_ = false;
  bool lengths_swapped_ = false;
  std::uint32_t last_seconds_ = 0;
};

}  // namespace dropscope::capture
