// The layout is that of FORMAT.md, which names the fields as here. What the published descriptions
// leave open is measured on logs that Windows wrote: new entries go to the head of their hash
// chain, and a template's bucket is the name hash over its GUID taken as eight UTF-16 units (exact
// for all 2,055 entries in 21 logs of version 3.1; version 3.2 uses another, unknown function, and
// no reader is known that needs the bucket).

#include "formats/evtx/chunk_builder.h"

#include <algorithm>
#include <cstring>

#include "base/result.h"
#include "formats/evtx/crc32.h"

namespace dropscope::evtx {
namespace {

struct NameEntry {
  std::u16string_view text;
  std::uint16_t hash = 0;
};

constexpr NameEntry entry(std::u16string_view text) {
  return {text, name_hash(text)};
}

/// In the order of the enum Name.
constexpr std::array<NameEntry, kNameCount> kNames = {
    entry(u"Event"),
    entry(u"xmlns"),
    entry(u"System"),
    entry(u"Provider"),
    entry(u"Name"),
    entry(u"Guid"),
    entry(u"EventSourceName"),
    entry(u"EventID"),
    entry(u"Qualifiers"),
    entry(u"Version"),
    entry(u"Level"),
    entry(u"Task"),
    entry(u"Opcode"),
    entry(u"Keywords"),
    entry(u"TimeCreated"),
    entry(u"SystemTime"),
    entry(u"EventRecordID"),
    entry(u"Correlation"),
    entry(u"ActivityID"),
    entry(u"RelatedActivityID"),
    entry(u"Execution"),
    entry(u"ProcessID"),
    entry(u"ThreadID"),
    entry(u"Channel"),
    entry(u"Computer"),
    entry(u"Security"),
    entry(u"UserID"),
    entry(u"EventData"),
    entry(u"Data"),
    entry(u"Binary"),
};
static_assert(kNames[static_cast<std::size_t>(Name::Binary)].text == u"Binary");

/// Offsets in the chunk header (FORMAT.md, "Chunk").
constexpr std::size_t kFirstRecordNumberAt = 8;
constexpr std::size_t kHeaderSizeAt = 40;
constexpr std::size_t kFlagsAt = 120;
constexpr std::size_t kHeaderCrcAt = 124;
constexpr std::size_t kStringTableAt = 128;
constexpr std::size_t kTemplateTableAt = 384;

/// Bytes of BinXML that open a fragment: token, version 1.1, flags 0.
constexpr std::array<std::byte, 4> kFragmentHeader = {std::byte{0x0f}, std::byte{0x01},
                                                      std::byte{0x01}, std::byte{0x00}};

std::size_t template_bucket(const Guid& guid) {
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < guid.bytes.size(); i += 2) {
    const std::uint32_t unit = guid.bytes[i] + (std::uint32_t{guid.bytes[i + 1]} << 8);
    hash = hash * 65599u + unit;
  }
  return hash % kTemplateBuckets;
}

}  // namespace

ChunkBuilder::ChunkBuilder() : buffer_(kChunkBytes) {}

TemplateId ChunkBuilder::add_template(const Guid& guid) {
  template_guid_.push_back(guid);
  template_offset_.push_back(0);
  return static_cast<TemplateId>(template_guid_.size() - 1);
}

void ChunkBuilder::begin_record(std::uint64_t id, std::uint64_t filetime) {
  tables_before_ = tables_;
  new_names_.clear();
  new_templates_.clear();
  record_start_ = position_;
  record_id_ = id;
  put_integer(kRecordMagic);
  put_integer(std::uint32_t{0});  // The size, known at the end.
  put_integer(id);
  put_integer(filetime);
}

bool ChunkBuilder::end_record() {
  check(open_elements_.empty() && !in_template_, "a record is ended with its elements closed");
  // Record sizes are multiples of 8 in every log looked at; the size's copy is the last thing.
  const std::size_t used = position_ + sizeof(std::uint32_t) - record_start_;
  const std::size_t size = (used + 7) / 8 * 8;
  last_record_bytes_ = size;
  if (size > kChunkHeaderBytes + kChunkRoom - record_start_) {
    for (Name name : new_names_) name_offset_[static_cast<std::size_t>(name)] = 0;
    for (TemplateId id : new_templates_) template_offset_[id] = 0;
    tables_ = tables_before_;
    std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(record_start_), buffer_.end(),
              std::byte{0});
    position_ = record_start_;
    return false;
  }
  patch(record_start_ + 4, static_cast<std::uint32_t>(size));
  position_ = record_start_ + size - sizeof(std::uint32_t);
  put_integer(static_cast<std::uint32_t>(size));

  if (record_count_ == 0) first_id_ = record_id_;
  last_id_ = record_id_;
  last_record_offset_ = record_start_;
  ++record_count_;
  return true;
}

void ChunkBuilder::seal(std::vector<std::byte>& out, std::uint64_t first_record_number) {
  std::byte* header = buffer_.data();
  std::memcpy(header, kChunkMagic.data(), kChunkMagic.size());
  // A chunk without records has no numbers; evtxinfo calls the log corrupt when the last one is
  // below the first.
  constexpr std::uint64_t kNone = ~std::uint64_t{0};
  const bool none = record_count_ == 0;
  const std::uint64_t first_number = none ? kNone : first_record_number;
  const std::uint64_t last_number = none ? kNone : first_record_number + record_count_ - 1;
  const std::uint64_t first_id = none ? kNone : first_id_;
  const std::uint64_t last_id = none ? kNone : last_id_;
  std::size_t at = kFirstRecordNumberAt;
  for (std::uint64_t number : {first_number, last_number, first_id, last_id}) {
    store_le(header + at, number);
    at += sizeof number;
  }
  const std::size_t records_bytes = position_ - kChunkHeaderBytes;
  at = kHeaderSizeAt;
  for (std::uint32_t number :
       {std::uint32_t{128}, static_cast<std::uint32_t>(last_record_offset_),
        static_cast<std::uint32_t>(position_),
        crc32_of(0, Bytes(buffer_).subspan(kChunkHeaderBytes, records_bytes))}) {
    store_le(header + at, number);
    at += sizeof number;
  }
  // 1 in 224 of the 225 chunks looked at, 5 in the other; the meaning is not published.
  store_le(header + kFlagsAt, std::uint32_t{1});
  for (std::size_t i = 0; i < kStringBuckets; ++i) {
    store_le(header + kStringTableAt + 4 * i, tables_.names[i]);
  }
  for (std::size_t i = 0; i < kTemplateBuckets; ++i) {
    store_le(header + kTemplateTableAt + 4 * i, tables_.templates[i]);
  }
  const Bytes header_bytes = Bytes(buffer_).first(kChunkHeaderBytes);
  store_le(header + kHeaderCrcAt, crc32_of(crc32_of(0, header_bytes.first(kFlagsAt)),
                                           header_bytes.subspan(kStringTableAt)));

  out.insert(out.end(), buffer_.begin(), buffer_.end());
  clear();
}

void ChunkBuilder::clear() {
  std::fill(buffer_.begin(), buffer_.end(), std::byte{0});
  position_ = kChunkHeaderBytes;
  name_offset_.fill(0);
  std::fill(template_offset_.begin(), template_offset_.end(), 0);
  tables_ = {};
  record_count_ = 0;
  last_record_offset_ = 0;
}

void ChunkBuilder::fragment_header() {
  put(kFragmentHeader.data(), kFragmentHeader.size());
}

void ChunkBuilder::open_element(Name name, bool has_attributes, std::uint16_t dependency) {
  put(Token::OpenStartElement, has_attributes ? kTokenMore : std::uint8_t{0});
  if (in_template_) put_integer(dependency);
  OpenElement element;
  element.size_field = position_;
  put_integer(std::uint32_t{0});
  name_reference(name);
  if (has_attributes) {
    element.attribute_size_field = position_;
    put_integer(std::uint32_t{0});
  }
  open_elements_.push_back(element);
}

void ChunkBuilder::attribute(Name name, bool more_follow) {
  put(Token::Attribute, more_follow ? kTokenMore : std::uint8_t{0});
  name_reference(name);
}

void ChunkBuilder::close_attribute_list() {
  std::size_t& field = open_elements_.back().attribute_size_field;
  if (field != 0) patch(field, static_cast<std::uint32_t>(position_ - field - 4));
  field = 0;
}

void ChunkBuilder::close_start_element() {
  close_attribute_list();
  put(Token::CloseStartElement);
}

void ChunkBuilder::close_empty_element() {
  close_attribute_list();
  put(Token::CloseEmptyElement);
  const std::size_t field = open_elements_.back().size_field;
  patch(field, static_cast<std::uint32_t>(position_ - field - 4));
  open_elements_.pop_back();
}

void ChunkBuilder::end_element() {
  put(Token::EndElement);
  const std::size_t field = open_elements_.back().size_field;
  patch(field, static_cast<std::uint32_t>(position_ - field - 4));
  open_elements_.pop_back();
}

void ChunkBuilder::text(std::u16string_view text) {
  put(Token::Value);
  put_integer(static_cast<std::uint8_t>(ValueType::String));
  // The count has 16 bits; a longer text does not fit the chunk anyway.
  put_integer(static_cast<std::uint16_t>(text.size()));
  put_utf16(text);
}

void ChunkBuilder::substitution(bool optional, std::uint16_t index, ValueType type, bool array) {
  put(optional ? Token::OptionalSubstitution : Token::NormalSubstitution);
  put_integer(index);
  put_integer(static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) | (array ? kArrayBit : 0)));
}

bool ChunkBuilder::begin_template_instance(TemplateId id) {
  const Guid& guid = template_guid_[id];
  put(Token::TemplateInstance);
  put_integer(std::uint8_t{1});
  put(reinterpret_cast<const std::byte*>(guid.bytes.data()), 4);
  if (template_offset_[id] != 0) {
    put_integer(template_offset_[id]);
    return false;
  }
  const auto here = static_cast<std::uint32_t>(position_ + 4);
  put_integer(here);
  std::uint32_t& head = tables_.templates[template_bucket(guid)];
  put_integer(head);
  head = here;
  template_offset_[id] = here;
  new_templates_.push_back(id);
  put(reinterpret_cast<const std::byte*>(guid.bytes.data()), guid.bytes.size());
  put_integer(std::uint32_t{0});  // Length of what follows, known at the end.
  open_template_ = id;
  in_template_ = true;
  fragment_header();
  return true;
}

void ChunkBuilder::end_template() {
  end_of_fragment();
  const std::size_t length_field = template_offset_[open_template_] + 20;
  patch(length_field, static_cast<std::uint32_t>(position_ - length_field - 4));
  in_template_ = false;
}

ChunkBuilder::ValueList ChunkBuilder::begin_values(std::uint32_t count) {
  put_integer(count);
  ValueList list{position_};
  position_ += 4 * std::size_t{count};
  return list;
}

void ChunkBuilder::descriptor(ValueList& list, ValueType type, bool array, std::size_t size) {
  // A size above 16 bits does not fit the chunk; the record is taken back then.
  patch(list.next_descriptor, static_cast<std::uint16_t>(size));
  patch(list.next_descriptor + 2,
        static_cast<std::uint16_t>(static_cast<unsigned>(type) | (array ? kArrayBit : 0u)));
  list.next_descriptor += 4;
}

void ChunkBuilder::value(ValueList& list, ValueType type, bool array, Bytes bytes) {
  descriptor(list, type, array, bytes.size());
  put(bytes.data(), bytes.size());
}

std::size_t ChunkBuilder::begin_value() {
  return position_;
}

void ChunkBuilder::end_value(ValueList& list, std::size_t begun, ValueType type, bool array) {
  descriptor(list, type, array, position_ - begun);
}

void ChunkBuilder::put(const std::byte* data, std::size_t size) {
  if (size != 0 && fits(buffer_, position_, size)) {
    std::memcpy(buffer_.data() + position_, data, size);
  }
  position_ += size;
}

void ChunkBuilder::put(Token token, std::uint8_t flags) {
  put_integer(static_cast<std::uint8_t>(static_cast<std::uint8_t>(token) | flags));
}

void ChunkBuilder::put_utf16(std::u16string_view text) {
  for (char16_t unit : text) put_integer(static_cast<std::uint16_t>(unit));
}

void ChunkBuilder::name_reference(Name name) {
  const auto index = static_cast<std::size_t>(name);
  if (name_offset_[index] != 0) {
    put_integer(name_offset_[index]);
    return;
  }
  const NameEntry& stored = kNames[index];
  const auto here = static_cast<std::uint32_t>(position_ + 4);
  put_integer(here);
  std::uint32_t& head = tables_.names[stored.hash % kStringBuckets];
  put_integer(head);
  head = here;
  name_offset_[index] = here;
  new_names_.push_back(name);
  put_integer(stored.hash);
  put_integer(static_cast<std::uint16_t>(stored.text.size()));
  put_utf16(stored.text);
  put_integer(std::uint16_t{0});
}

}  // namespace dropscope::evtx
