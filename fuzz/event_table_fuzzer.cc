// Any bytes as a table of events. Checks what event_table.h promises: places ascend and lie in the
// file, a row has one time, and all text is UTF-8.
#include "base/result.h"
#include "base/utf16.h"
#include "formats/event_export/event_table.h"

using dropscope::check;
namespace event_export = dropscope::event_export;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  event_export::EventTableReader reader(bytes);
  reader.on_trouble([&](const event_export::Trouble& trouble) {
    check(trouble.offset < size, "a damage lies behind the file");
    check(!trouble.what.empty(), "a damage without words");
  });
  event_export::Record record;
  event_export::TableTime time;
  std::uint64_t offset = 0;
  bool first = true;
  while (reader.next(record, time)) {
    check(reader.columns().has_value(), "rows without columns");
    check(time.exact.has_value() != time.shown.has_value(), "a row has one time");
    check(record.place < size, "a row lies behind the file");
    check(first || record.place > offset, "rows do not ascend");
    first = false;
    offset = record.place;
    check(dropscope::is_utf8(record.message), "a message is not UTF-8");
    std::vector<event_export::Item> items;
    (void)event_export::strings_of_message(record.message, record.provider, record.event_id, items);
    if (time.shown) {
      for (const auto order :
           {event_export::DayMonth::DayFirst, event_export::DayMonth::MonthFirst}) {
        const auto civil = time.shown->civil(order);
        check(!civil || dropscope::from_civil_utc(*civil).has_value(), "a date that is none");
      }
    }
  }
  return 0;
}
