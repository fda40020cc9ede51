// The table of docs/benchmarks.md: how fast a log is read, as ratios to what bounds it on the same
// machine in the same run, and beside Debian's evtxexport where that is installed.
//
// usage: evtx_targets [LOG]     LOG: any event log; without one, 64 MiB of chunks are put together
//                               from the shared corpus, or written where that is not there
//
// Every measure runs once in each round. A ratio is taken within each round, so that what slows the
// machine down for a while slows both sides of it, and its median over the rounds counts; a speed
// is that of the best round.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/files.h"
#include "base/mapped_file.h"
#include "formats/evtx/chunk.h"
#include "formats/evtx/parallel.h"
#include "formats/evtx/renderer.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSampleChunks = 1024;
constexpr int kRounds = 25;

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/// The undamaged chunks of every log below `folder`, in the order of their names.
std::vector<std::vector<std::byte>> chunks_of_corpus(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() == ".evtx") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::vector<std::byte>> chunks;
  for (const fs::path& path : files) {
    const auto file = MappedFile::open(path);
    if (!file) continue;
    const Bytes bytes = file->bytes();
    const auto header = parse_file_header(bytes);
    if (!header) continue;
    RecordWalk walk;
    for (std::size_t at = first_chunk_offset(bytes, *header); fits(bytes, at, kChunkBytes);
         at += kChunkBytes) {
      const Bytes chunk = bytes.subspan(at, kChunkBytes);
      const auto chunk_header = parse_chunk_header(chunk);
      if (!chunk_header) continue;
      const ChunkCrc crc = check_crc(chunk, *chunk_header, 0);
      walk_records(chunk, *chunk_header, walk);
      if (crc.header_ok && crc.records_ok && walk.gaps.empty()) {
        chunks.emplace_back(chunk.begin(), chunk.end());
      }
    }
  }
  return chunks;
}

/// Chunks of the writer, if there is no corpus.
std::vector<std::vector<std::byte>> chunks_of_writer() {
  Writer writer;
  EventSpec event;
  event.channel = "Application";
  event.computer = "PC01.example.test";
  for (int i = 0; i < 10'000; ++i) {
    const bool classic = i % 4 == 0;
    event.style = classic ? RecordStyle::Classic : RecordStyle::Manifest;
    event.provider = classic ? "MsiInstaller" : "Microsoft-Windows-Security-SPP";
    event.event_id = static_cast<std::uint16_t>(1000 + i % 9);
    event.time = instant_from_unix(1'700'000'000 + i);
    event.data = {{classic ? "" : "Detail",
                   OwnedValue::string("Some text of usual length " + std::to_string(i))}};
    if (!writer.add(event)) return {};
  }
  const auto log = writer.finish();
  std::vector<std::vector<std::byte>> chunks;
  for (std::size_t at = kFileBlockBytes; fits(log, at, kChunkBytes); at += kChunkBytes) {
    const Bytes chunk = Bytes(log).subspan(at, kChunkBytes);
    chunks.emplace_back(chunk.begin(), chunk.end());
  }
  return chunks;
}

/// A log of kSampleChunks chunks, the given ones again and again.
bool write_sample(const fs::path& path, const std::vector<std::vector<std::byte>>& chunks) {
  Writer writer;
  std::vector<std::byte> header = writer.finish();
  header.resize(kFileBlockBytes);
  store_le(header.data() + 16, std::uint64_t{kSampleChunks - 1});
  store_le(header.data() + 42, static_cast<std::uint16_t>(kSampleChunks));
  store_le(header.data() + 124, static_cast<std::uint32_t>(::crc32(
                                    0, reinterpret_cast<const Bytef*>(header.data()), 120)));
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(header.data()), kFileBlockBytes);
  for (std::size_t i = 0; i < kSampleChunks; ++i) {
    out.write(reinterpret_cast<const char*>(chunks[i % chunks.size()].data()), kChunkBytes);
  }
  return out.good();
}

struct Measure {
  std::string name;
  std::function<void()> run;
  std::vector<double> seconds;  ///< Of each round

  [[nodiscard]] double best() const { return *std::min_element(seconds.begin(), seconds.end()); }
};

/// How many times as long as `of` the measure `to` took in one round, in the middle of all rounds.
double paired_ratio(const Measure& of, const Measure& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < of.seconds.size(); ++i) {
    ratios.push_back(to.seconds[i] / of.seconds[i]);
  }
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  return *middle;
}

class Table {
 public:
  Table(const fs::path& path, Bytes log) : path_(path), log_(log) {
    null_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  }
  ~Table() { ::close(null_); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  /// More memory than before, at its highest, while the log is rendered; KiB.
  long rendering_memory() {
    const long before = anonymous_memory();
    anonymous_ = before;
    watching_ = true;
    render(TextFormat::Xml);
    render(TextFormat::JsonLines);
    return anonymous_ - before;
  }

  void run() {
    const Filter few{.providers = {"Outlook"}, .ids = {26}};
    std::vector<Measure> all;
    const auto add = [&](std::string name, std::function<void()> work) {
      all.push_back({std::move(name), std::move(work), {}});
      return all.size() - 1;
    };
    const auto crc = add("zlib crc32", [&] { checksum(); });
    const auto walk = add("walk over the record headers", [&] { walk_headers(); });
    const auto few_crc = add("filter, checksums on", [&] { filter(few, true); });
    const auto few_plain = add("filter, checksums off", [&] { filter(few, false); });
    const auto xml = add("XML", [&] { render(TextFormat::Xml); });
    const auto json = add("JSON lines", [&] { render(TextFormat::JsonLines); });
    const auto one = add("XML, one thread of the pool", [&] { render(TextFormat::Xml, 1); });
    const auto two = add("XML, two threads", [&] { render(TextFormat::Xml, 2); });
    const auto both = add("XML, two readers, a log each", [&] {
      std::thread other([&] { render(TextFormat::Xml, 1); });
      render(TextFormat::Xml, 1);
      other.join();
    });
    for (int round = 0; round < kRounds; ++round) {
      for (Measure& measure : all) {
        const double start = now();
        measure.run();
        measure.seconds.push_back(now() - start);
      }
    }
    fmt::print("{:<30} {:>8}\n", "", "MB/s");
    for (const Measure& measure : all) {
      fmt::print("{:<30} {:>8.0f}\n", measure.name, speed(measure.best()));
    }
    export_with_peer();
    fmt::print("\n{:<44} {:>6} {:>7}\n", "ratio", "is", "target");
    const auto ratio = [&](std::string_view name, std::size_t of, std::size_t to, double target) {
      fmt::print("{:<44} {:>6.2f} {:>7.2f}\n", name, paired_ratio(all[of], all[to]), target);
    };
    ratio("filter, checksums on / zlib crc32", few_crc, crc, 0.6);
    ratio("filter, checksums off / header walk", few_plain, walk, 0.8);
    ratio("XML / zlib crc32", xml, crc, 0.25);
    ratio("JSON lines / zlib crc32", json, crc, 0.25);
    ratio("two threads / one thread", two, one, 1.8);
    // Both logs are read in that time.
    fmt::print("{:<44} {:>6.2f}\n", "what the machine gives: two readers / one",
               2 * paired_ratio(all[both], all[one]));
    fmt::print("{:<44} {:>6.1f} {:>7.1f}\n", "MiB of memory beyond the map, XML and JSON lines",
               memory(), 16.0);
  }

 private:
  [[nodiscard]] double speed(double seconds) const {
    return static_cast<double>(log_.size()) / seconds / 1e6;
  }

  void checksum() {
    sum_ += ::crc32(0, reinterpret_cast<const Bytef*>(log_.data()), static_cast<uInt>(log_.size()));
  }

  void walk_headers() {
    for (std::size_t chunk = kFileBlockBytes; fits(log_, chunk, kChunkBytes);
         chunk += kChunkBytes) {
      const std::byte* const begin = log_.data() + chunk;
      std::size_t at = kChunkHeaderBytes;
      while (at + kRecordHeaderBytes <= kChunkBytes &&
             load_le<std::uint32_t>(begin + at) == kRecordMagic) {
        const std::size_t size = load_le<std::uint32_t>(begin + at + 4);
        if (size < kRecordHeaderBytes) break;
        sum_ += load_le<std::uint64_t>(begin + at + 8);
        at += size;
      }
    }
  }

  void filter(const Filter& filter, bool verify_crc) {
    auto reader = LogReader::open(log_, {.verify_crc = verify_crc, .filter = &filter});
    LogRecord record;
    while (reader && reader->next(record)) ++sum_;
  }

  void write_out(std::string_view text) {
    const auto written = ::write(null_, text.data(), text.size());
    if (written < 0) sum_ = 0;
  }

  void render(TextFormat format) {
    auto reader = LogReader::open(log_);
    Renderer renderer(format);
    TextBuffer text;
    LogRecord record;
    while (reader && reader->next(record)) {
      (void)renderer.append(text, record);
      if (text.size() < kBuffer) continue;
      write_out(text.view());
      text.clear();
      if (watching_) anonymous_ = std::max(anonymous_, anonymous_memory());
    }
    write_out(text.view());
  }

  void render(TextFormat format, unsigned threads) {
    const auto make = [format]() -> RecordWriter {
      return [renderer = std::make_shared<Renderer>(format)](const LogRecord& record,
                                                             const LogReader&, TextBuffer& text) {
        (void)renderer->append(text, record);
      };
    };
    (void)read_parallel(log_, {{}, threads}, make, [&](std::string_view text, std::uint64_t) {
      write_out(text);
      return true;
    });
  }

  /// Debian's libevtx-utils, whole process, one round: it takes long. It stops at the first record
  /// that it cannot read, so its speed is that of the records up to there.
  void export_with_peer() {
    std::uint64_t all = 0;
    auto reader = LogReader::open(log_);
    LogRecord record;
    while (reader && reader->next(record)) ++all;

    const double start = now();
    FILE* const out =
        ::popen(fmt::format("evtxexport '{}' 2>/dev/null", path_.string()).c_str(), "r");
    std::uint64_t read = 0;
    std::vector<char> line(kBuffer);
    while (out != nullptr &&
           std::fgets(line.data(), static_cast<int>(line.size()), out) != nullptr) {
      read += std::string_view(line.data()).rfind("Event number", 0) == 0 ? 1U : 0U;
    }
    if (out != nullptr) ::pclose(out);
    const double seconds = now() - start;
    if (read == 0) {
      fmt::print("{:<30} {:>8}\n", "evtxexport (text)", "none");
      return;
    }
    const double part = static_cast<double>(read) / static_cast<double>(all);
    fmt::print(
        "{:<30} {:>8.1f}{}\n", "evtxexport (text)", speed(seconds) * part,
        read == all ? std::string() : fmt::format("  (stopped after {} of {} records)", read, all));
  }

  /// In KiB, without the pages of mapped files (proc(5): RssAnon).
  static long anonymous_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("RssAnon:", 0) == 0) return std::stol(line.substr(8));
    }
    return 0;
  }

  /// Of a process that has done nothing else: this program, called with --memory.
  double memory() {
    const std::string command =
        fmt::format("/proc/{}/exe --memory '{}'", ::getpid(), path_.string());
    FILE* const out = ::popen(command.c_str(), "r");
    long kib = 0;
    const bool got = out != nullptr && std::fscanf(out, "%ld", &kib) == 1;
    if (out != nullptr) ::pclose(out);
    return got ? static_cast<double>(kib) / 1024 : 0;
  }

  static constexpr std::size_t kBuffer = std::size_t{256} << 10;

  fs::path path_;
  Bytes log_;
  int null_ = -1;
  std::uint64_t sum_ = 0;
  long anonymous_ = 0;
  bool watching_ = false;
};

int run(int count, char** arguments) {
  if (count == 3 && std::string_view(arguments[1]) == "--memory") {
    const auto file = MappedFile::open(path_from_utf8(arguments[2]));
    if (!file) return 1;
    fmt::print("{}\n", Table(arguments[2], file->bytes()).rendering_memory());
    return 0;
  }
  fs::path path;
  std::string what = "given log";
  if (count > 1) {
    path = path_from_utf8(arguments[1]);
  } else {
    auto chunks = chunks_of_corpus(DROPSCOPE_CORPUS_DIR);
    what = fmt::format("{} different chunks of the corpus", chunks.size());
    if (chunks.empty()) {
      chunks = chunks_of_writer();
      what = "chunks of the writer";
    }
    path = fs::temp_directory_path() / fmt::format("evtx_targets.{}.evtx", ::getpid());
    if (!write_sample(path, chunks)) {
      fmt::print(stderr, "evtx_targets: cannot write {}\n", path_to_utf8(path));
      return 1;
    }
  }
  {
    const auto file = MappedFile::open(path);
    if (!file || !LogReader::open(file->bytes())) {
      fmt::print(stderr, "evtx_targets: {} cannot be read as an event log\n", path_to_utf8(path));
      return 1;
    }
    fmt::print("{:.1f} MiB, {}; {} rounds; {} processors\n\n",
               static_cast<double>(file->bytes().size()) / (1 << 20), what, kRounds,
               std::thread::hardware_concurrency());
    Table(path, file->bytes()).run();
  }
  if (count <= 1) fs::remove(path);
  return 0;
}

}  // namespace
}  // namespace dropscope::evtx

int main(int count, char** arguments) {
  return dropscope::evtx::run(count, arguments);
}
