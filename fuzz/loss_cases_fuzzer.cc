// Any bytes as a line of dropscope rhythm's input: read or refused, within the limits.
#include <cstdint>

#include "formats/loss_cases/loss_cases.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dropscope;
  const auto one =
      loss_cases::read_line(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!one) {
    check(!one.error().message.empty(), "a refusal without a reason");
    return 0;
  }
  check(one->is_fleet || one->clients.size() == 1, "a client's line without its client");
  for (const loss_cases::Client& client : one->clients) {
    for (const loss_cases::Event& event : client.events) {
      check(event.lost >= 0 && (!event.has_restored || event.restored >= event.lost), "a bad time");
    }
  }
  return 0;
}
