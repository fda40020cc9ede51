#pragma once

// BinXML by hand, token by token, for records that no sound writer produces.
//
// The buffer is a chunk from its first byte on, so that positions in it are the offsets that names
// and templates need. Names are stored in place unless name_at() refers to an earlier one.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/evtx/format.h"

namespace dropscope::evtx::test {

/// Bytes of a value: little-endian integer, UTF-16 text, or as given.
template <typename T>
std::vector<std::byte> le(T number) {
  std::vector<std::byte> out(sizeof(T));
  store_le(out.data(), number);
  return out;
}
inline std::vector<std::byte> utf16(std::u16string_view text) {
  std::vector<std::byte> out;
  for (const char16_t unit : text) {
    out.push_back(static_cast<std::byte>(unit & 0xff));
    out.push_back(static_cast<std::byte>(unit >> 8));
  }
  return out;
}
inline std::vector<std::byte> raw(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

struct TestValue {
  int type = 0;  ///< With the array bit, if any.
  std::vector<std::byte> bytes;
};

class BinXmlBytes {
 public:
  BinXmlBytes() : bytes_(kChunkHeaderBytes) {}

  [[nodiscard]] std::size_t pos() const { return bytes_.size(); }
  [[nodiscard]] Bytes bytes() const { return bytes_; }
  std::vector<std::byte>& buffer() { return bytes_; }

  BinXmlBytes& u8(int value) { return append(le(static_cast<std::uint8_t>(value))); }
  BinXmlBytes& u16(std::size_t value) { return append(le(static_cast<std::uint16_t>(value))); }
  BinXmlBytes& u32(std::size_t value) { return append(le(static_cast<std::uint32_t>(value))); }
  BinXmlBytes& u64(std::uint64_t value) { return append(le(value)); }
  BinXmlBytes& append(const std::vector<std::byte>& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  void set_u32(std::size_t at, std::size_t value) {
    store_le(bytes_.data() + at, static_cast<std::uint32_t>(value));
  }

  BinXmlBytes& header() { return append(raw({0x0f, 1, 1, 0})); }
  BinXmlBytes& eof() { return u8(0); }

  /// Reference and definition in place.
  BinXmlBytes& name(std::u16string_view text) {
    u32(pos() + 4).u32(0).u16(name_hash(text)).u16(text.size());
    return append(utf16(text)).u16(0);
  }
  BinXmlBytes& name_at(std::size_t offset) { return u32(offset); }

  /// Start of an element, with a dependency identifier when inside a template.
  BinXmlBytes& open(std::u16string_view text, bool attributes = false) {
    return open_at(attributes).name(text).attribute_list(attributes);
  }
  BinXmlBytes& open_ref(std::size_t name_offset, bool attributes = false) {
    return open_at(attributes).name_at(name_offset).attribute_list(attributes);
  }
  BinXmlBytes& attribute(std::u16string_view text) { return u8(0x06).name(text); }
  BinXmlBytes& close() { return u8(0x02); }
  BinXmlBytes& close_empty() { return u8(0x03); }
  BinXmlBytes& end() { return u8(0x04); }
  BinXmlBytes& text(std::u16string_view text) {
    return u8(0x05).u8(0x01).u16(text.size()).append(utf16(text));
  }
  BinXmlBytes& cdata(std::u16string_view text) {
    return u8(0x07).u16(text.size()).append(utf16(text));
  }
  BinXmlBytes& char_ref(int unit) { return u8(0x08).u16(static_cast<std::size_t>(unit)); }
  BinXmlBytes& entity(std::u16string_view text) { return u8(0x09).name(text); }
  BinXmlBytes& pi(std::u16string_view target, std::u16string_view data) {
    return u8(0x0a).name(target).u8(0x0b).u16(data.size()).append(utf16(data));
  }
  BinXmlBytes& normal(int index, int type) {
    return u8(0x0d).u16(static_cast<std::size_t>(index)).u8(type);
  }
  BinXmlBytes& optional(int index, int type) {
    return u8(0x0e).u16(static_cast<std::size_t>(index)).u8(type);
  }

  /// A template instance with its definition in place; its tokens follow, then end_template().
  BinXmlBytes& begin_template() {
    u8(0x0c).u8(1).u32(0x1234).u32(pos() + 4);
    template_ = pos();
    u32(0).append(std::vector<std::byte>(16)).u32(0);
    in_template_ = true;
    return header();
  }
  BinXmlBytes& end_template() {
    eof();
    set_u32(template_ + 20, pos() - template_ - 24);
    in_template_ = false;
    return *this;
  }
  /// An instance of the template defined at `offset`.
  BinXmlBytes& use_template(std::size_t offset) { return u8(0x0c).u8(1).u32(0x1234).u32(offset); }
  [[nodiscard]] std::size_t template_offset() const { return template_; }

  BinXmlBytes& values(const std::vector<TestValue>& values) {
    u32(values.size());
    for (const TestValue& value : values) u16(value.bytes.size()).u8(value.type).u8(0);
    for (const TestValue& value : values) append(value.bytes);
    return *this;
  }

  /// Record header; end_record() completes both sizes, padded to eight bytes.
  BinXmlBytes& begin_record(std::uint64_t id, std::uint64_t filetime = 0) {
    record_ = pos();
    return u32(kRecordMagic).u32(0).u64(id).u64(filetime);
  }
  BinXmlBytes& end_record() {
    while ((pos() + 4 - record_) % 8 != 0) u8(0);
    u32(pos() + 4 - record_);
    set_u32(record_ + 4, pos() - record_);
    return *this;
  }
  [[nodiscard]] std::size_t record_offset() const { return record_; }

  /// A chunk of what was written, with a sound header.
  [[nodiscard]] std::vector<std::byte> chunk() const {
    std::vector<std::byte> out = bytes_;
    const std::size_t end = out.size();
    out.resize(std::max(end, kChunkBytes));
    seal(out, static_cast<std::uint32_t>(end));
    return out;
  }

  /// Writes magic, sizes and CRCs into the header of a chunk.
  static void seal(std::vector<std::byte>& chunk, std::uint32_t free_space) {
    std::byte* p = chunk.data();
    std::memcpy(p, kChunkMagic.data(), kChunkMagic.size());
    store_le(p + 40, std::uint32_t{128});
    store_le(p + 48, free_space);
    store_le(p + 52, crc(0, p + 512, free_space - 512));
    store_le(p + 124, crc(crc(0, p, 120), p + 128, 384));
  }

  /// A log of these chunks, with a sound file header.
  static std::vector<std::byte> file(const std::vector<std::vector<std::byte>>& chunks,
                                     std::uint32_t flags = 0) {
    std::vector<std::byte> out(kFileBlockBytes);
    std::memcpy(out.data(), kFileMagic.data(), kFileMagic.size());
    store_le(out.data() + 16, static_cast<std::uint64_t>(chunks.size() - 1));
    store_le(out.data() + 32, std::uint32_t{128});
    store_le(out.data() + 36, std::uint16_t{1});
    store_le(out.data() + 38, std::uint16_t{3});
    store_le(out.data() + 40, static_cast<std::uint16_t>(kFileBlockBytes));
    store_le(out.data() + 42, static_cast<std::uint16_t>(chunks.size()));
    store_le(out.data() + 120, flags);
    seal_file_header(out);
    for (const auto& chunk : chunks) out.insert(out.end(), chunk.begin(), chunk.end());
    return out;
  }
  static void seal_file_header(std::vector<std::byte>& file) {
    store_le(file.data() + 124, crc(0, file.data(), 120));
  }

 private:
  /// CRC-32 of IEEE 802.3, bit by bit: the format's checksum, computed without the reader's
  /// library.
  static std::uint32_t crc(std::uint32_t start, const std::byte* p, std::size_t size) {
    std::uint32_t value = ~start;
    for (std::size_t i = 0; i < size; ++i) {
      value ^= std::to_integer<std::uint32_t>(p[i]);
      for (int bit = 0; bit < 8; ++bit) {
        value = (value & 1u) != 0 ? value >> 1 ^ 0xedb88320u : value >> 1;
      }
    }
    return ~value;
  }

  std::vector<std::byte> bytes_;
  std::size_t template_ = 0;
  std::size_t record_ = 0;
  bool in_template_ = false;

  BinXmlBytes& open_at(bool attributes = false) {
    u8(attributes ? 0x41 : 0x01);
    if (in_template_) u16(0xffff);
    return u32(0);
  }
  BinXmlBytes& attribute_list(bool attributes) { return attributes ? u32(0) : *this; }
};

}  // namespace dropscope::evtx::test
