// Any bytes as the only chunk of a log: a chunk is read up to 64 KiB, so this goes where a fuzzer
// that has to make a file's first 4 KiB first comes late. What is checked is in exercise.h.
#include <algorithm>
#include <cstring>
#include <vector>

#include "base/result.h"
#include "formats/evtx/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dropscope;
  using namespace dropscope::evtx;
  std::vector<std::byte> log(kFileBlockBytes);
  std::memcpy(log.data(), kFileMagic.data(), kFileMagic.size());
  store_le(log.data() + 40, static_cast<std::uint16_t>(kFileBlockBytes));
  const auto* const bytes = reinterpret_cast<const std::byte*>(data);
  log.insert(log.end(), bytes, bytes + std::min(size, kChunkBytes));
  for (const bool recovered : {false, true}) {
    const auto got = test::Exercise::run(log, recovered);
    check(got.complaint.empty(), got.complaint);
  }
  return 0;
}
