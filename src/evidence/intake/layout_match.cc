#include "evidence/intake/layout_match.h"

#include <algorithm>

#include "base/text.h"

namespace dropscope {
namespace {

constexpr std::string_view kFieldsMark = "#Fields:";

/// Lines of a program's source that hold a log line as text.
bool is_quoted(std::string_view text) {
  const std::string_view inner = trim(text);
  return !inner.empty() && inner.front() == '\'';
}

}  // namespace

LayoutMatcher::LayoutMatcher(const LogLayout& layout)
    : layout_(layout), headers_(layout.lines.size()) {}

LineIs LayoutMatcher::look(std::string_view text, const syslog::Header& header) {
  bool header_line = false;
  for (std::size_t i = 0; i < layout_.lines.size(); ++i) {
    header_line |= layout_.lines[i].by_header && is_header(i, text);
  }
  if (header_line) return LineIs::Marked;
  if (is_quoted(text)) return LineIs::Other;
  for (std::size_t i = 0; i < layout_.lines.size(); ++i) {
    if (!matches(i, text, header)) continue;
    line_ = &layout_.lines[i];
    return LineIs::Matched;
  }
  for (const std::string& mark : layout_.marks) {
    if (text.find(mark) != std::string_view::npos) return LineIs::Marked;
  }
  return LineIs::Other;
}

bool LayoutMatcher::matches(std::size_t index, std::string_view text,
                            const syslog::Header& header) {
  const LayoutLine& line = layout_.lines[index];
  if (!line.contains.empty() && text.find(line.contains) == std::string_view::npos) return false;
  values_.assign(line.slots, {});
  switch (line.form) {
    case LayoutForm::Pattern: {
      std::size_t begin = 0;
      if (!line.pattern->match(header.message, layout_.times, values_, begin)) {
        values_.assign(line.slots, {});
        if (!line.pattern->match(text, layout_.times, values_, begin)) return false;
      }
      break;
    }
    case LayoutForm::KeyValue:
      layout::read_key_values(text, line.fields, values_);
      break;
    case LayoutForm::Cef:
      layout::read_cef(text, line.fields, values_);
      break;
    case LayoutForm::JsonMembers:
      layout::read_json(text, line.fields, values_);
      break;
    case LayoutForm::Csv:
    case LayoutForm::Spaces: {
      const bool spaces = line.form == LayoutForm::Spaces;
      if (line.by_header && headers_[index].empty()) return false;
      layout::split_row(header.message, spaces ? ' ' : ',', spaces, columns_);
      if (line.by_header && columns_.size() < headers_[index].size()) {
        // Some rows of a log with a header are not in syslog's form and begin like it.
        layout::split_row(text, spaces ? ' ' : ',', spaces, columns_);
        if (columns_.size() < headers_[index].size()) return false;
      }
      layout::read_columns(columns_, headers_[index], line.fields, values_);
      break;
    }
  }
  return std::all_of(line.conditions.begin(), line.conditions.end(), [&](const auto& condition) {
    const std::string value = to_lower_ascii(values_[condition.slot]);
    return std::find(condition.any_of.begin(), condition.any_of.end(), value) !=
           condition.any_of.end();
  });
}

bool LayoutMatcher::is_header(std::size_t index, std::string_view text) {
  const LayoutLine& line = layout_.lines[index];
  const bool spaces = line.form == LayoutForm::Spaces;
  text = trim(text);
  if (spaces) {
    if (!text.starts_with(kFieldsMark)) return false;
    text.remove_prefix(kFieldsMark.size());
  }
  // Cheap first: the first wanted name.
  if (!line.fields.empty() && text.find(line.fields.front().name) == std::string_view::npos) {
    return false;
  }
  layout::split_row(text, spaces ? ' ' : ',', spaces, columns_);
  for (const layout::Wanted& want : line.fields) {
    if (want.position != 0) continue;
    const bool there = std::any_of(columns_.begin(), columns_.end(), [&](std::string_view column) {
      return equals_nocase_ascii(column, want.name);
    });
    if (!there) return false;
  }
  headers_[index].assign(columns_.begin(), columns_.end());
  return true;
}

}  // namespace dropscope
