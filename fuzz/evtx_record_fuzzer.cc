// Any bytes as the first record of a chunk whose header, sizes and checksums are right: the sound
// records behind it are read whatever it holds. What else is checked is in exercise.h.
#include <vector>

#include "base/result.h"
#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/exercise.h"

namespace {

using namespace dropscope;
using namespace dropscope::evtx;

void add_sound(test::BinXmlBytes& chunk, std::uint64_t id) {
  chunk.begin_record(id, 1000 * id).header().open(u"Event").close();
  chunk.open(u"System").close().open(u"EventID").close().text(u"26").end().end().end().eof();
  chunk.end_record();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 60'000) return 0;  // The three have to fit into the chunk.
  const auto* const bytes = reinterpret_cast<const std::byte*>(data);
  test::BinXmlBytes chunk;
  chunk.begin_record(1, 1000).append({bytes, bytes + size}).end_record();
  add_sound(chunk, 2);
  add_sound(chunk, 3);
  const auto log = test::BinXmlBytes::file({chunk.chunk()});
  const auto got = test::Exercise::run(log, false);
  check(got.complaint.empty(), got.complaint);
  check(got.summary.records == 3, "a record was lost");
  check(got.summary.records_unreadable <= 1, "a sound record is unreadable");
  check(got.summary.chunks_crc_bad == 0, "the checksums are right");
  return 0;
}
