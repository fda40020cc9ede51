#pragma once

// Writes event logs that Windows and every reader accept: for tests, examples and simulations.
//
// The records have the layout that the Event Log service itself produces: names and templates are
// put into the chunk at first use and found again through its hash tables, CRCs are right, and each
// chunk stands alone.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/guid.h"
#include "base/result.h"
#include "base/time.h"
#include "formats/evtx/format.h"

namespace dropscope::evtx {

/// A typed value with its stored bytes. Build it with the functions below.
struct OwnedValue {
  ValueType type = ValueType::Null;
  bool array = false;
  std::vector<std::byte> bytes;

  static OwnedValue null();
  /// With the NUL at the end that ETW wants and most logs have.
  static OwnedValue string(std::string_view utf8);
  static OwnedValue ansi(std::string_view bytes);
  /// For any integer, Bool, HexInt32/64, SizeT, FileTime type: stores the low bytes of `value`
  /// (SizeT takes 8 bytes).
  static OwnedValue integer(ValueType type, std::uint64_t value);
  static OwnedValue real32(float value);
  static OwnedValue real64(double value);
  static OwnedValue binary(Bytes bytes);
  static OwnedValue guid(const Guid& guid);
  static OwnedValue file_time(Instant t);
  static OwnedValue system_time(const CivilTime& civil);
  /// Identifier authority (48 bits) and sub-authorities (at most 15).
  static OwnedValue sid(std::uint64_t authority, const std::vector<std::uint32_t>& sub_authorities);
  /// Strings, each NUL-ended, one after the other (type 0x81).
  static OwnedValue string_array(const std::vector<std::string>& utf8);
  /// Fixed-size elements of one type, one after the other. All must share `type`; not for strings.
  static OwnedValue array_of(ValueType type, const std::vector<OwnedValue>& elements);
};

struct DataItem {
  std::string name;  ///< Empty for <Data> without a Name attribute.
  OwnedValue value;
};

/// How the record's BinXML is laid out.
enum class RecordStyle : std::uint8_t {
  /// As ReportEvent writes: template, EventData as a nested fragment whose unnamed Data come from
  /// one
  /// string array (0x81), and an optional Binary. Items must be strings.
  Classic,
  /// As a manifest provider writes: template with a nested fragment, one typed substitution per
  /// item.
  Manifest,
  /// As forwarded events are stored: BinXML without a template, every value as literal text.
  Inline,
};

/// One event. Fields left empty are written as null substitutions and vanish from the XML.
struct EventSpec {
  RecordStyle style = RecordStyle::Classic;
  std::string provider;
  std::optional<Guid> provider_guid;
  std::string event_source_name;
  std::uint16_t event_id = 0;
  std::optional<std::uint16_t> qualifiers;
  std::optional<std::uint8_t> version;
  std::uint8_t level = 4;
  std::uint16_t task = 0;
  std::optional<std::uint8_t> opcode;
  std::uint64_t keywords = 0x80000000000000;  ///< Classic
  Instant time{};
  std::optional<std::uint64_t> record_id;  ///< Default: the one after the last.
  std::optional<Guid> activity_id;
  std::optional<std::uint32_t> process_id;  ///< With thread_id.
  std::optional<std::uint32_t> thread_id;
  std::string channel;
  std::string computer;
  std::optional<OwnedValue> user_sid;
  std::vector<DataItem> data;
  std::optional<std::vector<std::byte>> binary;
};

struct WriterOptions {
  bool dirty = false;  ///< Sets the flag of a log that was not closed.
  bool full = false;
  std::uint16_t minor_version = 1;  ///< 3.1 or 3.2
  std::uint64_t first_record_id = 1;
};

class Writer {
 public:
  explicit Writer(WriterOptions options = {});
  ~Writer();
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;

  /// Appends one record; starts a new chunk when it does not fit the current one.
  /// Errors: Limit when one record is larger than a chunk can hold (65,016 bytes); Invalid when a
  /// Classic item has a name or is neither a string nor null, which counts as an empty string. The
  /// record is not written then.
  Result<void> add(const EventSpec& event);

  [[nodiscard]] std::uint64_t record_count() const;

  /// The file's bytes; the writer is empty afterwards. At least one chunk is written.
  [[nodiscard]] std::vector<std::byte> finish();

  /// finish() into a file.
  Result<void> finish_to(const std::filesystem::path& path);

 private:
  struct Impl;  // Keeps the encoder's headers out of this one.
  std::unique_ptr<Impl> impl_;
};

}  // namespace dropscope::evtx
