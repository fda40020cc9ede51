#include "present/markup.h"

#include <fmt/format.h>

#include <cmath>

#include "base/result.h"
#include "base/text.h"

namespace dropscope {

std::string escape_markup(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (const char c : printable(utf8)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string coordinate(double value) {
  // The last bits of a logarithm differ between C libraries; a nudge keeps ties from falling apart.
  const double tenths = std::round(value * 10 + 1e-6);
  if (tenths == 0) return "0";
  const double rounded = tenths / 10;
  return rounded == std::floor(rounded) ? fmt::format("{:.0f}", rounded)
                                        : fmt::format("{:.1f}", rounded);
}

void Markup::start(std::string_view tag, const Attributes& attributes) {
  out_ += '<';
  out_ += tag;
  for (const Attribute& a : attributes) {
    out_ += ' ';
    out_ += a.name;
    if (a.value.empty()) continue;
    out_ += "=\"";
    out_ += escape_markup(a.value);
    out_ += '"';
  }
}

Markup& Markup::open(std::string_view tag, const Attributes& attributes) {
  start(tag, attributes);
  out_ += '>';
  open_.push_back(tag);
  return *this;
}

Markup& Markup::close() {
  check(!open_.empty(), "a closed element was opened before");
  out_ += "</";
  out_ += open_.back();
  out_ += '>';
  open_.pop_back();
  return *this;
}

Markup& Markup::leaf(std::string_view tag, const Attributes& attributes) {
  start(tag, attributes);
  out_ += "/>";
  return *this;
}

Markup& Markup::text(std::string_view utf8) {
  out_ += escape_markup(utf8);
  return *this;
}

Markup& Markup::element(std::string_view tag, std::string_view utf8, const Attributes& attributes) {
  return open(tag, attributes).text(utf8).close();
}

Markup& Markup::append(const Markup& other) {
  out_ += other.str();
  return *this;
}

Markup& Markup::line() {
  out_ += '\n';
  return *this;
}

const std::string& Markup::str() const {
  check(open_.empty(), "every element is closed before the markup is used");
  return out_;
}

}  // namespace dropscope
