#include "formats/event_export/xml_scanner.h"

#include <charconv>

#include "base/utf16.h"

namespace dropscope::event_export {
namespace {

/// Names in event logs are short; a longer one is a '<' in the middle of something else.
constexpr std::size_t kMaxNameBytes = 256;
/// Attributes of one tag. Those of events are below 1 KiB.
constexpr std::size_t kMaxAttributesBytes = std::size_t{64} << 10;

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

constexpr bool begins_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool in_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}

/// The code point of "#65" or "#x41"; nothing for anything else.
std::optional<char32_t> number(std::string_view entity) {
  if (!entity.starts_with('#')) return std::nullopt;
  entity.remove_prefix(1);
  int base = 10;
  if (entity.starts_with('x') || entity.starts_with('X')) {
    entity.remove_prefix(1);
    base = 16;
  }
  std::uint32_t value = 0;
  const char* const end = entity.data() + entity.size();
  const auto [stop, error] = std::from_chars(entity.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return char32_t{value};
}

void append_entity(std::string& out, std::string_view entity) {
  if (entity == "lt") {
    out += '<';
  } else if (entity == "gt") {
    out += '>';
  } else if (entity == "amp") {
    out += '&';
  } else if (entity == "quot") {
    out += '"';
  } else if (entity == "apos") {
    out += '\'';
  } else if (const auto code = number(entity)) {
    append_code_point(out, *code);
  } else {
    out += '&';
    out += entity;
    out += ';';
  }
}

/// A comment or section. A message is at most 32 Ki characters long (ETW), so 96 KiB as UTF-8.
constexpr std::size_t kMaxSpecialBytes = std::size_t{128} << 10;

constexpr std::string_view kComment = "<!--";
constexpr std::string_view kSection = "<![CDATA[";

}  // namespace

TagKind XmlScanner::stop(Tag& tag, TagKind kind, std::size_t begin) {
  tag = Tag{};
  tag.kind = kind;
  tag.begin = tag.end = begin;
  at_ = text_.size();
  return kind;
}

bool XmlScanner::pass_special() {
  const std::string_view rest = text_.substr(at_, kMaxSpecialBytes);
  std::string_view end = ">";
  if (rest.starts_with(kComment)) {
    end = "-->";
  } else if (rest.starts_with(kSection)) {
    end = "]]>";
  } else if (rest.starts_with("<?")) {
    end = "?>";
  } else if (kSection.starts_with(rest.substr(0, kSection.size())) ||
             kComment.starts_with(rest.substr(0, kComment.size()))) {
    return false;
  }
  const std::size_t found = rest.find(end, 2);
  if (found == std::string_view::npos) return false;
  at_ += found + end.size();
  return true;
}

TagKind XmlScanner::next(Tag& tag) {
  for (;;) {
    at_ = text_.find('<', at_);
    if (at_ == std::string_view::npos) return stop(tag, TagKind::End, text_.size());
    const std::size_t begin = at_;
    if (begin + 1 >= text_.size()) return stop(tag, TagKind::Cut, begin);
    const char first = text_[begin + 1];
    if (first == '!' || first == '?') {
      if (!pass_special()) return stop(tag, TagKind::Cut, begin);
      continue;
    }
    const bool close = first == '/';
    const std::size_t name_begin = begin + (close ? 2 : 1);
    std::size_t at = name_begin;
    std::size_t prefix = name_begin;
    while (at < text_.size() && in_name(text_[at])) {
      if (text_[at] == ':') prefix = at + 1;
      ++at;
    }
    if (at == text_.size()) {
      const bool longer = at - name_begin > kMaxNameBytes;
      return stop(tag, longer ? TagKind::Bad : TagKind::Cut, begin);
    }
    if (at == name_begin || !begins_name(text_[name_begin]) || at - name_begin > kMaxNameBytes) {
      return stop(tag, TagKind::Bad, begin);
    }
    const std::string_view name = text_.substr(prefix, at - prefix);
    const std::size_t attributes = at;
    while (at < text_.size() && text_[at] != '>') {
      const char c = text_[at];
      if (c == '<' || at - attributes > kMaxAttributesBytes) return stop(tag, TagKind::Bad, begin);
      if (c == '"' || c == '\'') {
        const std::size_t quote_end = text_.substr(at + 1, kMaxAttributesBytes).find(c);
        if (quote_end == std::string_view::npos) {
          const bool longer = text_.size() - at > kMaxAttributesBytes;
          return stop(tag, longer ? TagKind::Bad : TagKind::Cut, begin);
        }
        at += 1 + quote_end;
      }
      ++at;
    }
    if (at >= text_.size()) return stop(tag, TagKind::Cut, begin);
    const bool empty = !close && at > attributes && text_[at - 1] == '/';
    tag.kind = close ? TagKind::Close : empty ? TagKind::Empty : TagKind::Open;
    tag.name = name;
    tag.attributes = text_.substr(attributes, at - attributes - (empty ? 1 : 0));
    tag.begin = begin;
    tag.end = at + 1;
    at_ = at + 1;
    return tag.kind;
  }
}

std::optional<std::string_view> attribute(std::string_view attributes, std::string_view name) {
  std::size_t at = 0;
  for (;;) {
    while (at < attributes.size() && is_space(attributes[at])) ++at;
    const std::size_t begin = at;
    while (at < attributes.size() && attributes[at] != '=' && !is_space(attributes[at])) ++at;
    const std::string_view found = attributes.substr(begin, at - begin);
    while (at < attributes.size() && is_space(attributes[at])) ++at;
    if (at >= attributes.size() || attributes[at] != '=') return std::nullopt;
    ++at;
    while (at < attributes.size() && is_space(attributes[at])) ++at;
    if (at >= attributes.size()) return std::nullopt;
    const char quote = attributes[at];
    if (quote != '"' && quote != '\'') return std::nullopt;
    const std::size_t end = attributes.find(quote, at + 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (found == name) return attributes.substr(at + 1, end - at - 1);
    at = end + 1;
  }
}

void decode_text(std::string& out, std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t special = raw.find_first_of("&<");
    out += raw.substr(0, special);
    if (special == std::string_view::npos) return;
    raw.remove_prefix(special);
    if (raw.starts_with(kSection)) {
      const std::size_t end = raw.find("]]>");
      out +=
          raw.substr(kSection.size(), end == std::string_view::npos ? end : end - kSection.size());
      if (end == std::string_view::npos) return;
      raw.remove_prefix(end + 3);
    } else if (raw.starts_with(kComment)) {
      const std::size_t end = raw.find("-->");
      if (end == std::string_view::npos) return;
      raw.remove_prefix(end + 3);
    } else if (raw.front() == '&') {
      // The longest entity that means anything is "#x0010FFFF".
      const std::size_t end = raw.substr(0, 12).find(';');
      if (end == std::string_view::npos) {
        out += '&';
        raw.remove_prefix(1);
      } else {
        append_entity(out, raw.substr(1, end - 1));
        raw.remove_prefix(end + 1);
      }
    } else {
      out += '<';
      raw.remove_prefix(1);
    }
  }
}

std::string_view decoded(std::string_view raw, std::string& buffer) {
  if (raw.find_first_of("&<") == std::string_view::npos) return raw;
  buffer.clear();
  decode_text(buffer, raw);
  return buffer;
}

}  // namespace dropscope::event_export
