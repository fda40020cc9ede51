// Any bytes as a place to recover records from. Checked on every input: records come in order, lie
// inside the input, do not overlap with what LogReader gives as live, and are the same when the
// scan pauses; events are sound UTF-8 and well-formed XML; counts agree.
#include <set>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/recover.h"
#include "formats/evtx/xml.h"
#include "formats/evtx/xml_check.h"

namespace {

using namespace dropscope;
using namespace dropscope::evtx;

void check_record(Bytes input, const RecoveredRecord& record) {
  check(fits(input, record.offset, record.bytes.size()), "record outside the input");
  check(record.bytes.size() >= kMinRecordBytes && record.bytes.size() <= kChunkBytes,
        "record of an impossible size");
  check(record.event.has_value() == (record.rendered != Rendered::None),
        "event where there is none, or the other way round");
  if (record.event) {
    std::string xml;
    const bool whole = append_xml(xml, record.event->reader(), record.event->fragment());
    check(whole || record.rendered == Rendered::Part, "a whole event is not whole");
    std::string error;
    check(test::XmlCheck::parse(xml, &error).has_value(), error);
  }
  std::vector<ValueView> values;
  record_values(record.bytes, values);
  for (const ValueView& value : values) {
    check(value.bytes.empty() || (value.bytes.data() >= record.bytes.data() &&
                                  value.bytes.data() + value.bytes.size() <=
                                      record.bytes.data() + record.bytes.size()),
          "value outside its record");
    check(is_utf8(value.to_text()), "value is not UTF-8");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(reinterpret_cast<const std::byte*>(data), size);
  std::set<std::uint64_t> live;
  if (auto reader = LogReader::open(input)) {
    LogRecord record;
    while (reader->next(record)) live.insert(record.offset);
  }
  std::set<std::uint64_t> found;
  auto scan = RecoverScan::open(input);
  RecoveredRecord record;
  while (scan.next(record)) {
    check(found.empty() || record.offset > *found.rbegin(), "records are not in order");
    check(live.count(record.offset) == 0, "a live record was recovered");
    found.insert(record.offset);
    check_record(input, record);
  }
  const RecoverSummary& sum = scan.summary();
  check(scan.position() == size, "the scan did not reach the end");
  check(sum.records == found.size() && sum.whole + sum.part + sum.none == sum.records,
        "counts do not agree");
  auto again = RecoverScan::open(input);
  std::uint64_t count = 0;
  for (std::uint64_t pause = 0; pause < size;) {
    pause = std::min<std::uint64_t>(size, pause + 1000);
    while (again.next_before(pause, record)) count += found.count(record.offset);
  }
  check(count == found.size() && again.summary().whole == sum.whole,
        "a scan with pauses finds other records");
  return 0;
}
