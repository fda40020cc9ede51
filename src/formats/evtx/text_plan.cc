#include "formats/evtx/text_plan.h"

#include <fmt/format.h>

#include <array>

namespace dropscope::evtx {
namespace {

/// Where in a name a character may stand.
enum NamePart : std::uint8_t { kNever = 0, kInside = 1, kAnywhere = 3 };

constexpr std::array<std::uint8_t, 256> name_parts() {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) out[c] = out[c - 'a' + 'A'] = kAnywhere;
  for (std::size_t c = '0'; c <= '9'; ++c) out[c] = kInside;
  out['_'] = kAnywhere;
  out['-'] = out['.'] = kInside;
  return out;
}
constexpr auto kNameParts = name_parts();

}  // namespace

bool PlanWriter::copy_name(Utf16View name) {
  const std::size_t count = name.size();
  const std::byte* const in = name.bytes().data();
  char* const out = plan_.text.reserve(count);
  unsigned all = kInside;
  unsigned high = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto low = std::to_integer<std::uint8_t>(in[2 * i]);
    high |= std::to_integer<unsigned>(in[2 * i + 1]);
    all &= kNameParts[low];
    out[i] = static_cast<char>(low);
  }
  if (all != kInside || high != 0 || count == 0) return false;
  if (kNameParts[static_cast<unsigned char>(out[0])] != kAnywhere) return false;
  plan_.text.commit(out + count);
  return true;
}

void PlanWriter::close_piece() {
  const std::size_t end = plan_.text.size();
  if (end == piece_) return;
  Step& step = plan_.steps.emplace_back();
  step.kind = StepKind::Copy;
  step.offset = static_cast<std::uint32_t>(piece_);
  step.size = static_cast<std::uint32_t>(end - piece_);
  piece_ = end;
}

Step& PlanWriter::add_leaf() {
  Step& step = plan_.steps.emplace_back();
  step.kind = StepKind::Leaf;
  step.offset = static_cast<std::uint32_t>(piece_);
  step.size = static_cast<std::uint32_t>(plan_.text.size() - piece_);
  piece_ = plan_.text.size();
  return step;
}

void PlanWriter::close_leaf() {
  const std::size_t size = plan_.text.size() - piece_;
  if (size > 0xffff) plan_.usable = false;
  plan_.steps.back().close = static_cast<std::uint16_t>(size);
  piece_ = plan_.text.size();
}

void PlanWriter::copy(Utf16View text, Markup markup) {
  char* const at = plan_.text.reserve(text.size() * kEscapedPerUnit + kEscapeSlack);
  plan_.text.commit(put_escaped(at, text, markup));
}

void PlanWriter::copy_character(char32_t c, Markup markup) {
  std::string utf8;
  append_code_point(utf8, c);
  char* const at = plan_.text.reserve(utf8.size() * kEscapedPerUnit + kEscapeSlack);
  plan_.text.commit(put_escaped(at, std::string_view(utf8), markup));
}

std::string xml_char_ref(char16_t unit) {
  const bool allowed = unit == '\t' || unit == '\n' || unit == '\r' ||
                       (unit >= 0x20 && unit < 0xd800) || (unit >= 0xe000 && unit < 0xfffe);
  return fmt::format("&#{};", allowed ? unsigned{unit} : 0xfffdu);
}

std::string xml_entity_ref(Utf16View name, Markup markup) {
  for (const char* known : {"lt", "gt", "amp", "quot", "apos"}) {
    if (name.equals_ascii(known)) return fmt::format("&{};", known);
  }
  TextBuffer text;
  text.append("&amp;");
  char* const at = text.reserve(name.size() * kEscapedPerUnit + kEscapeSlack);
  text.commit(put_escaped(at, name, markup));
  text.append(";");
  return std::string(text.view());
}

bool is_reserved_namespace(Utf16View uri) {
  return uri.equals_ascii("http://www.w3.org/XML/1998/namespace") ||
         uri.equals_ascii("http://www.w3.org/2000/xmlns/");
}

}  // namespace dropscope::evtx
