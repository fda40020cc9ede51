#pragma once

// The event logs of Windows NT to Server 2003 (.evt), [MS-EVEN] 2.2.12 and 2.2.13.
//
// The file is a ring behind a header. The oldest record stands where the header, or better the
// end-of-file record behind the newest one, says; a record may run over the end of the file and go
// on behind the header. While Windows runs, and after it crashed, the header's places are old ones
// ("dirty"); the end-of-file record is written with every event and is right. Where neither can be
// used, or the chain of records breaks, records are found by their signature and the length that
// stands at both of their ends.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace dropscope::evt {

inline constexpr std::size_t kHeaderBytes = 0x30;
inline constexpr std::uint32_t kSignature = 0x654c664c;  ///< "LfLe"
inline constexpr std::size_t kRecordHeaderBytes = 56;
inline constexpr std::size_t kEndRecordBytes = 0x28;
/// Fills the end of the file where a record's header would not fit.
inline constexpr std::uint32_t kSkip = 0x27;

enum HeaderFlags : std::uint32_t {
  kDirty = 1,    ///< Not closed: the header's places are old.
  kWrapped = 2,  ///< Records run over the end of the file.
  kLogFull = 4,
  kArchived = 8,
};

struct Header {
  std::uint32_t start_offset = 0;
  std::uint32_t end_offset = 0;
  std::uint32_t current_record = 0;  ///< The number that the next record will get.
  std::uint32_t oldest_record = 0;
  std::uint32_t max_size = 0;
  std::uint32_t flags = 0;
};

struct Record {
  std::uint64_t offset = 0;
  std::uint32_t number = 0;
  Instant generated{};
  Instant written{};
  std::uint32_t event_id = 0;  ///< With severity and facility in the upper half.
  std::uint16_t type = 0;      ///< 1 error, 2 warning, 4 information, 8 and 16 audit.
  std::uint16_t category = 0;
  std::string source;
  std::string computer;
  std::string user_sid;  ///< "S-1-5-18"; empty when there is none.
  std::vector<std::string> strings;
  std::size_t data_bytes = 0;
};

struct Damage {
  std::uint64_t offset = 0;
  std::uint64_t lost_records = 0;  ///< Known to be lost; 0 if unknown.
  std::string what;
};

/// Whether the bytes begin as a log of this kind does.
[[nodiscard]] bool is_evt(Bytes bytes);

/// Not for concurrent use.
class LogReader {
 public:
  /// `bytes` must outlive the reader. Errors: Corrupt, when it is no such log.
  static Result<LogReader> open(Bytes bytes);

  /// False at the end. Records come from the oldest to the newest, unless the log's beginning had
  /// to be searched.
  bool next(Record& record);

  void on_damage(std::function<void(const Damage&)> report) { report_ = std::move(report); }

  [[nodiscard]] const Header& header() const { return header_; }
  [[nodiscard]] bool dirty() const { return (header_.flags & kDirty) != 0; }

 private:
  struct EndRecord {
    std::uint64_t offset = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t current_record = 0;
    std::uint32_t oldest_record = 0;
  };

  LogReader(Bytes bytes, const Header& header);

  /// Copies `size` bytes of the ring that begin at `at`.
  void copy(std::uint64_t at, std::size_t size, std::vector<std::byte>& out) const;
  [[nodiscard]] std::uint32_t word(std::uint64_t at) const;
  [[nodiscard]] std::uint64_t after(std::uint64_t at, std::uint64_t size) const;
  /// Length of the whole record at `at`; 0 when there is none.
  [[nodiscard]] std::uint32_t record_size(std::uint64_t at) const;
  [[nodiscard]] std::optional<EndRecord> end_record(std::uint64_t at) const;
  [[nodiscard]] std::optional<EndRecord> find_end_record() const;
  /// False: the record's own places lead out of it.
  bool decode(std::uint64_t at, std::uint32_t size, Record& out);
  void damage(std::uint64_t at, std::uint64_t lost, std::string what);

  Bytes bytes_;
  Header header_;
  std::optional<EndRecord> end_;
  bool from_begin_ = false;  // The place of the oldest record is known.
  std::uint64_t ring_end_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t passed_ = 0;  // Bytes of the ring.
  std::uint64_t next_number_ = 0;
  bool done_ = false;
  std::vector<std::byte> buffer_;
  std::function<void(const Damage&)> report_;
};

}  // namespace dropscope::evt
