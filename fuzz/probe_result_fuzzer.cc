// Any bytes as the result of a probe: every refusal has a sentence, a time-out has its bounds, and
// what is read is the same twice.
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "formats/probe_result/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace format = dropscope::probe_result;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)format::is_document(dropscope::as_bytes(text));
  const auto first = format::read(text);
  const auto second = format::read(text);
  dropscope::check(first.has_value() == second.has_value(), "the same bytes gave another result");
  if (!first) {
    dropscope::check(!first.error().message.empty(), "an error without a sentence");
    return 0;
  }
  dropscope::check(first->mechanism == second->mechanism && first->seconds == second->seconds &&
                       first->host == second->host,
                   "the same bytes gave another result");
  if (format::is_time_out(first->mechanism)) {
    dropscope::check(first->seconds.has_value() && first->accuracy_s.has_value() &&
                         *first->seconds >= 0 && *first->seconds <= format::kLongest_s,
                     "a time-out without its length");
  }
  return 0;
}
