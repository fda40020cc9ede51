// Any bytes as a text with names in it: it ends, it is the same twice, and of the names that were
// given none is left where it stands alone.
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/utf16.h"
#include "present/redact/leak_check.h"
#include "present/redact/redactor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dropscope::check;
  namespace redact = dropscope::redact;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  redact::Names names;
  names.add_user("anna");
  names.add_host("pc01.corp.example");
  redact::Key key("secret");
  const std::string out = redact::Redactor(names, key).text(text);
  check(out == redact::Redactor(names, key).text(text), "the same text gave another");
  names.scan(text);
  // Bytes that are no UTF-8 are mended before a text is redacted.
  if (!dropscope::is_utf8(text)) return 0;
  static const redact::LeakCheck kLeakCheck({"anna", "pc01"});
  std::size_t offset = 0;
  check(kLeakCheck.find(out, offset).empty(), "a name is left");
  return 0;
}
