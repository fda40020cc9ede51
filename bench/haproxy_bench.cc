// How fast HAProxy's log is read, beside what nothing can be faster than: counting its lines with
// memchr, and looking for a text in it as grep does. The same bytes, one thread.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "evidence/intake/haproxy_log.h"
#include "formats/haproxy/haproxy.h"
#include "formats/text/line_reader.h"

namespace {

using namespace dropscope;

/// Lines as HAProxy writes them for TCP; one of twenty ends by a time-out or by force.
const std::string& log() {
  static const std::string kLog = [] {
    std::mt19937 random(7);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random()) % n; };
    std::string out;
    while (out.size() < (std::size_t{64} << 20)) {
      static constexpr const char* kStates[] = {"cD", "sD", "CD", "SD", "KD"};
      const char* const state = below(20) == 0 ? kStates[below(5)] : "--";
      char line[256];
      const int size = std::snprintf(
          line, sizeof line,
          "Sep %2u %02u:%02u:%02u lb1 haproxy[29217]: 10.20.%u.%u:%u "
          "[%02u/Sep/2025:%02u:%02u:%02u.%03u] "
          "fe_exchange bk_exchange/ex%02u 1/%u/%u %u %s %u/%u/%u/%u/0 0/0\n",
          1 + below(28), below(24), below(60), below(60), below(8), below(250), 1024 + below(60000),
          1 + below(28), below(24), below(60), below(60), below(1000), 1 + below(4), below(9),
          below(20'000'000), below(900'000), state, below(90), below(90), below(90), below(40));
      out.append(line, static_cast<std::size_t>(size));
    }
    return out;
  }();
  return kLog;
}

void report(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(log().size()));
}

void count_lines(benchmark::State& state) {
  for (auto _ : state) {
    std::size_t lines = 0;
    const char* at = log().data();
    const char* const end = at + log().size();
    while (at != end) {
      at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (at == nullptr) break;
      ++at;
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
  report(state);
}
BENCHMARK(count_lines)->Unit(benchmark::kMillisecond);

void search_text(benchmark::State& state) {
  for (auto _ : state) {
    std::size_t found = 0;
    const std::string_view text = log();
    for (std::size_t at = text.find(" cD "); at != std::string_view::npos;
         at = text.find(" cD ", at + 1)) {
      ++found;
    }
    benchmark::DoNotOptimize(found);
  }
  report(state);
}
BENCHMARK(search_text)->Unit(benchmark::kMillisecond);

void parse_lines(benchmark::State& state) {
  for (auto _ : state) {
    std::uint64_t bytes = 0;
    haproxy::Session session;
    text::LineReader lines(as_bytes(log()));
    for (text::Line line; lines.next(line);) {
      if (haproxy::parse(line.text, session)) bytes += session.bytes;
    }
    benchmark::DoNotOptimize(bytes);
  }
  report(state);
}
BENCHMARK(parse_lines)->Unit(benchmark::kMillisecond);

void read_log(benchmark::State& state) {
  const Catalogue catalogue;
  const EventMatcher matcher(catalogue);
  const ReadContext context{matcher, catalogue, 20, {}, {}};
  Content content;
  content.bytes = as_bytes(log());
  for (auto _ : state) {
    const SourceIntake intake = read_haproxy_log(content, context);
    benchmark::DoNotOptimize(intake.closes.size());
  }
  report(state);
}
BENCHMARK(read_log)->Unit(benchmark::kMillisecond);

}  // namespace
