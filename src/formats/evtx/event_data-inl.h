#pragma once

// What counts as an event's data, as a sink for walk(); for the .cc files of this folder.
//
// The leaves below Event that are not under System: elements without elements inside, at least two
// levels below Event. `Items` takes them:
//   start(Utf16View element)  a leaf may begin; forgets one that has begun
//   finish()                  it was a leaf
//   text()                    where its text goes
//   attribute(Utf16View)      where the value of its attribute goes, or null

#include <string>

#include "base/utf16.h"
#include "formats/evtx/binxml.h"
#include "formats/evtx/event.h"

namespace dropscope::evtx {

template <typename Items>
class DataSink {
 public:
  /// `depth` is that of the element around what is walked: 0 for a whole event, 1 for the part
  /// after System.
  DataSink(Items& items, int depth) : items_(items), depth_(depth) {}

  void start_element(Utf16View name) {
    ++depth_;
    if (depth_ == 2 && name.equals_ascii("System")) in_system_ = true;
    if (in_system_) return;
    leaf_ = depth_ > 2;
    items_.start(name);
    attribute_ = nullptr;
  }
  void end_attributes(bool) {}
  void end_element(Utf16View) {
    if (!in_system_ && leaf_) {
      items_.finish();
      leaf_ = false;
    }
    if (depth_ == 2) in_system_ = false;
    --depth_;
  }
  void start_attribute(Utf16View name) {
    in_attribute_ = true;
    attribute_ = in_system_ ? nullptr : items_.attribute(name);
  }
  void end_attribute() {
    in_attribute_ = false;
    attribute_ = nullptr;
  }
  void value(const ValueView& value) {
    if (std::string* out = target()) value.append_text(*out);
  }
  void cdata(Utf16View text) {
    if (std::string* out = target()) append_utf8(*out, text);
  }
  void char_ref(char16_t unit) {
    if (std::string* out = target()) append_code_point(*out, unit);
  }
  void entity_ref(Utf16View name) {
    std::string* out = target();
    if (out == nullptr) return;
    // The five predefined entities (XML 1.0, 4.6); others are kept as they stand.
    if (name.equals_ascii("lt")) {
      *out += '<';
    } else if (name.equals_ascii("gt")) {
      *out += '>';
    } else if (name.equals_ascii("amp")) {
      *out += '&';
    } else if (name.equals_ascii("quot")) {
      *out += '"';
    } else if (name.equals_ascii("apos")) {
      *out += '\'';
    } else {
      *out += '&';
      append_utf8(*out, name);
      *out += ';';
    }
  }
  void pi(Utf16View, Utf16View) {}
  void damaged(const BinXmlError&) {}

 private:
  std::string* target() {
    if (in_system_) return nullptr;
    if (in_attribute_) return attribute_;
    return leaf_ ? &items_.text() : nullptr;
  }

  Items& items_;
  int depth_;
  std::string* attribute_ = nullptr;
  bool in_system_ = false;
  bool in_attribute_ = false;
  bool leaf_ = false;
};

/// Walks an event's data; false if a part of it could not be read.
template <typename Items>
bool walk_data(BinXmlReader& reader, const Fragment& fragment, Items& items) {
  const Program& program = *fragment.program;
  if (program.payload == 0) {
    DataSink<Items> sink(items, 0);
    return walk(reader, fragment, sink);
  }
  const Op& payload = program.ops[program.payload];
  const std::uint32_t end = payload.kind == OpKind::Open ? payload.end : program.payload + 1;
  DataSink<Items> sink(items, 1);
  walk_detail::Walker<DataSink<Items>> walker(reader, fragment, sink, 0);
  return walker.range(program.payload, end);
}

}  // namespace dropscope::evtx
