// Matching tries the shortest text for a field, the longest word for a word, and goes back when
// what follows does not fit. The number of steps on a line is bounded; real lines need one or two
// per character.

#include "formats/layout/pattern.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/text/stamp.h"

namespace dropscope::layout {
namespace {

constexpr std::size_t kMostSteps = 200'000;
constexpr std::size_t kMostElements = 200;
/// A text that is looked for anywhere must be long enough to say something.
constexpr std::size_t kAnchorBytes = 4;

bool is_address_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == ':' || c == '%';
}

bool is_number_char(char c) {
  return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
}

/// Position behind the literal, or npos. A space stands for one or more.
std::size_t after_literal(std::string_view line, std::size_t at, std::string_view literal) {
  for (const char c : literal) {
    if (at >= line.size() || line[at] != c) return std::string_view::npos;
    ++at;
    while (c == ' ' && at < line.size() && line[at] == ' ') ++at;
  }
  return at;
}

}  // namespace

struct Pattern::Run {
  std::string_view line;
  const std::vector<std::string>& stamps;
  Values& values;
  std::size_t steps = 0;
};

Result<Pattern> Pattern::compile(
    std::string_view text,
    const std::function<std::optional<std::size_t>(std::string_view)>& slot_of) {
  Pattern out;
  std::vector<std::size_t> open;  // Optional elements that are not closed yet.
  const auto literal = [&](char c) {
    const bool inside_new = !open.empty() && open.back() + 1 == out.elements_.size();
    if (out.elements_.empty() || out.elements_.back().type != Type::Literal || inside_new) {
      out.elements_.emplace_back();
    }
    std::string& last = out.elements_.back().text;
    if (c != ' ' || last.empty() || last.back() != ' ') last += c;
  };
  bool closed = false;  // A group ended here; what follows must not join its last text.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (out.elements_.size() > kMostElements) {
      return fail(ErrorCode::Limit, "the pattern has too many parts");
    }
    if (rest.starts_with("((")) {
      open.push_back(out.elements_.size());
      out.elements_.push_back({Type::Optional, {}, 0, false, 0});
      ++i;
      closed = false;
    } else if (rest.starts_with("))") && !open.empty()) {
      out.elements_[open.back()].end = out.elements_.size();
      open.pop_back();
      ++i;
      closed = true;
    } else if (text[i] == '{') {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) {
        return fail(ErrorCode::Invalid, "a \"{\" of the pattern has no \"}\"");
      }
      const std::string_view inside = rest.substr(1, end - 1);
      const std::size_t colon = inside.find(':');
      const std::string_view name = inside.substr(0, colon);
      const std::string_view type =
          colon == std::string_view::npos ? std::string_view() : inside.substr(colon + 1);
      Element field;
      if (type.empty()) {
        field.type = Type::Any;
      } else if (type == "word") {
        field.type = Type::Word;
      } else if (type == "number") {
        field.type = Type::Number;
      } else if (type == "address") {
        field.type = Type::Address;
      } else if (type == "stamp") {
        field.type = Type::Stamp;
      } else if (type == "rest") {
        field.type = Type::Rest;
      } else {
        return fail(ErrorCode::Invalid,
                    fmt::format("\"{}\" is no type of a field; expected word, number, address, "
                                "stamp or rest",
                                type));
      }
      if (name != "_") {
        const auto slot = slot_of(name);
        if (!slot) return fail(ErrorCode::Invalid, fmt::format("unknown field \"{}\"", name));
        field.slot = *slot;
        field.wanted = true;
      }
      out.elements_.push_back(std::move(field));
      i += end;
      closed = false;
    } else {
      if (closed) out.elements_.emplace_back();
      closed = false;
      literal(text[i]);
    }
  }
  if (!open.empty()) return fail(ErrorCode::Invalid, "a \"((\" of the pattern has no \"))\"");
  if (out.elements_.empty()) return fail(ErrorCode::Invalid, "the pattern is empty");
  return out;
}

bool Pattern::match(std::string_view line, const std::vector<std::string>& stamps, Values& values,
                    std::size_t& begin) const {
  Run run{line, stamps, values, 0};
  const Element& first = elements_.front();
  if (first.type != Type::Literal || first.text.size() < kAnchorBytes) {
    begin = 0;
    return match_from(run, 0, 0);
  }
  // Up to the first space, as a space may stand for several.
  const std::string_view anchor = std::string_view(first.text).substr(0, first.text.find(' '));
  for (std::size_t at = line.find(anchor); at != std::string_view::npos;
       at = line.find(anchor, at + 1)) {
    if (match_from(run, at, 0)) {
      begin = at;
      return true;
    }
    if (run.steps > kMostSteps) return false;
  }
  return false;
}

bool Pattern::match_from(Run& run, std::size_t at, std::size_t element) const {
  const std::string_view line = run.line;
  for (; element < elements_.size(); ++element) {
    if (++run.steps > kMostSteps) return false;
    const Element& current = elements_[element];
    const auto set = [&](std::size_t end) {
      if (current.wanted) run.values[current.slot] = line.substr(at, end - at);
    };
    switch (current.type) {
      case Type::Literal: {
        at = after_literal(line, at, current.text);
        if (at == std::string_view::npos) return false;
        continue;
      }
      case Type::Optional: {
        if (match_from(run, at, element + 1)) return true;
        for (std::size_t i = element + 1; i < current.end; ++i) {
          if (elements_[i].wanted) run.values[elements_[i].slot] = {};
        }
        return match_from(run, at, current.end);
      }
      case Type::Rest:
        set(line.size());
        at = line.size();
        continue;
      case Type::Stamp: {
        for (const std::string& shape : run.stamps) {
          std::size_t used = 0;
          if (!text::read_stamp(line.substr(at), shape, used)) continue;
          set(at + used);
          if (match_from(run, at + used, element + 1)) return true;
        }
        return false;
      }
      case Type::Number:
      case Type::Address: {
        // As long as it goes: what follows is never of the same characters.
        std::size_t end = at;
        const bool number = current.type == Type::Number;
        while (end < line.size() &&
               (number ? is_number_char(line[end]) : is_address_char(line[end]))) {
          ++end;
        }
        if (end == at) return false;
        set(end);
        at = end;
        continue;
      }
      case Type::Any: {
        for (std::size_t end = at; end <= line.size(); ++end) {
          if (++run.steps > kMostSteps) return false;
          set(end);
          if (match_from(run, end, element + 1)) return true;
        }
        return false;
      }
      case Type::Word: {
        const std::size_t space = std::min(line.find(' ', at), line.size());
        for (std::size_t end = space; end > at; --end) {
          if (++run.steps > kMostSteps) return false;
          set(end);
          if (match_from(run, end, element + 1)) return true;
        }
        return false;
      }
    }
  }
  // What is left of the line does not matter: devices add to their lines with every version.
  return true;
}

}  // namespace dropscope::layout
