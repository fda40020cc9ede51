// Writes the events of a log to standard output: as XML with the values that Windows writes, or as
// one line of JSON each.
// usage: render_log xml|jsonl LOG
// Exit code: 0 the whole log was read, 1 a part of it is damaged or could not be written, 2 wrong
// usage, 3 no log.
#include <base/mapped_file.h>
#include <formats/evtx/renderer.h>

#include <iostream>
#include <string_view>

namespace evtx = dropscope::evtx;

int main(int argc, char** argv) {
  const std::string_view form = argc == 3 ? argv[1] : "";
  if (form != "xml" && form != "jsonl") {
    return std::cerr << "usage: render_log xml|jsonl LOG\n", 2;
  }
  const auto file = dropscope::MappedFile::open(argv[2]);
  if (!file) return std::cerr << file.error().text() << '\n', 3;
  auto reader = evtx::LogReader::open(file->bytes());
  if (!reader) return std::cerr << argv[2] << ": " << reader.error().text() << '\n', 3;

  evtx::Renderer renderer(form == "xml" ? evtx::TextFormat::Xml : evtx::TextFormat::JsonLines);
  dropscope::TextBuffer text;
  bool whole = true;
  evtx::LogRecord record;
  while (reader->next(record)) {
    if (!record.event) continue;  // The damage list says why.
    whole &= renderer.append(text, record);
    if (text.size() < 65536) continue;
    std::cout << text.view();
    text.clear();
  }
  std::cout << text.view() << std::flush;
  if (!std::cout) return std::cerr << "standard output cannot be written\n", 1;

  for (const evtx::LogDamage& damage : reader->damage()) {
    std::cerr << argv[2] << ": offset " << damage.offset << ": " << damage.what << '\n';
  }
  if (const auto fault = file->fault()) return std::cerr << fault->text() << '\n', 1;
  return whole && reader->summary().damages == 0 ? 0 : 1;
}
