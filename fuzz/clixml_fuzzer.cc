// Any bytes as objects of PowerShell (Export-Clixml): values, and events among them. Checks that
// objects and lines only go on and that the same bytes give the same values twice.
#include <string>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/clixml/clixml.h"
#include "formats/event_export/clixml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dropscope;
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto read = [&](std::string& values) {
    std::uint64_t object = 0;
    return clixml::read(bytes, [&](const clixml::Value& value) {
      check(value.object >= object, "objects do not ascend");
      check(value.path.ends_with(value.name), "a name that its path does not end with");
      object = value.object;
      values.append(value.path).append("=").append(value.text).append("\n");
    });
  };
  std::string first;
  std::string second;
  const bool done = read(first).has_value();
  check(read(second).has_value() == done && first == second, "the second time differs");
  (void)event_export::clixml_kind(as_text(bytes));
  (void)event_export::clixml_text(as_text(bytes));
  return 0;
}
