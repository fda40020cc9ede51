// Any bytes as a log of HAProxy: line by line, and as a whole. Checks what haproxy.h promises
// (views lie in the line, times are not below -1), and that the reader accounts for what it keeps.
#include "base/result.h"
#include "evidence/intake/haproxy_log.h"
#include "formats/haproxy/haproxy.h"
#include "formats/text/line_reader.h"
#include "fuzz/check_inside.h"

using namespace dropscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  text::LineReader lines(bytes);
  haproxy::Session session;
  for (text::Line line; lines.next(line);) {
    if (const auto notice = haproxy::parse_notice(line.text))
      check_inside(line.text, notice->reason);
    (void)haproxy::parse_endpoint(line.text);
    if (!haproxy::parse(line.text, session)) continue;
    for (const auto part : {session.prefix, session.client, session.frontend, session.backend,
                            session.server, session.state, session.message, session.rest}) {
      check_inside(line.text, part);
    }
    for (const auto ms : {session.queued, session.connect, session.total}) {
      check(ms >= -1 && ms <= 1'000'000'000'000, "a time outside its range");
    }
    (void)haproxy_end(session.state);
  }
  static const Catalogue kCatalogue = *Catalogue::load();
  static const EventMatcher kMatcher(kCatalogue);
  const ReadContext context{kMatcher, kCatalogue, 20, {}, DateOrder::DayFirst};
  Content content;
  content.bytes = bytes;
  const SourceIntake in = read_haproxy_log(content, context);
  check(in.closes.size() <= in.source.records, "more closes than sessions");
  check(in.source.damage.size() <= 20, "more damages than are to be kept");
  return 0;
}
