// Any bytes as a line of the record of a watch, and as a whole record: every refusal has a
// sentence, what is read is written and read again, and no more closes come out than there are
// lines.
#include <algorithm>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "evidence/intake/watch_intake.h"
#include "formats/watch_record/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace format = dropscope::watch_record;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)format::is_record(dropscope::as_bytes(text));
  const auto entry = format::read(text.substr(0, text.find('\n')));
  if (!entry) {
    dropscope::check(!entry.error().message.empty(), "an error without a sentence");
  } else {
    // Lengths are rounded and times cut when they are written first; after that nothing changes.
    const std::string once = format::write(*entry);
    const auto again = format::read(once);
    dropscope::check(again.has_value(), "what was written is not read");
    dropscope::check(format::write(*again) == once, "what was read again is written otherwise");
  }
  static const dropscope::Catalogue kCatalogue = *dropscope::Catalogue::load();
  static const dropscope::EventMatcher kMatcher(kCatalogue);
  dropscope::Content content;
  content.name = "watch.jsonl";
  content.bytes = dropscope::as_bytes(text);
  const dropscope::ReadContext context{kMatcher, kCatalogue, 20, {}, {}};
  const auto intake = dropscope::read_watch_record(content, context);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  dropscope::check(intake.closes.size() <= lines, "more closes than lines");
  return 0;
}
