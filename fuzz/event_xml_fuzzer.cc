// Any bytes as an export of events in XML. Checks what event_xml.h promises: places ascend and lie
// in the file, the reader ends, and what it gives is found again when it is cut out.
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/event_export/event_xml.h"

namespace {

using dropscope::check;
namespace event_export = dropscope::event_export;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  event_export::EventXmlReader reader(bytes);
  std::uint64_t line = 0;
  reader.on_trouble([&](const event_export::Trouble& trouble) {
    check(trouble.offset <= size, "a damage lies behind the file");
    check(trouble.line >= line, "damages do not ascend");
    check(!trouble.what.empty(), "a damage without words");
    line = trouble.line;
  });
  event_export::XmlEvent event;
  std::vector<event_export::Item> items;
  std::uint64_t offset = 0;
  bool first = true;
  while (reader.next(event)) {
    check(event.offset < size, "an event lies behind the file");
    check(first || event.offset > offset, "events do not ascend");
    first = false;
    offset = event.offset;
    event_export::decode_items(event, items);
    check(items.size() == event.items.size(), "items are missing");
    if (reader.window().encoding() == dropscope::text::Encoding::Utf8) {
      // From its own beginning on, the same event is found first.
      event_export::EventXmlReader again(bytes.subspan(static_cast<std::size_t>(offset)));
      event_export::XmlEvent same;
      if (again.window().encoding() == dropscope::text::Encoding::Utf8) {
        check(again.next(same) && same.offset == 0, "the event is not found at its place");
        check(same.event_id == event.event_id && same.time == event.time &&
                  same.provider == event.provider && same.items.size() == event.items.size(),
              "the event differs when it is read alone");
      }
    }
  }
  std::vector<event_export::Item> fragment;
  event_export::data_of_fragment(dropscope::as_text(bytes), fragment);
  return 0;
}
