#include "formats/evtx/event.h"

#include "formats/evtx/event_data-inl.h"

namespace dropscope::evtx {
namespace {

/// Names and texts, for EventView::data().
class ItemList {
 public:
  explicit ItemList(std::vector<EventView::Item>& out) : out_(out) {}

  void start(Utf16View element) {
    item_.name = to_utf8(element);
    item_.text.clear();
  }
  void finish() { out_.push_back(item_); }
  std::string& text() { return item_.text; }
  /// A Data element goes by its attribute Name, if it has one.
  std::string* attribute(Utf16View name) {
    if (!name.equals_ascii("Name") || item_.name != "Data") return nullptr;
    item_.name.clear();
    return &item_.name;
  }

 private:
  std::vector<EventView::Item>& out_;
  EventView::Item item_;
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
  ItemList items(out);
  return walk_data(*reader_, fragment_, items);
}

void append_data_text(std::string& out, std::string_view text) {
  if (!out.empty()) out += " | ";
  for (const char c : text) {
    if (c == '\r') continue;  // Windows' line break is two characters.
    out += c == '\n' || c == '\t' ? ' ' : c;
  }
}

std::string data_text(const std::vector<EventView::Item>& items) {
  std::string out;
  for (const EventView::Item& item : items) append_data_text(out, item.text);
  return out;
}

}  // namespace dropscope::evtx
