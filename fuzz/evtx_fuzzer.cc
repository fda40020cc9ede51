// Any bytes as an event log, read with and without recovered records. What is checked is in
// tests/formats/evtx/exercise.h, which the tests on damaged logs use as well: offsets inside the
// file, sound UTF-8 and XML of bounded size, counts that agree with what was handed out.
//
// Wrong checksums only mark a chunk as doubtful, so that the fuzzer need not mend them.
#include "base/result.h"
#include "formats/evtx/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dropscope::check;
  using dropscope::evtx::test::Exercise;
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto live = Exercise::run(bytes, false);
  check(live.complaint.empty(), live.complaint);
  const auto all = Exercise::run(bytes, true);
  check(all.complaint.empty(), all.complaint);
  check(live.opened == all.opened && live.summary.records == all.summary.records,
        "recovered records change the count of the live ones");
  if (live.summary.records_recoverable == 0) {
    check(live.xml_hash == all.xml_hash, "a second reading differs");
  }
  return 0;
}
