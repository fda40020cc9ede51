// A hive is a heap of cells that refer to each other by offset. Nothing keeps a hostile one from
// having a key below itself, or ten thousand lists of values that are all the same list. So every
// key and every value is read once: a second way to it is damage. That, and a budget for values
// that are put together from pieces, bounds the whole walk by the size of the file.

#include "formats/registry/hive.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/utf16.h"

namespace dropscope::registry {
namespace {

/// Windows allows keys 512 deep ("Registry element size limits").
constexpr std::size_t kMaxDepth = 512;
/// Longer names than Windows allows for keys (255) and values (16,383 characters) are damage.
constexpr std::size_t kMaxKeyNameBytes = 255 * 2;
constexpr std::size_t kMaxValueNameBytes = 16'383 * 2;
/// Where values go into pieces ("db"): above this size, since version 1.4 (FORMAT.md).
constexpr std::size_t kPieceBytes = 16'344;
/// Size field of a value that stands in its own record.
constexpr std::uint32_t kInline = 0x8000'0000;
constexpr std::uint32_t kNone = 0xffff'ffff;

constexpr std::uint16_t kKeyNameIsBytes = 0x20;    // KEY_COMP_NAME
constexpr std::uint16_t kKeyIsPredefined = 0x40;   // KEY_PREDEF_HANDLE: its value fields mean else.
constexpr std::uint16_t kValueNameIsBytes = 0x01;  // VALUE_COMP_NAME

template <typename T>
T at(Bytes bytes, std::size_t offset) {
  return load_le<T>(bytes.data() + offset);
}

/// Names of ASCII and Latin-1 are kept as bytes.
std::string decode_name(Bytes bytes, bool one_byte) {
  std::string out;
  if (!one_byte) {
    append_utf8(out, Utf16View(bytes));
    return out;
  }
  for (const std::byte b : bytes) append_code_point(out, std::to_integer<unsigned char>(b));
  return out;
}

/// One bit for each place where a cell can begin (every 8 bytes).
class Seen {
 public:
  explicit Seen(std::size_t bytes) : bits_(bytes / 8 + 1) {}
  /// False when it was there already.
  bool add(std::size_t offset) {
    auto bit = bits_[offset / 8];
    if (bit) return false;
    bit = true;
    return true;
  }

 private:
  std::vector<bool> bits_;
};

class Walk {
 public:
  Walk(Bytes bytes, const HiveHeader& header, Visitor* visitor)
      : cells_(bytes.subspan(kBaseBlockBytes)),
        header_(header),
        visitor_(visitor),
        seen_(cells_.size()),
        budget_(cells_.size()) {}

  /// The blocks that cells lie in; nothing is read by them, but a broken one explains much.
  void check_blocks() {
    for (std::size_t offset = 0; offset < cells_.size();) {
      // What lies behind the length that the header tells is left over from earlier.
      if (offset >= header_.data_bytes) return;
      if (!fits(cells_, offset, 32) || as_text(cells_.subspan(offset, 4)) != "hbin") {
        damage(offset,
               fmt::format("expected a block that begins with \"hbin\", found \"{}\"; keys in "
                           "it are read where others lead to them",
                           printable(as_text(cells_.subspan(
                               offset, std::min<std::size_t>(4, cells_.size() - offset))))));
        return;
      }
      const auto size = at<std::uint32_t>(cells_, offset + 8);
      if (size == 0 || size % 4096 != 0 || size > cells_.size() - offset) {
        damage(offset, fmt::format("expected a block whose size is a multiple of 4096 and ends in "
                                   "the file, found a size of {}",
                                   size));
        return;
      }
      offset += size;
    }
    if (cells_.size() < header_.data_bytes) {
      damage(cells_.size(),
             fmt::format("expected {} bytes of data as the header says, found {}; the "
                         "file is cut",
                         header_.data_bytes, cells_.size()));
    }
  }

  /// Name and offset of each key below the one at `offset`, whose own record must be good.
  std::vector<std::pair<std::string, std::uint32_t>> names_below(std::uint32_t offset) {
    std::vector<std::pair<std::string, std::uint32_t>> out;
    const std::optional<Bytes> key = key_record(offset, "the root");
    if (!key) return out;
    for (const std::uint32_t child : children(*key)) {
      if (const auto record = key_record(child, "a key")) {
        out.emplace_back(key_name(*record), child);
      }
    }
    return out;
  }

  [[nodiscard]] bool has_root() { return key_record(header_.root_cell, "the root").has_value(); }

  Counts run(std::string_view root) {
    check_blocks();
    struct Level {
      std::vector<std::uint32_t> keys;  // Reversed: the next one is at the end.
      std::size_t path_bytes;           // Of the key that they are below.
    };
    std::vector<Level> levels;
    std::string path(root);
    if (const auto record = key_record(header_.root_cell, "the root")) {
      seen_.add(header_.root_cell);
      visitor_->key(path, place(header_.root_cell));
      read_values(*record);
      levels.push_back({reversed(children(*record)), path.size()});
    }
    while (!levels.empty()) {
      if (levels.back().keys.empty()) {
        levels.pop_back();
        continue;
      }
      const std::uint32_t offset = levels.back().keys.back();
      levels.back().keys.pop_back();
      path.resize(levels.back().path_bytes);
      const auto record = key_record(offset, "a key");
      if (!record) continue;
      if (!seen_.add(offset)) {
        damage(offset, "expected a key that is listed once, found it a second time");
        continue;
      }
      if (!path.empty()) path += '\\';
      path += key_name(*record);
      ++counts_.keys;
      visitor_->key(path, place(offset));
      read_values(*record);
      if (levels.size() == kMaxDepth) {
        damage(offset,
               fmt::format("expected keys at most {} deep, found more; those below are left "
                           "out",
                           kMaxDepth));
        continue;
      }
      levels.push_back({reversed(children(*record)), path.size()});
    }
    return counts_;
  }

 private:
  static std::uint64_t place(std::size_t cell) { return kBaseBlockBytes + cell; }

  void damage(std::size_t cell, std::string what) {
    if (visitor_ != nullptr) visitor_->damage(place(cell), std::move(what));
  }

  static std::vector<std::uint32_t> reversed(std::vector<std::uint32_t> keys) {
    std::reverse(keys.begin(), keys.end());
    return keys;
  }

  /// The content of the cell at `offset`, when it lies in the file. A free cell has a positive
  /// size: a reference to one is damage, but its content is mostly still there.
  std::optional<Bytes> cell(std::uint32_t offset) const {
    if (offset % 8 != 0 || !fits(cells_, offset, 4)) return std::nullopt;
    const auto size = at<std::int32_t>(cells_, offset);
    const std::int64_t wide = size;
    const auto bytes = static_cast<std::uint64_t>(wide < 0 ? -wide : wide);
    if (bytes < 4 || !fits(cells_, offset, static_cast<std::size_t>(bytes))) return std::nullopt;
    return cells_.subspan(offset + 4, static_cast<std::size_t>(bytes) - 4);
  }

  static std::string found(const std::optional<Bytes>& content) {
    if (!content) return "no cell";
    return "\"" + printable(as_text(content->first(std::min<std::size_t>(2, content->size())))) +
           "\"";
  }

  std::optional<Bytes> key_record(std::uint32_t offset, std::string_view what) {
    const auto content = cell(offset);
    // Up to the length of the class name; the name follows.
    constexpr std::size_t kFixedBytes = 76;
    if (!content || content->size() < kFixedBytes || as_text(content->first(2)) != "nk") {
      damage(offset, fmt::format("expected {} (\"nk\"), found {}; it is left out with all below",
                                 what, found(content)));
      return std::nullopt;
    }
    const auto bytes = at<std::uint16_t>(*content, 72);
    if (bytes > kMaxKeyNameBytes || !fits(*content, kFixedBytes, bytes)) {
      damage(offset, fmt::format("expected a key whose name ends in its cell, found a name of {} "
                                 "bytes; it is left out with all below",
                                 bytes));
      return std::nullopt;
    }
    return content;
  }

  static std::string key_name(Bytes record) {
    return decode_name(record.subspan(76, at<std::uint16_t>(record, 72)),
                       (at<std::uint16_t>(record, 2) & kKeyNameIsBytes) != 0);
  }

  /// The keys below a key, from its list or list of lists.
  std::vector<std::uint32_t> children(Bytes record) {
    std::vector<std::uint32_t> out;
    const auto count = at<std::uint32_t>(record, 20);
    const auto list = at<std::uint32_t>(record, 28);
    if (count == 0 || list == kNone) return out;
    add_list(list, 0, out);
    if (out.size() != count) {
      damage(list, fmt::format("expected {} as the key says, found {}", count_of(count, "key"),
                               out.size()));
    }
    return out;
  }

  void add_list(std::uint32_t offset, int depth, std::vector<std::uint32_t>& out) {
    const auto content = cell(offset);
    const std::string_view kind =
        content && content->size() >= 4 ? as_text(content->first(2)) : std::string_view();
    // "lf" and "lh" have a hint for each key, "li" has not; "ri" lists other lists.
    const std::size_t step = kind == "lf" || kind == "lh"   ? 8
                             : kind == "li" || kind == "ri" ? 4
                                                            : 0;
    if (step == 0 || (kind == "ri" && depth > 0)) {
      damage(offset,
             fmt::format("expected a list of keys, found {}; they are left out", found(content)));
      return;
    }
    if (!seen_.add(offset)) {
      damage(offset, "expected a list of keys that is used once, found it a second time");
      return;
    }
    const auto count = at<std::uint16_t>(*content, 2);
    const std::size_t room = (content->size() - 4) / step;
    if (count > room) {
      damage(offset,
             fmt::format("expected a list of {} that ends in its cell, which has room for {}",
                         count_of(count, "key"), room));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(count, room); ++i) {
      const auto entry = at<std::uint32_t>(*content, 4 + i * step);
      if (kind == "ri") {
        add_list(entry, depth + 1, out);
      } else {
        out.push_back(entry);
      }
    }
  }

  void read_values(Bytes key) {
    const auto count = at<std::uint32_t>(key, 36);
    const auto list = at<std::uint32_t>(key, 40);
    const bool predefined = (at<std::uint16_t>(key, 2) & kKeyIsPredefined) != 0;
    if (count == 0 || list == kNone || predefined) return;
    const auto content = cell(list);
    if (!content) {
      damage(list, fmt::format("expected a list of {}, found no cell; they are left out",
                               count_of(count, "value")));
      return;
    }
    if (!seen_.add(list)) {
      damage(list, "expected a list of values that is used once, found it a second time");
      return;
    }
    const std::size_t room = content->size() / 4;
    if (count > room) {
      damage(list, fmt::format("expected a list of {} that ends in its cell, which has room for {}",
                               count_of(count, "value"), room));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(count, room); ++i) {
      read_value(at<std::uint32_t>(*content, 4 * i));
    }
  }

  void read_value(std::uint32_t offset) {
    const auto content = cell(offset);
    constexpr std::size_t kFixedBytes = 20;
    if (!content || content->size() < kFixedBytes || as_text(content->first(2)) != "vk") {
      damage(offset,
             fmt::format("expected a value (\"vk\"), found {}; it is left out", found(content)));
      return;
    }
    if (!seen_.add(offset)) {
      damage(offset, "expected a value that is listed once, found it a second time");
      return;
    }
    const auto name_bytes = at<std::uint16_t>(*content, 2);
    if (name_bytes > kMaxValueNameBytes || !fits(*content, kFixedBytes, name_bytes)) {
      damage(offset, fmt::format("expected a value whose name ends in its cell, found a name of {} "
                                 "bytes; it is left out",
                                 name_bytes));
      return;
    }
    const auto data = value_data(offset, *content);
    if (!data) return;
    const std::string name =
        decode_name(content->subspan(kFixedBytes, name_bytes),
                    (at<std::uint16_t>(*content, 16) & kValueNameIsBytes) != 0);
    ++counts_.values;
    visitor_->value(
        {name, static_cast<Type>(at<std::uint32_t>(*content, 12)), *data, place(offset)});
  }

  std::optional<Bytes> value_data(std::uint32_t offset, Bytes value) {
    const auto size_field = at<std::uint32_t>(value, 4);
    const std::size_t size = size_field & ~kInline;
    if ((size_field & kInline) != 0) {
      if (size <= 4) return value.subspan(8, size);
      damage(offset,
             fmt::format("expected at most 4 bytes in a value's own record, found {}; it is "
                         "left out",
                         size));
      return std::nullopt;
    }
    if (size == 0) return Bytes();
    const auto from = at<std::uint32_t>(value, 8);
    const auto content = cell(from);
    if (content && size > kPieceBytes && header_.minor > 3 && content->size() >= 8 &&
        as_text(content->first(2)) == "db") {
      return from_pieces(offset, *content, size);
    }
    if (!content || content->size() < size) {
      damage(offset, fmt::format("expected {} bytes of a value in a cell, found {}; it is left out",
                                 size, content ? fmt::format("{}", content->size()) : "no cell"));
      return std::nullopt;
    }
    return content->first(size);
  }

  std::optional<Bytes> from_pieces(std::uint32_t offset, Bytes record, std::size_t size) {
    const auto wrong = [&] {
      damage(
          offset,
          fmt::format("expected a value of {} bytes in pieces, found fewer; it is left out", size));
      return std::nullopt;
    };
    if (size > budget_) return wrong();
    budget_ -= size;
    pieces_.clear();
    const auto count = at<std::uint16_t>(record, 2);
    const auto list = cell(at<std::uint32_t>(record, 4));
    if (!list) return wrong();
    for (std::size_t i = 0; i < count && pieces_.size() < size; ++i) {
      if (!fits(*list, 4 * i, 4)) return wrong();
      const auto piece = cell(at<std::uint32_t>(*list, 4 * i));
      if (!piece) return wrong();
      const std::size_t take = std::min({size - pieces_.size(), kPieceBytes, piece->size()});
      pieces_.insert(pieces_.end(), piece->begin(),
                     piece->begin() + static_cast<std::ptrdiff_t>(take));
    }
    if (pieces_.size() != size) return wrong();
    return pieces_;
  }

  Bytes cells_;
  const HiveHeader& header_;
  Visitor* visitor_;
  Seen seen_;
  std::size_t budget_;  // Bytes that may still be put together from pieces.
  std::vector<std::byte> pieces_;
  Counts counts_;
};

bool has_key(const std::vector<std::string>& keys, std::string_view name) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return equals_nocase_ascii(key, name); });
}

}  // namespace

std::uint32_t base_block_checksum(Bytes bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 508; i += 4) sum ^= at<std::uint32_t>(bytes, i);
  // 0 and all ones are not used.
  if (sum == 0) return 1;
  return sum == kNone ? kNone - 1 : sum;
}

Result<HiveHeader> read_hive_header(Bytes bytes) {
  if (!as_text(bytes).starts_with(kHiveMagic)) {
    return fail(ErrorCode::Corrupt,
                fmt::format("is no registry hive: expected \"{}\" at offset 0", kHiveMagic));
  }
  // Logs have a base block of one sector.
  constexpr std::size_t kSectorBytes = 512;
  if (bytes.size() < kSectorBytes) {
    return fail(ErrorCode::Corrupt, fmt::format("is cut: expected a header of {} bytes, found {}",
                                                kSectorBytes, bytes.size()));
  }
  HiveHeader header;
  header.primary_sequence = at<std::uint32_t>(bytes, 4);
  header.secondary_sequence = at<std::uint32_t>(bytes, 8);
  header.written = instant_from_filetime(at<std::uint64_t>(bytes, 12));
  header.major = at<std::uint32_t>(bytes, 20);
  header.minor = at<std::uint32_t>(bytes, 24);
  header.type = at<std::uint32_t>(bytes, 28);
  header.root_cell = at<std::uint32_t>(bytes, 36);
  header.data_bytes = at<std::uint32_t>(bytes, 40);
  const Utf16View name(bytes.subspan(48, 64));
  std::size_t length = 0;
  while (length < name.size() && name[length] != 0) ++length;
  header.name = to_utf8(name.substr(0, length));
  header.checksum_good = base_block_checksum(bytes) == at<std::uint32_t>(bytes, 508);
  return header;
}

Result<Hive> Hive::open(Bytes bytes) {
  if (as_text(bytes).starts_with(kWindows9xMagic)) {
    return fail(ErrorCode::Unsupported,
                "a registry file of Windows 95, 98 or Me; hives of Windows NT and later are read");
  }
  auto header = read_hive_header(bytes);
  if (!header) return fail(header.error());
  if (header->type != 0) {
    return fail(ErrorCode::Unsupported, "a transaction log of a hive, not a hive itself");
  }
  if (bytes.size() <= kBaseBlockBytes) {
    return fail(ErrorCode::Corrupt,
                fmt::format("is cut: expected more than the header of {} bytes, found {}",
                            kBaseBlockBytes, bytes.size()));
  }
  Hive hive(bytes, std::move(*header));
  Walk walk(bytes, hive.header_, nullptr);
  if (!walk.has_root()) {
    return fail(ErrorCode::Corrupt,
                fmt::format("the hive is damaged: expected its first key at offset {}, found none",
                            kBaseBlockBytes + std::uint64_t{hive.header_.root_cell}));
  }
  for (auto& [name, offset] : walk.names_below(hive.header_.root_cell)) {
    hive.root_keys_.push_back(std::move(name));
  }
  return hive;
}

HiveKind Hive::kind() const {
  if (has_key(root_keys_, "Select") && has_key(root_keys_, "ControlSet001"))
    return HiveKind::System;
  if (has_key(root_keys_, "Software") &&
      (has_key(root_keys_, "Control Panel") || has_key(root_keys_, "Environment"))) {
    return HiveKind::User;
  }
  if (has_key(root_keys_, "Microsoft") && has_key(root_keys_, "Classes")) return HiveKind::Software;
  return HiveKind::Unknown;
}

Counts Hive::walk(std::string_view root, Visitor& visitor) const {
  return Walk(bytes_, header_, &visitor).run(root);
}

}  // namespace dropscope::registry
