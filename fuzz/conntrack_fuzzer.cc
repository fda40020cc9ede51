// Any bytes as lines of conntrack: one by one, and as a whole. Checks that views lie in their line,
// and that the reader accounts for what it keeps.
#include "base/result.h"
#include "evidence/intake/conntrack_log.h"
#include "formats/conntrack/conntrack.h"
#include "formats/text/line_reader.h"
#include "fuzz/check_inside.h"

using namespace dropscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  text::LineReader lines(bytes);
  for (text::Line line; lines.next(line);) {
    const auto entry = conntrack::parse(line.text);
    if (!entry) continue;
    for (const conntrack::Tuple& tuple : {entry->original, entry->reply}) {
      for (const auto part : {tuple.source, tuple.target, tuple.source_port, tuple.target_port}) {
        check_inside(line.text, part);
      }
    }
    for (const auto part : {entry->protocol, entry->state, entry->id}) {
      check_inside(line.text, part);
    }
  }
  static const Catalogue kCatalogue = *Catalogue::load();
  static const EventMatcher kMatcher(kCatalogue);
  const ReadContext context{kMatcher, kCatalogue, 20, {}, DateOrder::DayFirst};
  Content content;
  content.bytes = bytes;
  const SourceIntake in = read_conntrack_log(content, context);
  check(in.closes.size() <= in.source.records, "more closes than lines");
  check(in.source.damage.size() <= 20, "more damages than are to be kept");
  for (const RawClose& raw : in.closes) {
    check(raw.close.opened <= raw.close.time || raw.close.why != CloseWhy::Idle,
          "an idle connection that ended before it began");
  }
  return 0;
}
