#include "formats/evtx/text_plan.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

namespace dropscope::evtx {
namespace {

/// Eight UTF-16 units. Vectors of the compiler's own: every machine gets what it has.
using Units = std::uint16_t __attribute__((vector_size(16)));
using Bytes8 = std::uint8_t __attribute__((vector_size(8)));
constexpr std::size_t kUnits = 8;

/// What a name may hold that is written as it stands: one definition for a unit and for eight.
template <typename T>
auto is_name_unit(T unit) {
  const T lower = unit | 0x20;
  const T from_a = lower - 'a';
  const T from_zero = unit - '0';
  return (from_a < 26) | (from_zero < 10) | (unit == '-') | (unit == '.') | (unit == '_');
}

bool narrow_eight(char* out, const std::byte* in) {
  Units units;
  std::memcpy(&units, in, sizeof units);
  const auto bytes = __builtin_convertvector(units, Bytes8);
  std::memcpy(out, &bytes, sizeof bytes);
  const auto good = is_name_unit(units);
  std::array<std::uint64_t, 2> all;
  static_assert(sizeof all == sizeof good);
  std::memcpy(all.data(), &good, sizeof good);
  return (all[0] & all[1]) == ~std::uint64_t{0};
}

/// Copies `count` units as ASCII; false if one of them may not be in such a name.
bool narrow_name(char* out, const std::byte* in, std::size_t count) {
  if (count < kUnits) {
    bool good = true;
    for (std::size_t i = 0; i < count; ++i) {
      const unsigned unit = load_le<std::uint16_t>(in + 2 * i);
      good &= is_name_unit(unit);
      out[i] = static_cast<char>(unit);
    }
    return good;
  }
  for (std::size_t i = 0; i + kUnits < count; i += kUnits) {
    if (!narrow_eight(out + i, in + 2 * i)) return false;
  }
  // The last eight, which may be in part those of the round before.
  return narrow_eight(out + count - kUnits, in + 2 * (count - kUnits));
}

}  // namespace

bool PlanWriter::copy_name(Utf16View name) {
  if (name.empty()) return false;
  const char16_t first = name[0];
  if (first == '-' || first == '.' || (first >= '0' && first <= '9')) return false;
  char* const out = plan_.text.reserve(name.size());
  if (!narrow_name(out, name.bytes().data(), name.size())) return false;
  plan_.text.commit(out + name.size());
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
