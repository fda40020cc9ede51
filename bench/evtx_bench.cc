// How fast a log is read, by what is asked of each record. Bytes per second are those of the file.
#include <benchmark/benchmark.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "formats/evtx/reader.h"
#include "formats/evtx/renderer.h"
#include "formats/evtx/writer.h"
#include "formats/evtx/xml.h"

namespace dropscope::evtx {
namespace {

/// About 4 MB, nine records in ten of another provider, as in a real Application log.
const std::vector<std::byte>& sample() {
  static const std::vector<std::byte> bytes = [] {
    Writer writer;
    EventSpec event;
    event.channel = "Application";
    event.computer = "PC01.example.test";
    for (int i = 0; i < 10'000; ++i) {
      const bool outlook = i % 10 == 0;
      event.style = outlook ? RecordStyle::Classic : RecordStyle::Manifest;
      event.provider = outlook ? "Outlook" : "Microsoft-Windows-Security-SPP";
      event.event_id = outlook ? 26 : 16384;
      event.time = instant_from_unix(1'700'000'000 + i);
      event.data = {{outlook ? "" : "Detail",
                     OwnedValue::string("Some text of usual length " + std::to_string(i))}};
      if (!writer.add(event)) return std::vector<std::byte>();
    }
    return writer.finish();
  }();
  return bytes;
}

template <typename Use>
void read_records(benchmark::State& state, Use&& use) {
  const Bytes bytes(sample());
  std::uint64_t records = 0;
  for (auto _ : state) {
    auto reader = LogReader::open(bytes);
    if (!reader) {
      state.SkipWithError("the sample cannot be read");
      return;
    }
    LogRecord record;
    while (reader->next(record)) {
      ++records;
      if (record.event) use(record);
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
}

template <typename Use>
void read_all(benchmark::State& state, Use&& use) {
  read_records(state, [&](LogRecord& record) { use(*record.event); });
}

void headers(benchmark::State& state) {
  read_all(state, [](EventView&) {});
}
BENCHMARK(headers);

void filter(benchmark::State& state) {
  read_all(state, [](EventView& event) {
    benchmark::DoNotOptimize(event.event_id() == 26 &&
                             event.provider().equals_ascii_nocase("outlook"));
  });
}
BENCHMARK(filter);

void xml(benchmark::State& state) {
  std::string out;
  read_all(state, [&](EventView& event) {
    out.clear();
    benchmark::DoNotOptimize(append_xml(out, event.reader(), event.fragment()));
  });
}
BENCHMARK(xml);

/// The same text as `xml`, and JSON lines, as `evtx dump` writes them.
void renderer(benchmark::State& state, TextFormat format) {
  Renderer renderer(format);
  TextBuffer out;
  read_records(state, [&](const LogRecord& record) {
    if (out.size() > (std::size_t{256} << 10)) out.clear();
    benchmark::DoNotOptimize(renderer.append(out, record));
  });
}
BENCHMARK_CAPTURE(renderer, xml, TextFormat::Xml);
BENCHMARK_CAPTURE(renderer, json_lines, TextFormat::JsonLines);

/// The machine's limit to compare with: zlib's checksum over the same bytes.
void zlib_crc32(benchmark::State& state) {
  const Bytes bytes(sample());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(zlib_crc32);

}  // namespace
}  // namespace dropscope::evtx
