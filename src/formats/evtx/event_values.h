#pragma once

// An event's data with its types, without making text.
//
//   for_each_value(*record.event, [&](Utf16View name, const ValueView& value) {
//     if (name.equals_ascii("BootId")) boot = value.as_u64();
//   });
//
// EventView::data() gives the same as names and texts.

#include <type_traits>

#include "base/utf16.h"
#include "formats/evtx/binxml.h"
#include "formats/evtx/event.h"

namespace dropscope::evtx {
namespace values_detail {

/// Sink for walk() that passes on the values of the elements at least two levels below Event that
/// are not under System.
template <typename F>
class ValueSink {
 public:
  /// `depth` is that of the element around what is walked: 0 for a whole event, 1 for the part
  /// after System.
  ValueSink(F& f, int depth) : f_(f), depth_(depth) {}

  void start_element(Utf16View name) {
    ++depth_;
    if (depth_ == 2) in_system_ = name.equals_ascii("System");
    name_ = name;
    is_data_ = name.equals_ascii("Data");
  }
  void end_attributes(bool) {}
  void end_element(Utf16View) { --depth_; }
  void start_attribute(Utf16View name) {
    in_attribute_ = true;
    is_name_ = is_data_ && name.equals_ascii("Name");
    if (is_name_) name_ = {};
  }
  void end_attribute() { in_attribute_ = false; }
  void value(const ValueView& value) {
    if (in_attribute_) {
      if (is_name_) name_ = value.as_utf16();
    } else if (depth_ > 2 && !in_system_) {
      f_(name_, value);
    }
  }
  void cdata(Utf16View text) { value(ValueView{ValueType::String, false, text.bytes()}); }
  void char_ref(char16_t) {}
  void entity_ref(Utf16View) {}
  void pi(Utf16View, Utf16View) {}
  void damaged(const BinXmlError&) {}

 private:
  F& f_;
  int depth_;
  Utf16View name_;
  bool in_system_ = false;
  bool is_data_ = false;
  bool is_name_ = false;
  bool in_attribute_ = false;
};

}  // namespace values_detail

/// Calls f(Utf16View name, const ValueView& value) for every value of EventData or UserData, in
/// order. `name` is the Name of a Data element, or else the element's own name. An array comes
/// element by element, a value that is absent as type Null. Text that is put together comes in
/// parts, without its character and entity references; only events without a template, as
/// forwarded ones are, have such. Names and values are views into the log. Returns false if a part
/// of the data could not be read; what could be was given.
template <typename F>
bool for_each_value(const EventView& event, F&& f) {
  using Sink = values_detail::ValueSink<std::remove_reference_t<F>>;
  const Fragment& fragment = event.fragment();
  const Program& program = *fragment.program;
  // Where it is known where System ends, what comes before is not walked.
  if (program.payload == 0) {
    Sink sink(f, 0);
    return walk(event.reader(), fragment, sink);
  }
  const Op& payload = program.ops[program.payload];
  Sink sink(f, 1);
  walk_detail::Walker<Sink> walker(event.reader(), fragment, sink, 0);
  return walker.range(program.payload,
                      payload.kind == OpKind::Open ? payload.end : program.payload + 1);
}

}  // namespace dropscope::evtx
