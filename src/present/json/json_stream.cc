#include "present/json/json_stream.h"

#include <utility>

#include "base/result.h"

namespace dropscope {

namespace {

std::string dump(const Json& leaf) {
  return leaf.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void JsonStream::line() {
  out_ += '\n';
  out_.append(2 * levels_.size(), ' ');
}

void JsonStream::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  if (!levels_.back().empty) out_ += ',';
  levels_.back().empty = false;
  line();
}

JsonStream& JsonStream::begin_object() {
  before_value();
  out_ += '{';
  levels_.push_back({});
  return *this;
}

JsonStream& JsonStream::begin_array() {
  before_value();
  out_ += '[';
  levels_.push_back({});
  return *this;
}

void JsonStream::end(char bracket) {
  check(!levels_.empty(), "what ends in the JSON document has begun");
  const bool empty = levels_.back().empty;
  levels_.pop_back();
  if (!empty) line();
  out_ += bracket;
}

JsonStream& JsonStream::end_object() {
  end('}');
  return *this;
}

JsonStream& JsonStream::end_array() {
  end(']');
  return *this;
}

JsonStream& JsonStream::key(std::string_view name) {
  before_value();
  out_ += dump(Json(std::string(name)));
  out_ += ": ";
  after_key_ = true;
  return *this;
}

JsonStream& JsonStream::value(const Json& leaf) {
  before_value();
  out_ += dump(leaf);
  return *this;
}

std::string JsonStream::take() {
  check(levels_.empty(), "everything in the JSON document is closed");
  out_ += '\n';
  return std::exchange(out_, {});
}

}  // namespace dropscope
