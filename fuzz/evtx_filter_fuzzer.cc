// Filter, then render, against render, then filter. The first bytes choose a filter, partly from
// what the log holds; the rest is the log. Both ways must give the same records with the same text,
// and the same account of damage.
#include <array>

#include "base/result.h"
#include "formats/evtx/filter_reference.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dropscope;
  // What random_filter() draws at most is a few hundred numbers; they come round again.
  constexpr std::size_t kChoices = 32;
  if (size < kChoices) return 0;
  const Bytes log(reinterpret_cast<const std::byte*>(data) + kChoices, size - kChoices);
  std::uint64_t state = 0;
  std::size_t drawn = 0;
  const auto draw = [&](std::size_t bound) -> std::size_t {
    state = (state + data[drawn++ % kChoices]) * 0x9e3779b97f4a7c15u;
    return bound == 0 ? 0 : static_cast<std::size_t>((state >> 32) % bound);
  };
  const evtx::test::PickedEvents picked(log, draw, 3);
  const evtx::Filter filter = evtx::test::random_filter(draw, picked.events());
  const std::string complaint = evtx::test::compare_filtered(log, filter, (data[0] & 1) != 0);
  check(complaint.empty(), complaint);
  return 0;
}
