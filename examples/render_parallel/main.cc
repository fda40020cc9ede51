// Writes the events of a log as JSON lines, rendered by several threads. The output is that of one
// thread, byte for byte.
// usage: render_parallel LOG [THREADS]
// Exit code: 0 the whole log was read, 1 a part of it is damaged or could not be written, 2 wrong
// usage, 3 no log.
#include <base/mapped_file.h>
#include <base/text.h>
#include <formats/evtx/parallel.h>
#include <formats/evtx/renderer.h>

#include <atomic>
#include <iostream>
#include <memory>

namespace evtx = dropscope::evtx;

int main(int argc, char** argv) {
  const auto threads = dropscope::parse_int(argc == 3 ? argv[2] : "0");
  if (argc < 2 || argc > 3 || !threads || *threads < 0 || *threads > 64) {
    return std::cerr << "usage: render_parallel LOG [THREADS]     at most 64 threads\n", 2;
  }
  const auto file = dropscope::MappedFile::open(argv[1]);
  if (!file) return std::cerr << file.error().text() << '\n', 3;

  std::atomic<bool> whole = true;
  // Called once for each thread; a renderer is of one thread only.
  const auto make_writer = [&]() -> evtx::RecordWriter {
    return [&whole, renderer = std::make_shared<evtx::Renderer>(evtx::TextFormat::JsonLines)](
               const evtx::LogRecord& record, const evtx::LogReader&, dropscope::TextBuffer& text) {
      if (record.event && !renderer->append(text, record)) whole = false;
    };
  };
  const auto take = [](std::string_view text, std::uint64_t /*position*/) {
    return static_cast<bool>(std::cout << text);
  };
  const auto reader = evtx::read_parallel(
      file->bytes(), {.read = {}, .threads = static_cast<unsigned>(*threads)}, make_writer, take);
  if (!reader) return std::cerr << argv[1] << ": " << reader.error().text() << '\n', 3;
  if (!std::cout.flush()) return std::cerr << "standard output cannot be written\n", 1;

  for (const evtx::LogDamage& damage : reader->damage()) {
    std::cerr << argv[1] << ": offset " << damage.offset << ": " << damage.what << '\n';
  }
  if (const auto fault = file->fault()) return std::cerr << fault->text() << '\n', 1;
  return whole && reader->summary().damages == 0 ? 0 : 1;
}
