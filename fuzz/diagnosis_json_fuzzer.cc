// Any bytes as a result in JSON: every refusal has a sentence, and what is read is the same twice.
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "formats/diagnosis/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)dropscope::diagnosis_json::is_document(dropscope::as_bytes(text));
  const auto first = dropscope::diagnosis_json::read(text);
  const auto second = dropscope::diagnosis_json::read(text);
  dropscope::check(first.has_value() == second.has_value(), "the same bytes gave another result");
  if (!first) {
    dropscope::check(!first.error().message.empty(), "an error without a sentence");
    return 0;
  }
  dropscope::check(first->cause == second->cause && first->scope == second->scope &&
                       first->computers.size() == second->computers.size(),
                   "the same bytes gave another result");
  return 0;
}
