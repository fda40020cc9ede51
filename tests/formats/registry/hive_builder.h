#pragma once

// Makes small hives, sound or not.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/registry/hive.h"

namespace dropscope::registry {

/// Puts a hive together cell by cell (FORMAT.md).
class HiveBuilder {
 public:
  HiveBuilder() : bytes_(kBaseBlockBytes + 32) { set_text(kBaseBlockBytes, "hbin"); }

  std::uint32_t cell(std::vector<std::byte> content) {
    content.resize((content.size() + 4 + 7) / 8 * 8 - 4);
    const auto offset = static_cast<std::uint32_t>(bytes_.size() - kBaseBlockBytes);
    bytes_.resize(bytes_.size() + 4 + content.size());
    store_le(at(offset), -static_cast<std::int32_t>(content.size() + 4));
    std::copy(content.begin(), content.end(),
              bytes_.end() - static_cast<std::ptrdiff_t>(content.size()));
    return offset;
  }

  std::uint32_t key(std::string_view name, std::uint32_t count = 0, std::uint32_t list = ~0u,
                    std::uint32_t values = 0, std::uint32_t value_list = ~0u) {
    std::vector<std::byte> out(76 + name.size());
    put(out, 0, "nk");
    store_le<std::uint16_t>(out.data() + 2, 0x20);
    store_le(out.data() + 20, count);
    store_le(out.data() + 28, list);
    store_le(out.data() + 36, values);
    store_le(out.data() + 40, value_list);
    store_le(out.data() + 72, static_cast<std::uint16_t>(name.size()));
    put(out, 76, name);
    return cell(out);
  }

  std::uint32_t value(std::string_view name, std::uint32_t size, std::uint32_t data, Type type) {
    std::vector<std::byte> out(20 + name.size());
    put(out, 0, "vk");
    store_le(out.data() + 2, static_cast<std::uint16_t>(name.size()));
    store_le(out.data() + 4, size);
    store_le(out.data() + 8, data);
    store_le(out.data() + 12, static_cast<std::uint32_t>(type));
    store_le<std::uint16_t>(out.data() + 16, 1);
    put(out, 20, name);
    return cell(out);
  }

  std::uint32_t list(std::string_view kind, const std::vector<std::uint32_t>& entries) {
    const std::size_t step = kind == "li" || kind == "ri" ? 4 : 8;
    std::vector<std::byte> out(4 + entries.size() * step);
    put(out, 0, kind);
    store_le(out.data() + 2, static_cast<std::uint16_t>(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i)
      store_le(out.data() + 4 + i * step, entries[i]);
    return cell(out);
  }

  std::uint32_t offsets(const std::vector<std::uint32_t>& entries) {
    std::vector<std::byte> out(entries.size() * 4);
    for (std::size_t i = 0; i < entries.size(); ++i) store_le(out.data() + 4 * i, entries[i]);
    return cell(out);
  }

  std::vector<std::byte> finish(std::uint32_t root) {
    const std::size_t data = (bytes_.size() - kBaseBlockBytes + 4095) / 4096 * 4096;
    bytes_.resize(kBaseBlockBytes + data);
    set_text(0, kHiveMagic);
    store_le<std::uint32_t>(bytes_.data() + 20, 1);
    store_le<std::uint32_t>(bytes_.data() + 24, 5);
    store_le(bytes_.data() + 36, root);
    store_le(bytes_.data() + 40, static_cast<std::uint32_t>(data));
    store_le(bytes_.data() + kBaseBlockBytes + 8, static_cast<std::uint32_t>(data));
    store_le(bytes_.data() + 508, base_block_checksum(bytes_));
    return bytes_;
  }

  std::byte* at(std::uint32_t offset) { return bytes_.data() + kBaseBlockBytes + offset; }

 private:
  static void put(std::vector<std::byte>& out, std::size_t at, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) out[at + i] = static_cast<std::byte>(text[i]);
  }
  void set_text(std::size_t at, std::string_view text) { put(bytes_, at, text); }

  std::vector<std::byte> bytes_;
};

}  // namespace dropscope::registry
