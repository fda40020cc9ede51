// How fast a few records are found in a log, beside what bounds it: a checksum over the same bytes,
// and a walk over nothing but the headers of the records.
//
// DROPSCOPE_BENCH_LOG names a log to use; otherwise one of 64 MiB is written first.
#include <benchmark/benchmark.h>
#include <zlib.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/mapped_file.h"
#include "formats/evtx/filter.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{64} << 20;

/// Records of several providers in each chunk, as in a real Application log; one in a thousand is
/// looked for.
std::vector<std::byte> make_sample() {
  struct Writing {
    const char* provider;
    RecordStyle style;
  };
  constexpr Writing kProviders[] = {
      {"Microsoft-Windows-Security-SPP", RecordStyle::Manifest},
      {"MsiInstaller", RecordStyle::Classic},
      {"Microsoft-Windows-RestartManager", RecordStyle::Manifest},
      {"ESENT", RecordStyle::Classic},
  };
  Writer writer;
  EventSpec event;
  event.channel = "Application";
  event.computer = "PC01.example.test";
  event.process_id = 1234;
  event.thread_id = 5678;
  // A chunk holds about a hundred of these records.
  for (std::size_t i = 0; i < kSampleBytes / kChunkBytes * 100; ++i) {
    const bool wanted = i % 1000 == 7;
    const Writing& writing = kProviders[i % 4];
    event.provider = wanted ? "Outlook" : writing.provider;
    event.style = wanted ? RecordStyle::Classic : writing.style;
    event.event_id = static_cast<std::uint16_t>(wanted ? 26 : 1000 + i % 7);
    event.time = instant_from_unix(1'700'000'000 + static_cast<std::int64_t>(i));
    event.data = {{event.style == RecordStyle::Manifest ? "Detail" : "",
                   OwnedValue::string("Some text of a length that is usual for it, and a number: " +
                                      std::to_string(i))}};
    if (!writer.add(event)) return {};
  }
  return writer.finish();
}

Bytes sample() {
  static const MappedFile mapped = [] {
    const char* name = std::getenv("DROPSCOPE_BENCH_LOG");
    auto file = name == nullptr ? Result<MappedFile>() : MappedFile::open(path_from_utf8(name));
    return file ? std::move(*file) : MappedFile();
  }();
  static const std::vector<std::byte> made =
      mapped.bytes().empty() ? make_sample() : std::vector<std::byte>();
  return mapped.bytes().empty() ? Bytes(made) : mapped.bytes();
}

/// A provider and an id that find few records, and none in most logs.
Filter few() {
  return {.providers = {"Outlook"}, .ids = {26}};
}

void filter(benchmark::State& state, const Filter& filter, bool verify_crc) {
  const Bytes bytes = sample();
  std::uint64_t found = 0;
  std::uint64_t records = 0;
  for (auto _ : state) {
    auto reader = LogReader::open(bytes, {.verify_crc = verify_crc, .filter = &filter});
    if (!reader) {
      state.SkipWithError("the log cannot be read");
      return;
    }
    LogRecord record;
    found = 0;
    while (reader->next(record)) ++found;
    records = reader->summary().records;
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
  state.counters["records"] = static_cast<double>(records);
  state.counters["found"] = static_cast<double>(found);
}
BENCHMARK_CAPTURE(filter, crc, few(), true);
BENCHMARK_CAPTURE(filter, no_crc, few(), false);
BENCHMARK_CAPTURE(filter, text, {.texts = {"no such text"}}, false);

/// The records of every chunk by their sizes, and nothing else.
void header_walk(benchmark::State& state) {
  const Bytes bytes = sample();
  std::uint64_t records = 0;
  for (auto _ : state) {
    records = 0;
    std::uint64_t ids = 0;
    for (std::size_t chunk = kFileBlockBytes; chunk + kChunkBytes <= bytes.size();
         chunk += kChunkBytes) {
      const std::byte* const begin = bytes.data() + chunk;
      std::size_t at = kChunkHeaderBytes;
      while (at + kRecordHeaderBytes <= kChunkBytes &&
             load_le<std::uint32_t>(begin + at) == kRecordMagic) {
        const std::size_t size = load_le<std::uint32_t>(begin + at + 4);
        if (size < kRecordHeaderBytes) break;
        ids += load_le<std::uint64_t>(begin + at + 8);
        ++records;
        at += size;
      }
    }
    benchmark::DoNotOptimize(ids);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
  state.counters["records"] = static_cast<double>(records);
}
BENCHMARK(header_walk);

void zlib_crc32(benchmark::State& state) {
  const Bytes bytes = sample();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(zlib_crc32);

}  // namespace
}  // namespace dropscope::evtx
