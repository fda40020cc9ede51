#pragma once

// Writes .evt files for tests by formats/evt/FORMAT.md.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/utf16.h"
#include "formats/evt/evt.h"

namespace dropscope::evt {

struct RecordSpec {
  std::uint32_t event_id = 0;
  std::uint32_t seconds = 0;
  std::string source;
  std::string computer;
  std::vector<std::string> strings;
  std::vector<std::uint8_t> sid = {};
  std::string data = {};
};

class TestLog {
 public:
  /// A ring of `ring` bytes behind the header, of zeros.
  explicit TestLog(std::size_t ring) : bytes_(kHeaderBytes + ring) {}

  void add(const RecordSpec& spec) {
    const std::vector<std::byte> record = encode(spec);
    // A header is never split; what fills the end belongs to the record before.
    const std::size_t left = bytes_.size() - at_;
    const std::size_t filling = left < kRecordHeaderBytes ? left : 0;
    drop_oldest(filling + record.size() + kEndRecordBytes);
    if (filling != 0) {
      for (; at_ < bytes_.size(); at_ += 4) put_at(at_, kSkip);
      at_ = kHeaderBytes;
      wrapped_ = true;
      if (!places_.empty()) places_.back().size += filling;
      free_ -= filling;
    }
    places_.push_back({at_, record.size()});
    for (const std::byte b : record) {
      bytes_[at_++] = b;
      if (at_ == bytes_.size()) {
        at_ = kHeaderBytes;
        wrapped_ = true;
      }
    }
    free_ -= record.size();
    ++number_;
  }

  /// With `flags` kDirty the header keeps the places of an empty log.
  std::vector<std::byte> finish(std::uint32_t flags = 0) {
    const std::size_t begin = places_.empty() ? at_ : places_.front().offset;
    const auto oldest = static_cast<std::uint32_t>(number_ - places_.size());
    const std::uint32_t end[] = {0x28,       0x11111111, 0x22222222,   0x33333333, 0x44444444,
                                 u32(begin), u32(at_),   u32(number_), oldest,     0x28};
    std::size_t at = at_;
    for (const std::uint32_t word : end) {
      put_at(at, word);
      at += 4;
      if (at == bytes_.size()) at = kHeaderBytes;
    }
    const bool dirty = (flags & kDirty) != 0;
    const std::uint32_t header[] = {0x30,
                                    kSignature,
                                    1,
                                    1,
                                    dirty ? u32(kHeaderBytes) : u32(begin),
                                    dirty ? u32(kHeaderBytes) : u32(at_),
                                    dirty ? 1 : u32(number_),
                                    dirty ? 0 : oldest,
                                    u32(bytes_.size()),
                                    flags | (wrapped_ ? kWrapped : 0u),
                                    0,
                                    0x30};
    for (std::size_t i = 0; i < std::size(header); ++i) put_at(4 * i, header[i]);
    return bytes_;
  }

 private:
  struct Place {
    std::size_t offset;
    std::size_t size;
  };

  static std::uint32_t u32(std::size_t value) { return static_cast<std::uint32_t>(value); }
  void put_at(std::size_t at, std::uint32_t word) { store_le(bytes_.data() + at, word); }

  void drop_oldest(std::size_t need) {
    if (free_ == 0 && places_.empty()) free_ = bytes_.size() - kHeaderBytes;
    while (free_ < need && !places_.empty()) {
      free_ += places_.front().size;
      places_.erase(places_.begin());
    }
  }

  std::vector<std::byte> encode(const RecordSpec& spec) const {
    std::vector<std::byte> out(kRecordHeaderBytes);
    const auto append_text = [&](const std::string& text) {
      const std::u16string units = to_utf16(text) + u'\0';
      const auto* begin = reinterpret_cast<const std::byte*>(units.data());
      out.insert(out.end(), begin, begin + units.size() * 2);
    };
    append_text(spec.source);
    append_text(spec.computer);
    while (out.size() % 4 != 0) out.push_back(std::byte{0});
    const std::size_t sid = out.size();
    for (const std::uint8_t b : spec.sid) out.push_back(std::byte{b});
    const std::size_t strings = out.size();
    for (const std::string& text : spec.strings) append_text(text);
    const std::size_t data = out.size();
    for (const char c : spec.data) out.push_back(static_cast<std::byte>(c));
    while (out.size() % 4 != 0) out.push_back(std::byte{0});
    out.resize(out.size() + 4);
    const std::uint32_t size = u32(out.size());
    const auto put = [&](std::size_t at, auto value) { store_le(out.data() + at, value); };
    put(0, size);
    put(4, kSignature);
    put(8, u32(number_));
    put(12, spec.seconds);
    put(16, spec.seconds);
    put(20, spec.event_id);
    put(24, std::uint16_t{4});
    put(26, static_cast<std::uint16_t>(spec.strings.size()));
    put(36, u32(strings));
    put(40, u32(spec.sid.size()));
    put(44, u32(sid));
    put(48, u32(spec.data.size()));
    put(52, u32(data));
    put(out.size() - 4, size);
    return out;
  }

  std::vector<std::byte> bytes_;
  std::vector<Place> places_;
  std::size_t at_ = kHeaderBytes;
  std::size_t free_ = 0;
  std::size_t number_ = 1;
  bool wrapped_ = false;
};

}  // namespace dropscope::evt
