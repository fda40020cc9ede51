#include "formats/evtx/recover_event.h"

#include <algorithm>
#include <cstring>

namespace dropscope::evtx {
namespace {

constexpr std::size_t kFragmentHeaderBytes = 4;
/// Token, a byte that is 1, template id, offset of the definition (FORMAT.md, "BinXML").
constexpr std::size_t kInstanceBytes = 10;
/// Next definition, GUID, length.
constexpr std::size_t kDefinitionBytes = 24;
constexpr std::size_t kGuidInDefinition = 4;

/// A template instance: where it stands, and what it says of its template.
struct Instance {
  std::size_t at = 0;  ///< Of the token.
  std::uint32_t id = 0;
  std::uint32_t definition = 0;
  bool in_place = false;   ///< The definition follows.
  std::size_t values = 0;  ///< Where their count stands.
};

bool defines(Bytes bytes, std::size_t at, std::uint32_t id) {
  return fits(bytes, at, kDefinitionBytes) &&
         load_le<std::uint32_t>(bytes.data() + at + kGuidInDefinition) == id;
}

/// The instance that the fragment [begin, end) consists of; nothing for one without a template.
std::optional<Instance> instance_in(Bytes bytes, std::size_t begin, std::size_t end) {
  std::size_t at = begin;
  while (end - at >= kFragmentHeaderBytes && bytes[at] == std::byte{0x0f}) {
    at += kFragmentHeaderBytes;
  }
  if (end - at < kInstanceBytes || (std::to_integer<std::uint8_t>(bytes[at]) & ~kTokenMore) !=
                                       static_cast<std::uint8_t>(Token::TemplateInstance)) {
    return std::nullopt;
  }
  Instance out;
  out.at = at;
  out.id = load_le<std::uint32_t>(bytes.data() + at + 2);
  out.definition = load_le<std::uint32_t>(bytes.data() + at + 6);
  out.values = at + kInstanceBytes;
  if (defines(bytes.first(end), out.values, out.id)) {
    const std::size_t length = load_le<std::uint32_t>(bytes.data() + out.values + 20);
    if (length <= end - out.values - kDefinitionBytes) {
      out.in_place = true;
      out.values += kDefinitionBytes + length;
    }
  }
  return out;
}

/// Whether the instance's offset leads to its template, if the bytes are those of its chunk.
bool leads_to_template(Bytes chunk, const Instance& instance) {
  if (instance.in_place) return instance.definition == instance.at + kInstanceBytes;
  return defines(chunk, instance.definition, instance.id);
}

/// The values of an instance; false, with those before it, at the first that does not fit.
bool read_values(Bytes bytes, const Instance& instance, std::size_t end,
                 std::vector<ValueView>& out) {
  std::size_t at = instance.values;
  if (end - at < 4) return false;
  const std::size_t count = load_le<std::uint32_t>(bytes.data() + at);
  at += 4;
  if (count > (end - at) / 4) return false;
  std::size_t data = at + 4 * count;
  for (std::size_t i = 0; i < count; ++i, at += 4) {
    const std::size_t size = load_le<std::uint16_t>(bytes.data() + at);
    const auto type = std::to_integer<std::uint8_t>(bytes[at + 2]);
    if (size > end - data) return false;
    out.push_back({static_cast<ValueType>(type & ~kArrayBit), (type & kArrayBit) != 0,
                   bytes.subspan(data, size)});
    data += size;
  }
  return true;
}

/// Appends the offsets of all fragments that are values of the fragment at [begin, end), and of
/// those inside them. Each lies inside the one before it, so the depth bounds the work.
void find_nested(Bytes bytes, std::size_t begin, std::size_t end, int depth,
                 std::vector<std::size_t>& out, bool& sound) {
  const auto instance = instance_in(bytes, begin, end);
  if (!instance) return;
  if (!leads_to_template(bytes, *instance)) sound = false;
  if (depth + 1 >= BinXmlReader::kMaxFragments) return;
  std::vector<ValueView> values;
  (void)read_values(bytes, *instance, end, values);
  for (const ValueView& value : values) {
    if (value.type != ValueType::BinXml || value.bytes.empty()) continue;
    const auto at = static_cast<std::size_t>(value.bytes.data() - bytes.data());
    if (depth == 0) out.push_back(at);
    find_nested(bytes, at, at + value.bytes.size(), depth + 1, out, sound);
  }
}

/// The name whose characters are at `offset` of the chunk (FORMAT.md, "Names").
bool name_is_sound(Bytes chunk, std::size_t offset, std::size_t units) {
  if (offset < 8 || !fits(chunk, offset, 2 * units + 2)) return false;
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < units; ++i) {
    hash = hash * 65599u + load_le<std::uint16_t>(chunk.data() + offset + 2 * i);
  }
  return units > 0 &&
         load_le<std::uint16_t>(chunk.data() + offset - 4) == static_cast<std::uint16_t>(hash) &&
         load_le<std::uint16_t>(chunk.data() + offset + 2 * units) == 0;
}

/// Looks at every name that a walk shows.
class NameCheck {
 public:
  explicit NameCheck(Bytes chunk) : chunk_(chunk) {}
  [[nodiscard]] bool sound() const { return sound_; }

  void start_element(Utf16View name) { look_at(name); }
  void end_attributes(bool) {}
  void end_element(Utf16View) {}
  void start_attribute(Utf16View name) { look_at(name); }
  void end_attribute() {}
  void value(const ValueView&) {}
  void cdata(Utf16View) {}
  void char_ref(char16_t) {}
  void entity_ref(Utf16View name) { look_at(name); }
  void pi(Utf16View target, Utf16View) { look_at(target); }
  void damaged(const BinXmlError&) {}

 private:
  void look_at(Utf16View name) {
    const auto offset = static_cast<std::size_t>(name.bytes().data() - chunk_.data());
    sound_ = sound_ && name_is_sound(chunk_, offset, name.size());
  }

  Bytes chunk_;
  bool sound_ = true;
};

bool holds_record(ChunkBase base, std::size_t at, std::size_t size) {
  const auto record = static_cast<ChunkBase>(at);
  return record >= base + static_cast<ChunkBase>(kChunkHeaderBytes) &&
         record + static_cast<ChunkBase>(size) <= base + static_cast<ChunkBase>(kChunkBytes);
}

/// The chunk of a record that brings its own template, or, without one, the name of its first
/// element.
std::optional<ChunkBase> base_by_itself(Bytes input, std::size_t at, std::size_t size) {
  const std::size_t begin = at + kRecordHeaderBytes;
  const std::size_t end = at + size - 4;
  if (const auto instance = instance_in(input, begin, end)) {
    if (!instance->in_place) return std::nullopt;
    return static_cast<ChunkBase>(instance->at + kInstanceBytes) - instance->definition;
  }
  // Token, size of the element, offset of its name, which follows.
  const std::size_t element = begin + kFragmentHeaderBytes;
  const std::size_t name = element + 9;
  if (!fits(input.first(end), element, 9 + 8)) return std::nullopt;
  if ((std::to_integer<std::uint8_t>(input[element]) & ~kTokenMore) !=
      static_cast<std::uint8_t>(Token::OpenStartElement)) {
    return std::nullopt;
  }
  const std::size_t units = load_le<std::uint16_t>(input.data() + name + 6);
  if (!name_is_sound(input.first(end), name + 8, units)) return std::nullopt;
  return static_cast<ChunkBase>(name) - load_le<std::uint32_t>(input.data() + element + 5);
}

/// Text of scripts whose characters are rare in other data: Chinese would be found everywhere.
bool is_text_unit(std::uint16_t unit) {
  return (unit >= 0x20 && unit < 0x7f) || (unit >= 0xa0 && unit < 0x530);
}

constexpr std::size_t kMinRun = 4;  // As the tool "strings" has it.

/// Bytes of a literal text whose token is at the beginning of `bytes`: token, type String, count,
/// text, and a token again. Nothing when that is not there. Takes the bytes looked at from
/// `budget`.
Bytes literal_in(Bytes bytes, std::size_t& budget) {
  if (bytes.size() < 5 || (bytes[0] & std::byte{0xbf}) != std::byte{0x05} ||
      bytes[1] != std::byte{0x01}) {
    return {};
  }
  const std::size_t size = std::size_t{2} * load_le<std::uint16_t>(bytes.data() + 2);
  if (size == 0 || size > budget || !fits(bytes, 4, size + 1)) return {};
  budget -= size;
  const Utf16View text(bytes.subspan(4, size));
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char16_t unit = text[i];
    const bool control = unit < 0x20 && unit != u'\t' && unit != u'\n' && unit != u'\r';
    if (control) return {};
  }
  const auto next = std::to_integer<std::uint8_t>(bytes[4 + size]) & ~kTokenMore;
  return next > 0 && next <= static_cast<int>(Token::FragmentHeader) ? text.bytes() : Bytes();
}

void find_text(Bytes bytes, std::vector<ValueView>& out) {
  // What looks like the beginning of a long literal may stand everywhere in hostile bytes.
  std::size_t budget = 16 * bytes.size();
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Bytes literal = literal_in(bytes.subspan(at), budget);
    if (!literal.empty()) {
      out.push_back({ValueType::String, false, literal});
      at += 4 + literal.size();
      continue;
    }
    std::size_t end = at;
    while (end + 2 <= bytes.size() && is_text_unit(load_le<std::uint16_t>(bytes.data() + end))) {
      end += 2;
    }
    if (end - at >= 2 * kMinRun) {
      out.push_back({ValueType::String, false, bytes.subspan(at, end - at)});
      at = end;
    } else {
      ++at;  // Text in a record need not be aligned.
    }
  }
}

bool append_values(Bytes bytes, std::size_t begin, std::size_t end, int depth,
                   std::vector<ValueView>& out) {
  const auto instance = instance_in(bytes, begin, end);
  if (!instance) return false;
  std::vector<ValueView> values;
  if (!read_values(bytes, *instance, end, values)) return false;
  for (const ValueView& value : values) {
    if (value.type == ValueType::BinXml && !value.array) {
      const auto at = static_cast<std::size_t>(value.bytes.data() - bytes.data());
      const bool nested = depth + 1 < BinXmlReader::kMaxFragments &&
                          append_values(bytes, at, at + value.bytes.size(), depth + 1, out);
      if (!nested) find_text(value.bytes, out);
    } else {
      out.push_back(value);
    }
  }
  return true;
}

}  // namespace

void record_values(Bytes record, std::vector<ValueView>& out) {
  out.clear();
  if (record.size() < kRecordHeaderBytes + 4) return;
  const std::size_t end = record.size() - 4;
  if (!append_values(record, kRecordHeaderBytes, end, 0, out)) {
    find_text(record.subspan(kRecordHeaderBytes, end - kRecordHeaderBytes), out);
  }
}

Bytes EventResolver::chunk_at(ChunkBase base) {
  if (base >= 0) {
    const auto at = static_cast<std::size_t>(base);
    return input_.subspan(at, std::min(kChunkBytes, input_.size() - at));
  }
  if (edge_base_ != base) {
    const auto missing = static_cast<std::size_t>(-base);
    edge_.assign(kChunkBytes, std::byte{0});
    const std::size_t size = std::min(kChunkBytes - missing, input_.size());
    std::memcpy(edge_.data() + missing, input_.data(), size);
    edge_base_ = base;
    begun_ = {};
  }
  return edge_;
}

void EventResolver::begin(Bytes chunk) {
  if (!begun_.empty() && begun_.data() == chunk.data() && begun_.size() == chunk.size()) return;
  binxml_.begin_chunk(chunk);
  begun_ = chunk;
}

EventResolver::Check EventResolver::check(std::size_t offset, std::size_t size) {
  Check out;
  out.fragment = binxml_.fragment(offset, size);
  if (!out.fragment) return out;
  NameCheck names(binxml_.chunk());
  out.whole = walk(binxml_, *out.fragment, names);
  out.names_sound = names.sound();
  return out;
}

EventResolver::Answer EventResolver::try_base(std::size_t at, std::size_t size, ChunkBase base) {
  Answer out;
  if (!holds_record(base, at, size)) return out;
  const Bytes chunk = chunk_at(base);
  const auto offset =
      static_cast<std::size_t>(static_cast<ChunkBase>(at) - base) + kRecordHeaderBytes;
  const std::size_t length = size - kRecordHeaderBytes - 4;
  if (const auto instance = instance_in(chunk, offset, offset + length);
      instance && !leads_to_template(chunk, *instance)) {
    return out;
  }
  nested_.clear();
  bool nested_sound = true;
  find_nested(chunk, offset, offset + length, 0, nested_, nested_sound);
  Rendered rendered = Rendered::Part;
  Check found;
  if (nested_sound) {
    begin(chunk);
    found = check(offset, length);
    if (!found.fragment) return out;
    if (found.names_sound && found.whole) rendered = Rendered::Whole;
  }
  if (!nested_sound || !found.names_sound) {
    if (nested_.empty()) return out;
    // The nested fragments are made unreadable in a copy, so that what shows the event leaves them
    // out: 0x1f is no token.
    altered_.assign(chunk.begin(), chunk.end());
    for (const std::size_t nested : nested_) altered_[nested] = std::byte{0x1f};
    begun_ = {};
    binxml_.begin_chunk(altered_);
    found = check(offset, length);
    if (!found.fragment || !found.names_sound) return out;
  }
  out.rendered = rendered;
  out.event.emplace(binxml_, *found.fragment);
  out.base = base;
  return out;
}

std::optional<ChunkBase> EventResolver::base_by_search(std::size_t at, std::size_t size) {
  const std::size_t begin = at + kRecordHeaderBytes;
  const auto instance = instance_in(input_, begin, at + size - 4);
  if (!instance || instance->in_place) return std::nullopt;
  const std::size_t from = at - std::min(at, kChunkBytes);
  // In proportion to what has been passed, so that a hostile input cannot make it quadratic.
  if (searched_ > kSearchPerByte * (std::uint64_t{at} + kChunkBytes)) return std::nullopt;
  searched_ += at - from;
  // The instance that brought the template: the same id and offset, and the GUID behind them.
  const Bytes wanted = input_.subspan(instance->at + 2, 8);
  const Bytes window = input_.subspan(from, at - from);
  auto place = window.begin();
  while (true) {
    place = std::search(place, window.end(), wanted.begin(), wanted.end());
    if (place == window.end()) return std::nullopt;
    const std::size_t definition = from + static_cast<std::size_t>(place - window.begin()) + 8;
    if (defines(input_, definition, instance->id)) {
      const ChunkBase base = static_cast<ChunkBase>(definition) - instance->definition;
      if (holds_record(base, at, size)) return base;
    }
    ++place;
  }
}

EventResolver::Answer EventResolver::resolve(
    std::size_t at, std::size_t size, std::initializer_list<std::optional<ChunkBase>> known) {
  Answer best;
  std::vector<ChunkBase> tried;
  const auto attempt = [&](std::optional<ChunkBase> base) {
    if (!base || std::find(tried.begin(), tried.end(), *base) != tried.end()) return;
    tried.push_back(*base);
    Answer answer = try_base(at, size, *base);
    if (answer.rendered < best.rendered) best = answer;
  };
  for (const auto base : known) {
    attempt(base);
    if (best.rendered == Rendered::Whole) return best;
  }
  attempt(base_by_itself(input_, at, size));
  if (best.rendered != Rendered::Whole) attempt(base_by_search(at, size));
  // A later attempt has put the reader into another chunk.
  if (best.base && *best.base != tried.back()) best = try_base(at, size, *best.base);
  return best;
}

}  // namespace dropscope::evtx
