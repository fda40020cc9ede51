// Any bytes as a text of the Connection Status window, whether it is recognised or not. Checks what
// raw.h promises of its rows, and that numbers are those of a window.
#include "base/result.h"
#include "evidence/intake/connection_status.h"

namespace {
using namespace dropscope;

const Catalogue& catalogue() {
  static const Catalogue kCatalogue = *Catalogue::load();
  return kCatalogue;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const EventMatcher kMatcher(catalogue());
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const ReadContext context{kMatcher, catalogue(), 20, {}, {}};
  const Head head{bytes, std::string(as_text(bytes)), "fuzz", &catalogue()};
  (void)is_status_text(head);
  Content content;
  content.bytes = bytes;
  const SourceIntake in = read_status_text(content, context);
  check(in.source.records == in.connections.size(), "rows and records differ");
  check((in.source.damage_count == 0) == (in.source.state == SourceState::Read), "state is wrong");
  std::uint64_t place = 0;
  for (const RawConnection& row : in.connections) {
    check(row.row.place > place, "places do not ascend");
    place = row.row.place;
    check(row.row.requests.has_value() == row.row.failures.has_value(), "half a Req/Fail");
    check(row.row.response_ms.value_or(0) >= 0, "a negative time");
  }
  return 0;
}
