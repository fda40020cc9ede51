#include "formats/evtx/event.h"

namespace dropscope::evtx {
namespace {

/// Collects the leaves below Event that are not under System. `depth` is that of the element around
/// what is walked: 0 for a whole event, 1 for the part after System.
class DataSink {
 public:
  DataSink(std::vector<EventView::Item>& out, int depth) : out_(out), depth_(depth) {}

  void start_element(Utf16View name) {
    ++depth_;
    if (depth_ == 2 && name.equals_ascii("System")) in_system_ = true;
    if (in_system_) return;
    leaf_ = depth_ > 2;
    item_.name = to_utf8(name);
    item_.text.clear();
    name_attribute_ = false;
  }
  void end_attributes(bool) {}
  void end_element(Utf16View) {
    if (!in_system_ && leaf_) {
      out_.push_back(item_);
      leaf_ = false;
    }
    if (depth_ == 2) in_system_ = false;
    --depth_;
  }
  void start_attribute(Utf16View name) {
    in_attribute_ = true;
    name_attribute_ = !in_system_ && name.equals_ascii("Name") && item_.name == "Data";
    if (name_attribute_) item_.name.clear();
  }
  void end_attribute() {
    in_attribute_ = false;
    name_attribute_ = false;
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
    if (in_attribute_) return name_attribute_ ? &item_.name : nullptr;
    return leaf_ ? &item_.text : nullptr;
  }

  std::vector<EventView::Item>& out_;
  EventView::Item item_;
  int depth_;
  bool in_system_ = false;
  bool in_attribute_ = false;
  bool name_attribute_ = false;
  bool leaf_ = false;
};

}  // namespace

ValueView EventView::field(Field field) const {
  const std::uint32_t at = fragment_.program->fields[static_cast<std::size_t>(field)];
  if (at == 0) return {};
  const Op& op = fragment_.program->ops[at];
  if (op.kind == OpKind::Literal) return fragment_.program->literal_of(op);
  return fragment_.values.at(op.index);
}

std::uint64_t EventView::number(Field field, std::uint64_t otherwise) const {
  return this->field(field).as_u64().value_or(otherwise);
}

bool EventView::data(std::vector<Item>& out) const {
  out.clear();
  const Program& program = *fragment_.program;
  if (program.payload == 0) {
    DataSink sink(out, 0);
    return walk(*reader_, fragment_, sink);
  }
  const Op& payload = program.ops[program.payload];
  const std::uint32_t end = payload.kind == OpKind::Open ? payload.end : program.payload + 1;
  DataSink sink(out, 1);
  walk_detail::Walker<DataSink> walker(*reader_, fragment_, sink, 0);
  return walker.range(program.payload, end);
}

}  // namespace dropscope::evtx
