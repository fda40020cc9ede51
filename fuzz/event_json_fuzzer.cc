// Any bytes as events in JSON. Checks what event_json.h promises: places ascend and lie in the
// file, and all text is UTF-8.
#include "base/result.h"
#include "base/utf16.h"
#include "formats/event_export/event_json.h"

using dropscope::check;
namespace event_export = dropscope::event_export;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  event_export::EventJsonReader reader(bytes);
  std::uint64_t line = 0;
  reader.on_trouble([&](const event_export::Trouble& trouble) {
    check(trouble.offset < size, "a damage lies behind the file");
    check(trouble.line >= line, "damages do not ascend");
    check(!trouble.what.empty(), "a damage without words");
    line = trouble.line;
  });
  event_export::JsonEvent event;
  std::uint64_t offset = 0;
  bool first = true;
  while (reader.next(event)) {
    check(event.record.place < size, "an event lies behind the file");
    check(first || event.record.place > offset, "events do not ascend");
    first = false;
    offset = event.record.place;
    check(dropscope::is_utf8(event.record.message), "a message is not UTF-8");
    for (const auto& item : event.record.items) {
      check(dropscope::is_utf8(item.text), "a data item is not UTF-8");
    }
  }
  (void)event_export::holds_event_json(dropscope::as_text(bytes));
  return 0;
}
