#pragma once

// A chunk under construction: its records, tokens, name table and template table.
//
// The format has each name and each template stored at the place of its first use, so bytes that a
// record needs depend on the records before it. A record is therefore written straight into the
// chunk and taken back when it turns out not to fit; the writer then tries again in a fresh chunk.
// Writing into a side buffer first was rejected: every offset inside would have to be corrected.
//
// Writes beyond the chunk's end are counted and dropped, so that the caller learns how large the
// record would have been.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/guid.h"
#include "formats/evtx/format.h"

namespace dropscope::evtx {

/// Every element and attribute name that the writer uses; names of Data items are attribute values.
enum class Name : std::uint8_t {
  Event,
  Xmlns,
  System,
  Provider,
  NameAttribute,
  Guid,
  EventSourceName,
  EventId,
  Qualifiers,
  Version,
  Level,
  Task,
  Opcode,
  Keywords,
  TimeCreated,
  SystemTime,
  EventRecordId,
  Correlation,
  ActivityId,
  RelatedActivityId,
  Execution,
  ProcessId,
  ThreadId,
  Channel,
  Computer,
  Security,
  UserId,
  EventData,
  Data,
  Binary,
};
inline constexpr std::size_t kNameCount = 30;

/// Marks an element that stays whatever the substitutions are (libevtx: dependency identifier).
inline constexpr std::uint16_t kNoDependency = 0xffff;

/// Bytes of records that a chunk can hold. The last eight bytes stay free: the free-space offset of
/// real chunks comes to 0xfff8 and never to 0x10000, and libevtx loses the last record of a chunk
/// that is filled to its end.
inline constexpr std::size_t kChunkRoom = kChunkBytes - kChunkHeaderBytes - 8;

/// A template known to the writer; the same in all its chunks.
using TemplateId = std::uint32_t;

class ChunkBuilder {
 public:
  ChunkBuilder();

  /// Registers a template; its tokens follow at first use in each chunk.
  TemplateId add_template(const Guid& guid);

  /// Begins a record; end_record() completes it or, when it does not fit, takes all of it back and
  /// returns false. No other call may come in between than those of the token section.
  void begin_record(std::uint64_t id, std::uint64_t filetime);
  bool end_record();

  [[nodiscard]] bool empty() const { return record_count_ == 0; }
  /// Bytes of the record that end_record() saw last, whether it fitted or not.
  [[nodiscard]] std::size_t last_record_bytes() const { return last_record_bytes_; }

  /// Appends the finished chunk of 65,536 bytes to `out` and starts an empty one.
  /// `first_record_number` is what the header counts from.
  void seal(std::vector<std::byte>& out, std::uint64_t first_record_number);

  // Tokens, in the order in which they are stored.

  void fragment_header();
  void end_of_fragment() { put(Token::EndOfFragment); }

  /// Begins an element. Within a template, the element vanishes when substitution `dependency` is
  /// null; outside of one that field does not exist.
  void open_element(Name name, bool has_attributes = false,
                    std::uint16_t dependency = kNoDependency);
  void attribute(Name name, bool more_follow);
  void close_start_element();
  void close_empty_element();
  void end_element();
  /// Literal text, not empty.
  void text(std::u16string_view text);
  void substitution(bool optional, std::uint16_t index, ValueType type, bool array = false);

  /// Begins a template instance. When this returns true, the template is not in the chunk yet: its
  /// elements must follow, then end_template(). The values come next in either case.
  bool begin_template_instance(TemplateId id);
  void end_template();

  /// Where the next value's descriptor goes.
  struct ValueList {
    std::size_t next_descriptor = 0;
  };
  ValueList begin_values(std::uint32_t count);
  void value(ValueList& list, ValueType type, bool array, Bytes bytes);
  void null_value(ValueList& list) { value(list, ValueType::Null, false, {}); }
  /// For small integers, whose byte count the type gives.
  template <typename T>
  void integer_value(ValueList& list, ValueType type, T number) {
    descriptor(list, type, false, sizeof(T));
    put_integer(number);
  }
  void utf16_value(ValueList& list, std::u16string_view text) {
    descriptor(list, ValueType::String, false, 2 * text.size());
    put_utf16(text);
  }
  /// A value whose bytes are written by calls between begin and end.
  std::size_t begin_value();
  void end_value(ValueList& list, std::size_t begun, ValueType type, bool array);

 private:
  struct OpenElement {
    std::size_t size_field = 0;
    std::size_t attribute_size_field = 0;  // 0: no attribute list, or it is closed.
  };

  void put(const std::byte* data, std::size_t size);
  void put(Token token, std::uint8_t flags = 0);
  template <typename T>
  void put_integer(T number) {
    if (fits(buffer_, position_, sizeof(T))) store_le(buffer_.data() + position_, number);
    position_ += sizeof(T);
  }
  template <typename T>
  void patch(std::size_t at, T number) {
    if (fits(buffer_, at, sizeof(T))) store_le(buffer_.data() + at, number);
  }
  void put_utf16(std::u16string_view text);
  void name_reference(Name name);
  void descriptor(ValueList& list, ValueType type, bool array, std::size_t size);
  void close_attribute_list();
  void clear();

  std::vector<std::byte> buffer_;
  std::size_t position_ = kChunkHeaderBytes;

  // Offset of each name and template in this chunk, 0 when it is not there, and the heads of the
  // hash chains.
  std::array<std::uint32_t, kNameCount> name_offset_{};
  std::vector<std::uint32_t> template_offset_;
  std::vector<Guid> template_guid_;
  struct Tables {
    std::array<std::uint32_t, kStringBuckets> names{};
    std::array<std::uint32_t, kTemplateBuckets> templates{};
  };
  Tables tables_;

  // The record being written, and what to put back when it does not fit.
  std::size_t record_start_ = 0;
  std::uint64_t record_id_ = 0;
  Tables tables_before_;
  std::vector<Name> new_names_;
  std::vector<TemplateId> new_templates_;
  std::vector<OpenElement> open_elements_;
  TemplateId open_template_ = 0;
  bool in_template_ = false;
  std::size_t last_record_bytes_ = 0;

  std::uint64_t record_count_ = 0;
  std::uint64_t first_id_ = 0;
  std::uint64_t last_id_ = 0;
  std::size_t last_record_offset_ = 0;
};

}  // namespace dropscope::evtx
