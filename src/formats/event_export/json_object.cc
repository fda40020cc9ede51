#include "formats/event_export/json_object.h"

#include <cstddef>
#include <exception>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace dropscope::event_export {
namespace {

using nlohmann::json;

/// The deepest of the shippers' objects has 7 levels.
constexpr std::size_t kMaxDepth = 32;
/// UserData may hold lists; a message of a whole fleet is no event.
constexpr std::size_t kMaxFields = 16384;

/// Gives the library characters and tells how many it took, which it does not tell itself.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char* begin, std::size_t* count)
      : at_(at), begin_(begin), count_(count) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    if (count_ != nullptr) *count_ = static_cast<std::size_t>(at_ - begin_);
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  [[maybe_unused]] friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ != b.at_;
  }

 private:
  const char* at_;
  const char* begin_;
  std::size_t* count_;
};

/// Takes the library's reports and keeps the values with their paths.
class Flatten : public nlohmann::json_sax<json> {
 public:
  explicit Flatten(JsonObject& out) : out_(out) {}

  bool null() override { return true; }
  bool boolean(bool value) override { return add(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return add(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& text) override { return add(text); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return open(); }
  bool start_array(std::size_t /*elements*/) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    path_.resize(lengths_.back());
    if (!path_.empty()) path_ += '.';
    path_ += name;
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

  [[nodiscard]] std::string_view refused() const { return refused_; }

 private:
  bool add(std::string value) {
    if (out_.fields.size() == kMaxFields) {
      refused_ = "more values than an event has";
      return false;
    }
    out_.fields.push_back({path_, std::move(value)});
    return true;
  }
  /// An object's keys are appended to the path as it is where the object begins.
  bool open() {
    if (lengths_.size() == kMaxDepth) {
      refused_ = "objects nested more deeply than in an event";
      return false;
    }
    lengths_.push_back(path_.size());
    return true;
  }
  bool close() {
    path_.resize(lengths_.back());
    lengths_.pop_back();
    return true;
  }

  JsonObject& out_;
  std::string path_;
  std::vector<std::size_t> lengths_;
  std::string_view refused_;
};

}  // namespace

JsonObject read_json_object(std::string_view text) {
  JsonObject out;
  Flatten sax(out);
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  bool whole = false;
  // The library throws nothing with a handler of one's own, except for want of memory.
  whole = json::sax_parse(CountingIterator(begin, begin, &out.size),
                          CountingIterator(end, begin, nullptr), &sax,
                          nlohmann::detail::input_format_t::json, false);
  if (whole) {
    out.end = JsonEnd::Whole;
  } else if (!sax.refused().empty()) {
    out.problem = sax.refused();
  } else if (out.size >= text.size()) {
    out.end = JsonEnd::Cut;
    out.problem = "expected the end of the object, found the end of the file";
  } else {
    out.problem = "expected JSON, found something else";
  }
  return out;
}

std::size_t find_json_object(std::string_view text, std::size_t at) {
  for (at = text.find('{', at); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::size_t next = text.find_first_not_of(" \t\r\n", at + 1);
    if (next == std::string_view::npos || text[next] == '"') return at;
  }
  return std::string_view::npos;
}

}  // namespace dropscope::event_export
