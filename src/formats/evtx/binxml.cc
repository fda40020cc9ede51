#include "formats/evtx/binxml.h"

#include <algorithm>
#include <utility>

namespace dropscope::evtx {

BinXmlReader::BinXmlReader(KeepTemplates keep) : templates_(keep) {}
BinXmlReader::~BinXmlReader() = default;
BinXmlReader::BinXmlReader(BinXmlReader&&) noexcept = default;
BinXmlReader& BinXmlReader::operator=(BinXmlReader&&) noexcept = default;

void BinXmlReader::begin_chunk(Bytes chunk) {
  chunk_ = chunk;
  templates_.begin_chunk(chunk);
}

bool BinXmlReader::read_values(std::size_t pos, std::size_t end, ValueTable& values) {
  if (end - pos < 4) return set_error(pos, "number of substitution values is cut off");
  const std::size_t count = load_le<std::uint32_t>(chunk_.data() + pos);
  pos += 4;
  if (count > (end - pos) / 4) return set_error(pos - 4, "more substitution values than bytes");
  const std::byte* const descriptors = chunk_.data() + pos;
  const std::size_t data = pos + 4 * count;
  std::size_t total = 0;
  for (std::size_t i = 0; i < count; ++i) total += load_le<std::uint16_t>(descriptors + 4 * i);
  if (total > end - data) return set_error(pos, "substitution values reach beyond the record");
  values = ValueTable(descriptors, count, chunk_.data() + data);
  return true;
}

std::optional<Fragment> BinXmlReader::fragment(std::size_t offset, std::size_t size, int depth) {
  if (depth >= kMaxFragments) {
    set_error(offset, "fragments are nested too deeply");
    return std::nullopt;
  }
  if (!fits(chunk_, offset, size)) {
    set_error(std::min(offset, chunk_.size()), "fragment reaches beyond the chunk");
    return std::nullopt;
  }
  if (depth == 0) walk_limit_ = kChunkBytes + kWalkPerByte * size;
  Scratch& scratch = scratch_[static_cast<std::size_t>(depth)];
  std::size_t pos = offset;
  const std::size_t end = offset + size;
  while (end - pos >= 4 && std::to_integer<std::uint8_t>(chunk_[pos]) ==
                               static_cast<std::uint8_t>(Token::FragmentHeader)) {
    pos += 4;
  }
  if (pos < end && (std::to_integer<std::uint8_t>(chunk_[pos]) & ~kTokenMore) ==
                       static_cast<std::uint8_t>(Token::TemplateInstance)) {
    // Token (1), unknown (1), template id (4), offset of the definition (4).
    if (end - pos < 10) {
      set_error(pos, "template instance is cut off");
      return std::nullopt;
    }
    const std::size_t definition = load_le<std::uint32_t>(chunk_.data() + pos + 6);
    pos += 10;
    const Program* program = templates_.at(definition, pos - 4, error_);
    if (program == nullptr) return std::nullopt;
    if (definition == pos) {
      const std::size_t data = load_le<std::uint32_t>(chunk_.data() + definition + 20);
      if (kTemplateHeaderBytes + data > end - pos) {
        set_error(pos, "template stored in place reaches beyond the record");
        return std::nullopt;
      }
      pos += kTemplateHeaderBytes + data;
    }
    Fragment result{program, {}};
    if (!read_values(pos, end, result.values)) return std::nullopt;
    return result;
  }
  if (!compile(chunk_, pos, end, false, scratch.inline_program, error_)) return std::nullopt;
  return Fragment{&scratch.inline_program, {}};
}

}  // namespace dropscope::evtx
