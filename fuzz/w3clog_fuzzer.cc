// Any bytes as a log with a #Fields line. Checks what w3clog.h promises: a record has as many
// values as its header has fields or none, lines ascend, problems name their line, and the counts
// add up.
#include <string>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/w3clog/w3clog.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dropscope::w3clog;
  using dropscope::check;
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  Reader reader(bytes);
  std::uint64_t line = 0;
  std::uint64_t records = 0;
  std::uint64_t foreign = 0;
  std::uint64_t problems = 0;
  for (Record record; reader.next(record);) {
    check(record.line > line, "lines do not ascend");
    line = record.line;
    records += record.values.empty() ? 0 : 1;
    foreign += record.foreign ? 1 : 0;
    problems += record.problem.empty() ? 0 : 1;
    check(record.values.empty() || record.values.size() == reader.header().fields.size(),
          "a record is not as wide as its header");
    check(!record.has_time || !record.values.empty(), "a time without values");
    check(record.problem.empty() || record.problem.starts_with("line " + std::to_string(line)),
          "a problem without its line");
    for (const auto value : record.values) check(dropscope::is_utf8(value), "a value is no UTF-8");
  }
  check(records == reader.summary().records && foreign == reader.summary().foreign &&
            problems == reader.summary().problems,
        "the counts are wrong");
  (void)headers_in(dropscope::text::head_as_utf8(bytes, 4096));
  return 0;
}
