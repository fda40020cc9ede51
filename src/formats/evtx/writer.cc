// From events to tokens. ChunkBuilder keeps the places of things; this file knows what a record
// looks like.
//
// The System part imitates what the service of Windows 10 and 11 writes. It has two layouts. For
// classic events, and for manifest events whose source has another name, provider and channel are
// literal text of a template with twenty substitutions; for other manifest events they are
// substitutions too, and there are eighteen. The event's own data are a nested fragment in the last
// one. The numbers and types are those of real logs (FORMAT.md, "The System template"). Classic
// events share one data template, whose GUID is the one that Windows uses for the same content; the
// other templates get a GUID from a hash of what is in them, as Windows' own seem to.

#include "formats/evtx/writer.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/files.h"
#include "base/sha256.h"
#include "base/utf16.h"
#include "formats/evtx/chunk_builder.h"
#include "formats/evtx/crc32.h"
#include "formats/evtx/value.h"

namespace dropscope::evtx {
namespace {

/// Namespace of every event (the Event schema in the Windows SDK).
constexpr std::u16string_view kEventNamespace =
    u"http://schemas.microsoft.com/win/2004/08/events/event";

/// Substitutions that both layouts of the System template have, in the order of the values.
enum SystemValue : std::uint16_t {
  kLevel = 0,
  kOpcode = 1,
  kTask = 2,
  kEventId = 3,
  kQualifiers = 4,
  kKeywords = 5,
  kTimeCreated = 6,
  kActivityId = 7,
  kProcessId = 8,
  kThreadId = 9,
  kEventRecordId = 10,
  kVersion = 11,
  kUserId = 12,
};
/// Those that only the manifest layout has.
constexpr std::uint16_t kProviderName = 14;
constexpr std::uint16_t kProviderGuid = 15;
constexpr std::uint16_t kChannel = 16;

/// Where the layouts differ.
struct SystemLayout {
  bool literal_provider;  ///< And channel.
  std::uint16_t related_activity_id;
  std::uint16_t event_data;  ///< The last value.
};
constexpr SystemLayout kClassicLayout = {true, 18, 19};
constexpr SystemLayout kManifestLayout = {false, 13, 17};

const SystemLayout& layout_of(const EventSpec& event) {
  const bool manifest = event.style == RecordStyle::Manifest && event.event_source_name.empty();
  return manifest ? kManifestLayout : kClassicLayout;
}

/// Substitutions of the classic data template: the second one, which the template does not show, is
/// the size of the third.
constexpr std::uint16_t kClassicStrings = 0;
constexpr std::uint16_t kClassicBinary = 2;
constexpr std::uint32_t kClassicValueCount = 3;

/// {4329d877-d8d5-512d-ec99-201a0fd92fc7}, in the logs of every Windows looked at.
constexpr Guid kClassicTemplate{{0x77, 0xd8, 0x29, 0x43, 0xd5, 0xd8, 0x2d, 0x51, 0xec, 0x99, 0x20,
                                 0x1a, 0x0f, 0xd9, 0x2f, 0xc7}};

ValueView view_of(const OwnedValue& value) {
  return {value.type, value.array, value.bytes};
}

/// A GUID made of the text's SHA-256, marked as a name-based one (RFC 9562, version 5 layout).
Guid guid_of(std::string_view text) {
  const std::string hex = sha256_hex(as_bytes(text));
  auto digit = [](char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); };
  Guid guid;
  for (std::size_t i = 0; i < guid.bytes.size(); ++i) {
    guid.bytes[i] = static_cast<std::uint8_t>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  }
  guid.bytes[7] = static_cast<std::uint8_t>((guid.bytes[7] & 0x0f) | 0x50);
  guid.bytes[8] = static_cast<std::uint8_t>((guid.bytes[8] & 0x3f) | 0x80);
  return guid;
}

/// Appends a part of a template's key; the length keeps "ab","c" and "a","bc" apart.
void append_key(std::string& key, std::string_view part) {
  std::array<std::byte, 4> length{};
  store_le(length.data(), static_cast<std::uint32_t>(part.size()));
  key.append(as_text(length));
  key.append(part);
}

void append_key(std::string& key, const std::optional<Guid>& guid) {
  key += guid ? 'G' : '-';
  if (guid) key.append(reinterpret_cast<const char*>(guid->bytes.data()), guid->bytes.size());
}

/// The type that a manifest's template declares for an item. A null is a string that is not there;
/// its substitution is optional, since no log has a null for a normal one, and libevtx refuses it.
ValueType declared_type(const OwnedValue& value) {
  return value.type == ValueType::Null ? ValueType::String : value.type;
}

Result<void> check_classic(const EventSpec& event, std::uint64_t id) {
  for (std::size_t i = 0; i < event.data.size(); ++i) {
    const DataItem& item = event.data[i];
    if (!item.name.empty()) {
      return fail(ErrorCode::Invalid,
                  fmt::format("record {}: item {} is named '{}', and the data of a classic event "
                              "have no names; use the manifest style",
                              id, i + 1, item.name));
    }
    const bool text = item.value.type == ValueType::String || item.value.type == ValueType::Null;
    if (!text || item.value.array) {
      return fail(ErrorCode::Invalid,
                  fmt::format("record {}: item {} has value type {:#04x}{}, and the data of a "
                              "classic event are single strings; use the manifest style",
                              id, i + 1, static_cast<unsigned>(item.value.type),
                              item.value.array ? " (array)" : ""));
    }
  }
  return {};
}

}  // namespace

struct Writer::Impl {
  explicit Impl(WriterOptions writer_options)
      : options(writer_options), next_record_id(options.first_record_id) {
    classic_template = chunk.add_template(kClassicTemplate);
    file.resize(kFileBlockBytes);
  }

  WriterOptions options;
  std::uint64_t records = 0;          // In the file.
  std::uint64_t records_in_done = 0;  // In its finished chunks.
  std::uint64_t next_record_id;
  std::uint64_t chunks = 0;
  ChunkBuilder chunk;
  std::vector<std::byte> file;  // Room for the header, then the finished chunks.
  TemplateId classic_template = 0;
  std::unordered_map<std::string, TemplateId> templates;  // By key; looked up, never iterated.
  std::string key;                                        // Scratch, kept for its capacity.
  std::vector<std::byte> strings;                         // As above.

  TemplateId template_of_key() {
    auto found = templates.find(key);
    if (found == templates.end()) {
      found = templates.emplace(key, chunk.add_template(guid_of(key))).first;
    }
    return found->second;
  }

  void seal_chunk() {
    chunk.seal(file, options.first_record_id + records_in_done);
    records_in_done = records;
    ++chunks;
  }

  bool write_record(const EventSpec& event, std::uint64_t id) {
    chunk.begin_record(id, to_filetime(event.time));
    chunk.fragment_header();
    if (event.style == RecordStyle::Inline) {
      write_inline(event, id);
    } else {
      write_instance(event, id);
    }
    chunk.end_of_fragment();
    return chunk.end_record();
  }

  /// Literal text; an empty one has no token, as in the logs.
  void text(std::string_view utf8) {
    if (!utf8.empty()) chunk.text(to_utf16(utf8));
  }

  void text_attribute(Name name, std::string_view utf8, bool more_follow) {
    chunk.attribute(name, more_follow);
    text(utf8);
  }

  void text_element(Name name, std::string_view utf8) {
    chunk.open_element(name);
    chunk.close_start_element();
    text(utf8);
    chunk.end_element();
  }

  /// Attributes that are not known are left out, so that an empty one never occurs.
  void provider_element(const EventSpec& event) {
    const bool name = !event.provider.empty();
    const bool guid = event.provider_guid.has_value();
    const bool source = !event.event_source_name.empty();
    chunk.open_element(Name::Provider, name || guid || source);
    if (name) text_attribute(Name::NameAttribute, event.provider, guid || source);
    if (guid) text_attribute(Name::Guid, event.provider_guid->to_string(), source);
    if (source) text_attribute(Name::EventSourceName, event.event_source_name, false);
    chunk.close_empty_element();
  }

  void event_start(std::uint16_t dependency) {
    chunk.open_element(Name::Event, true, dependency);
    chunk.attribute(Name::Xmlns, false);
    chunk.text(kEventNamespace);
    chunk.close_start_element();
    chunk.open_element(Name::System);
    chunk.close_start_element();
  }

  // Events with templates.

  void substituted_element(Name name, std::uint16_t index, ValueType type) {
    chunk.open_element(name, false, index);
    chunk.close_start_element();
    chunk.substitution(true, index, type);
    chunk.end_element();
  }

  void substituted_attribute(Name name, std::uint16_t index, ValueType type, bool more_follow) {
    chunk.attribute(name, more_follow);
    chunk.substitution(true, index, type);
  }

  void system_template(const EventSpec& event, const SystemLayout& layout) {
    event_start(layout.event_data);
    if (layout.literal_provider) {
      provider_element(event);
    } else {
      chunk.open_element(Name::Provider, true);
      substituted_attribute(Name::NameAttribute, kProviderName, ValueType::String, true);
      substituted_attribute(Name::Guid, kProviderGuid, ValueType::Guid, false);
      chunk.close_empty_element();
    }
    chunk.open_element(Name::EventId, true, kEventId);
    substituted_attribute(Name::Qualifiers, kQualifiers, ValueType::UInt16, false);
    chunk.close_start_element();
    chunk.substitution(true, kEventId, ValueType::UInt16);
    chunk.end_element();
    substituted_element(Name::Version, kVersion, ValueType::UInt8);
    substituted_element(Name::Level, kLevel, ValueType::UInt8);
    substituted_element(Name::Task, kTask, ValueType::UInt16);
    substituted_element(Name::Opcode, kOpcode, ValueType::UInt8);
    substituted_element(Name::Keywords, kKeywords, ValueType::HexInt64);
    chunk.open_element(Name::TimeCreated, true);
    substituted_attribute(Name::SystemTime, kTimeCreated, ValueType::FileTime, false);
    chunk.close_empty_element();
    substituted_element(Name::EventRecordId, kEventRecordId, ValueType::UInt64);
    chunk.open_element(Name::Correlation, true);
    substituted_attribute(Name::ActivityId, kActivityId, ValueType::Guid, true);
    substituted_attribute(Name::RelatedActivityId, layout.related_activity_id, ValueType::Guid,
                          false);
    chunk.close_empty_element();
    chunk.open_element(Name::Execution, true);
    substituted_attribute(Name::ProcessId, kProcessId, ValueType::UInt32, true);
    substituted_attribute(Name::ThreadId, kThreadId, ValueType::UInt32, false);
    chunk.close_empty_element();
    if (!layout.literal_provider) {
      substituted_element(Name::Channel, kChannel, ValueType::String);
    } else if (!event.channel.empty()) {
      text_element(Name::Channel, event.channel);
    }
    if (!event.computer.empty()) text_element(Name::Computer, event.computer);
    chunk.open_element(Name::Security, true);
    substituted_attribute(Name::UserId, kUserId, ValueType::Sid, false);
    chunk.close_empty_element();
    chunk.end_element();  // System
    chunk.substitution(true, layout.event_data, ValueType::BinXml);
    chunk.end_element();  // Event
  }

  template <typename T>
  void optional_integer(ChunkBuilder::ValueList& list, ValueType type,
                        const std::optional<T>& number) {
    if (number) {
      chunk.integer_value(list, type, *number);
    } else {
      chunk.null_value(list);
    }
  }

  void optional_guid(ChunkBuilder::ValueList& list, const std::optional<Guid>& guid) {
    if (guid) {
      chunk.value(list, ValueType::Guid, false, std::as_bytes(std::span(guid->bytes)));
    } else {
      chunk.null_value(list);
    }
  }

  /// Without the NUL at its end, as provider and channel are stored.
  void optional_text(ChunkBuilder::ValueList& list, std::string_view utf8) {
    if (utf8.empty()) {
      chunk.null_value(list);
    } else {
      chunk.utf16_value(list, to_utf16(utf8));
    }
  }

  void write_instance(const EventSpec& event, std::uint64_t id) {
    const SystemLayout& layout = layout_of(event);
    key.assign(1, layout.literal_provider ? 'C' : 'S');
    append_key(key, event.computer);
    if (layout.literal_provider) {
      append_key(key, event.provider);
      append_key(key, event.provider_guid);
      append_key(key, event.event_source_name);
      append_key(key, event.channel);
    }
    if (chunk.begin_template_instance(template_of_key())) {
      system_template(event, layout);
      chunk.end_template();
    }
    ChunkBuilder::ValueList list = chunk.begin_values(layout.event_data + 1u);
    chunk.integer_value(list, ValueType::UInt8, event.level);
    optional_integer(list, ValueType::UInt8, event.opcode);
    chunk.integer_value(list, ValueType::UInt16, event.task);
    chunk.integer_value(list, ValueType::UInt16, event.event_id);
    optional_integer(list, ValueType::UInt16, event.qualifiers);
    chunk.integer_value(list, ValueType::HexInt64, event.keywords);
    chunk.integer_value(list, ValueType::FileTime, to_filetime(event.time));
    optional_guid(list, event.activity_id);
    optional_integer(list, ValueType::UInt32, event.process_id);
    optional_integer(list, ValueType::UInt32, event.thread_id);
    chunk.integer_value(list, ValueType::UInt64, id);
    optional_integer(list, ValueType::UInt8, event.version);
    if (event.user_sid) {
      chunk.value(list, event.user_sid->type, event.user_sid->array, event.user_sid->bytes);
    } else {
      chunk.null_value(list);
    }
    chunk.null_value(list);  // Number 13: the related activity, or nothing.
    if (!layout.literal_provider) {
      optional_text(list, event.provider);
      optional_guid(list, event.provider_guid);
      optional_text(list, event.channel);
    } else {
      for (int unused = 14; unused <= layout.related_activity_id; ++unused) chunk.null_value(list);
    }

    const std::size_t begun = chunk.begin_value();
    chunk.fragment_header();
    if (event.style == RecordStyle::Classic) {
      classic_data(event);
    } else {
      manifest_data(event);
    }
    chunk.end_of_fragment();
    chunk.end_value(list, begun, ValueType::BinXml, false);
  }

  void classic_data(const EventSpec& event) {
    if (chunk.begin_template_instance(classic_template)) {
      chunk.open_element(Name::EventData);
      chunk.close_start_element();
      chunk.open_element(Name::Data, false, kClassicStrings);
      chunk.close_start_element();
      chunk.substitution(true, kClassicStrings, ValueType::String, true);
      chunk.end_element();
      chunk.open_element(Name::Binary, false, kClassicBinary);
      chunk.close_start_element();
      chunk.substitution(true, kClassicBinary, ValueType::Binary);
      chunk.end_element();
      chunk.end_element();
      chunk.end_template();
    }
    ChunkBuilder::ValueList list = chunk.begin_values(kClassicValueCount);
    strings.clear();
    for (const DataItem& item : event.data) {
      const std::vector<std::byte>& bytes = item.value.bytes;
      strings.insert(strings.end(), bytes.begin(), bytes.end());
      const bool ended =
          bytes.size() >= 2 && load_le<std::uint16_t>(bytes.data() + bytes.size() - 2) == 0;
      if (!ended) strings.insert(strings.end(), 2, std::byte{0});
    }
    if (event.data.empty()) {
      chunk.null_value(list);
    } else {
      chunk.value(list, ValueType::String, true, strings);
    }
    const std::size_t binary_bytes = event.binary ? event.binary->size() : 0;
    chunk.integer_value(list, ValueType::UInt32, static_cast<std::uint32_t>(binary_bytes));
    if (event.binary) {
      chunk.value(list, ValueType::Binary, false, *event.binary);
    } else {
      chunk.null_value(list);
    }
  }

  void manifest_data(const EventSpec& event) {
    key.assign(1, 'M');
    append_key(key, event.provider);
    append_key(key, event.provider_guid);
    key +=
        fmt::format("{}.{}{}", event.event_id, event.version.value_or(0), event.binary ? "B" : "");
    for (const DataItem& item : event.data) {
      append_key(key, item.name);
      key += static_cast<char>(item.value.type);
      key += item.value.array ? '1' : '0';
    }
    const auto items = static_cast<std::uint16_t>(event.data.size());
    if (chunk.begin_template_instance(template_of_key())) {
      chunk.open_element(Name::EventData);
      chunk.close_start_element();
      for (std::uint16_t i = 0; i < items; ++i) {
        const DataItem& item = event.data[i];
        const bool absent = item.value.type == ValueType::Null;
        chunk.open_element(Name::Data, !item.name.empty(), absent ? i : kNoDependency);
        if (!item.name.empty()) text_attribute(Name::NameAttribute, item.name, false);
        chunk.close_start_element();
        chunk.substitution(absent, i, declared_type(item.value), item.value.array);
        chunk.end_element();
      }
      if (event.binary) {
        chunk.open_element(Name::Binary);
        chunk.close_start_element();
        chunk.substitution(false, items, ValueType::Binary);
        chunk.end_element();
      }
      chunk.end_element();
      chunk.end_template();
    }
    ChunkBuilder::ValueList list = chunk.begin_values(items + (event.binary ? 1u : 0u));
    for (const DataItem& item : event.data) {
      chunk.value(list, item.value.type, item.value.array, item.value.bytes);
    }
    if (event.binary) chunk.value(list, ValueType::Binary, false, *event.binary);
  }

  // Events without templates. What is not known has no element, as in forwarded events.

  void write_inline(const EventSpec& event, std::uint64_t id) {
    event_start(kNoDependency);
    provider_element(event);
    chunk.open_element(Name::EventId, event.qualifiers.has_value());
    if (event.qualifiers) {
      text_attribute(Name::Qualifiers, fmt::format("{}", *event.qualifiers), false);
    }
    chunk.close_start_element();
    text(fmt::format("{}", event.event_id));
    chunk.end_element();
    if (event.version) text_element(Name::Version, fmt::format("{}", *event.version));
    text_element(Name::Level, fmt::format("{}", event.level));
    text_element(Name::Task, fmt::format("{}", event.task));
    if (event.opcode) text_element(Name::Opcode, fmt::format("{}", *event.opcode));
    text_element(Name::Keywords, fmt::format("{:#x}", event.keywords));
    chunk.open_element(Name::TimeCreated, true);
    // Nine decimals, of which the last two are always 0 (issue_201.evtx in the corpus).
    std::string time = format_utc(event.time, 7);
    time.insert(time.size() - 1, "00");
    text_attribute(Name::SystemTime, time, false);
    chunk.close_empty_element();
    text_element(Name::EventRecordId, fmt::format("{}", id));
    if (event.activity_id) {
      chunk.open_element(Name::Correlation, true);
      text_attribute(Name::ActivityId, event.activity_id->to_string(), false);
      chunk.close_empty_element();
    }
    if (event.process_id || event.thread_id) {
      chunk.open_element(Name::Execution, true);
      if (event.process_id) {
        text_attribute(Name::ProcessId, fmt::format("{}", *event.process_id),
                       event.thread_id.has_value());
      }
      if (event.thread_id) {
        text_attribute(Name::ThreadId, fmt::format("{}", *event.thread_id), false);
      }
      chunk.close_empty_element();
    }
    if (!event.channel.empty()) text_element(Name::Channel, event.channel);
    if (!event.computer.empty()) text_element(Name::Computer, event.computer);
    chunk.open_element(Name::Security, event.user_sid.has_value());
    if (event.user_sid) {
      text_attribute(Name::UserId, view_of(*event.user_sid).to_text(), false);
    }
    chunk.close_empty_element();
    chunk.end_element();  // System
    chunk.open_element(Name::EventData);
    chunk.close_start_element();
    for (const DataItem& item : event.data) inline_item(item);
    if (event.binary) {
      text_element(Name::Binary, ValueView{ValueType::Binary, false, *event.binary}.to_text());
    }
    chunk.end_element();
    chunk.end_element();  // Event
  }

  /// Each element of an array becomes an element of its own, as its rendering would have it.
  void inline_item(const DataItem& item) {
    view_of(item.value).for_each_element([&](const ValueView& value) {
      chunk.open_element(Name::Data, !item.name.empty());
      if (!item.name.empty()) text_attribute(Name::NameAttribute, item.name, false);
      chunk.close_start_element();
      if (value.type == ValueType::String) {
        // Unit by unit: what is no valid UTF-16 survives.
        const Utf16View units = value.as_utf16();
        std::u16string copy;
        for (std::size_t i = 0; i < units.size(); ++i) copy += units[i];
        if (!copy.empty()) chunk.text(copy);
      } else {
        text(value.to_text());
      }
      chunk.end_element();
    });
  }

  void write_file_header() {
    std::byte* header = file.data();
    std::memcpy(header, kFileMagic.data(), kFileMagic.size());
    store_le(header + 8, std::uint64_t{0});  // First chunk
    store_le(header + 16, chunks - 1);       // Last chunk
    store_le(header + 24, next_record_id);
    store_le(header + 32, static_cast<std::uint32_t>(kFileHeaderBytes));
    store_le(header + 36, options.minor_version);
    store_le(header + 38, std::uint16_t{3});  // Major version
    store_le(header + 40, static_cast<std::uint16_t>(kFileBlockBytes));
    // The count has 16 bits; logs above 4 GiB exist, and readers go by the file's size.
    store_le(header + 42, static_cast<std::uint16_t>(chunks));
    store_le(header + 120, (options.dirty ? kFlagDirty : 0) | (options.full ? kFlagFull : 0));
    // Over the bytes before the flags, so that the dirty flag can be set without it.
    store_le(header + 124, crc32_of(0, Bytes(file).first(120)));
  }
};

Writer::Writer(WriterOptions options) : impl_(std::make_unique<Impl>(options)) {}
Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

std::uint64_t Writer::record_count() const {
  return impl_->records;
}

Result<void> Writer::add(const EventSpec& event) {
  Impl& impl = *impl_;
  const std::uint64_t id = event.record_id.value_or(impl.next_record_id);
  if (event.style == RecordStyle::Classic) {
    if (Result<void> fine = check_classic(event, id); !fine) return fine;
  }
  // Each item takes four bytes, so more than these fit no chunk; their numbers stay in 16 bits.
  if (event.data.size() > kChunkBytes / 4) {
    return fail(ErrorCode::Limit,
                fmt::format("record {} has {} items, and a chunk holds {} bytes of records; "
                            "shorten its data",
                            id, event.data.size(), kChunkRoom));
  }
  bool written = impl.write_record(event, id);
  if (!written && !impl.chunk.empty()) {
    impl.seal_chunk();
    written = impl.write_record(event, id);
  }
  if (!written) {
    return fail(ErrorCode::Limit,
                fmt::format("record {} needs {} bytes, and a chunk holds {} bytes of records; "
                            "shorten its data",
                            id, impl.chunk.last_record_bytes(), kChunkRoom));
  }
  ++impl.records;
  impl.next_record_id = id + 1;
  return {};
}

std::vector<std::byte> Writer::finish() {
  if (!impl_->chunk.empty() || impl_->chunks == 0) impl_->seal_chunk();
  impl_->write_file_header();
  std::vector<std::byte> file = std::move(impl_->file);
  *this = Writer(impl_->options);
  return file;
}

Result<void> Writer::finish_to(const std::filesystem::path& path) {
  return write_file(path, finish());
}

}  // namespace dropscope::evtx
