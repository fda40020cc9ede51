// Any bytes behind a right signature as an old event log. Checks what evt.h promises: records and
// damages lie in the file, each record is given once, and all text is UTF-8.
#include <set>
#include <vector>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/evt/evt.h"

using dropscope::check;
namespace evt = dropscope::evt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(data[i]);
  if (size >= 8) {
    dropscope::store_le(bytes.data(), std::uint32_t{evt::kHeaderBytes});
    dropscope::store_le(bytes.data() + 4, evt::kSignature);
  }
  auto reader = evt::LogReader::open(bytes);
  if (!reader) return 0;
  reader->on_damage([&](const evt::Damage& damage) {
    check(damage.offset <= size, "a damage lies behind the file");
    check(!damage.what.empty(), "a damage without words");
  });
  std::set<std::uint64_t> places;
  evt::Record record;
  while (reader->next(record)) {
    check(record.offset + evt::kRecordHeaderBytes <= size, "a record lies behind the file");
    check(places.insert(record.offset).second, "a record is given twice");
    check(dropscope::is_utf8(record.source) && dropscope::is_utf8(record.computer),
          "a name is not UTF-8");
    for (const auto& text : record.strings) check(dropscope::is_utf8(text), "text is not UTF-8");
  }
  return 0;
}
