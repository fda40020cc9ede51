// Any text as a scenario for the simulator.
#include "base/bytes.h"
#include "base/result.h"
#include "simulate/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto scenario =
      dropscope::simulation::parse_scenario(dropscope::as_text(bytes), "fuzz.toml");
  if (!scenario) dropscope::check(!scenario.error().message.empty(), "an error without a sentence");
  return 0;
}
