#include "formats/evtx/text_plan.h"

#include <fmt/format.h>

namespace dropscope::evtx {
namespace {

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
bool continues_name(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

}  // namespace

bool append_plain_name(TextBuffer& out, Utf16View name) {
  const std::size_t before = out.size();
  char* const at = out.reserve(name.size() * kEscapedPerUnit + kEscapeSlack);
  char* const end = put_escaped(at, name, Markup::XmlText);
  const std::string_view written(at, static_cast<std::size_t>(end - at));
  bool plain = !written.empty() && is_letter(written.front());
  for (const char c : written) plain = plain && continues_name(c);
  if (!plain) return false;
  out.commit(end);
  return out.size() > before;
}

void PlanWriter::appended(std::size_t before) {
  const auto added = static_cast<std::uint32_t>(plan_.text.size() - before);
  if (added == 0) return;
  if (joins_) {
    plan_.steps.back().size += added;
    return;
  }
  Step& step = plan_.steps.emplace_back();
  step.kind = StepKind::Copy;
  step.offset = static_cast<std::uint32_t>(before);
  step.size = added;
  joins_ = true;
}

void PlanWriter::copy(std::string_view text) {
  const std::size_t before = plan_.text.size();
  plan_.text.append(text);
  appended(before);
}

void PlanWriter::copy(Utf16View text, Markup markup) {
  const std::size_t before = plan_.text.size();
  char* const at = plan_.text.reserve(text.size() * kEscapedPerUnit + kEscapeSlack);
  plan_.text.commit(put_escaped(at, text, markup));
  appended(before);
}

void PlanWriter::copy_character(char32_t c, Markup markup) {
  std::string utf8;
  append_code_point(utf8, c);
  const std::size_t before = plan_.text.size();
  char* const at = plan_.text.reserve(utf8.size() * kEscapedPerUnit + kEscapeSlack);
  plan_.text.commit(put_escaped(at, std::string_view(utf8), markup));
  appended(before);
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

bool is_reserved_namespace(std::string_view uri) {
  return uri == "http://www.w3.org/XML/1998/namespace" || uri == "http://www.w3.org/2000/xmlns/";
}

}  // namespace dropscope::evtx
