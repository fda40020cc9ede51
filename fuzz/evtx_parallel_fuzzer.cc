// One thread against many: any bytes as the chunks of a log, read in one go and in parts by three
// threads. Text, counts and damages are the same.
//
// The first byte says how many chunks there are (1 to 4); the rest is cut into as many pieces, each
// of which begins a chunk. A piece without the magic gets one, so that most chunks are read.
#include <cstring>
#include <memory>

#include "base/result.h"
#include "formats/evtx/parallel.h"
#include "formats/evtx/renderer.h"

namespace {

using namespace dropscope;
using namespace dropscope::evtx;

std::vector<std::byte> log_of(Bytes input) {
  const std::size_t chunks = input.empty() ? 1 : std::to_integer<std::size_t>(input[0]) % 4 + 1;
  input = input.subspan(std::min<std::size_t>(1, input.size()));
  std::vector<std::byte> log(kFileBlockBytes + chunks * kChunkBytes);
  std::memcpy(log.data(), kFileMagic.data(), kFileMagic.size());
  store_le(log.data() + 40, static_cast<std::uint16_t>(kFileBlockBytes));
  const std::size_t piece = std::min(input.size() / chunks, kChunkBytes);
  for (std::size_t i = 0; i < chunks; ++i) {
    std::byte* const chunk = log.data() + kFileBlockBytes + i * kChunkBytes;
    if (piece > 0) std::memcpy(chunk, input.data() + i * piece, piece);
    std::memcpy(chunk, kChunkMagic.data(), kChunkMagic.size());
    // Damage that nobody expects is kept: a piece may set the free space anywhere.
    if (load_le<std::uint32_t>(chunk + 48) == 0) {
      store_le(chunk + 48, static_cast<std::uint32_t>(kChunkBytes));
    }
  }
  return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto log = log_of(Bytes(reinterpret_cast<const std::byte*>(data), size));
  for (const bool recovered : {false, true}) {
    const ReadOptions options{.recovered = recovered};
    auto reader = LogReader::open(log, options);
    check(reader.has_value(), "the log has its magic");
    Renderer renderer(TextFormat::Xml);
    TextBuffer text;
    LogRecord record;
    while (reader->next(record)) (void)renderer.append(text, record);

    std::string parts;
    const auto writer = []() -> RecordWriter {
      return [mine = std::make_shared<Renderer>(TextFormat::Xml)](
                 const LogRecord& one, const LogReader&, TextBuffer& out) {
        (void)mine->append(out, one);
      };
    };
    const auto many =
        read_parallel(log, {options, 3, 1}, writer, [&](std::string_view part, std::uint64_t) {
          parts += part;
          return true;
        });
    check(many.has_value(), "the log has its magic");
    check(parts == text.view(), "threads give another text");
    check(many->summary() == reader->summary(), "threads count otherwise");
    check(many->damage() == reader->damage(), "threads list other damages");
  }
  return 0;
}
