// Prints time and record id of the events of one provider, with libdropscope as it is installed.
// usage: filter_log LOG PROVIDER [ID...]     PROVIDER may hold '*'
// Exit code: 0 the whole log was read, 1 a part of it is damaged, 2 wrong usage, 3 no log.
#include <base/mapped_file.h>
#include <base/text.h>
#include <formats/evtx/reader.h>

#include <iostream>

namespace evtx = dropscope::evtx;

int main(int argc, char** argv) {
  if (argc < 3) return std::cerr << "usage: filter_log LOG PROVIDER [ID...]\n", 2;
  evtx::Filter filter{.providers = {argv[2]}};
  for (int i = 3; i < argc; ++i) {
    const auto id = dropscope::parse_int(argv[i]);
    if (!id || *id < 0 || *id > 65535) {
      return std::cerr << argv[i] << " is no event id; expected a number from 0 to 65535\n", 2;
    }
    filter.ids.push_back(static_cast<std::uint16_t>(*id));
  }

  const auto file = dropscope::MappedFile::open(argv[1]);
  if (!file) return std::cerr << file.error().text() << '\n', 3;
  auto reader = evtx::LogReader::open(file->bytes(), {.filter = &filter});
  if (!reader) return std::cerr << argv[1] << ": " << reader.error().text() << '\n', 3;

  evtx::LogRecord record;
  while (reader->next(record)) {
    const auto time = record.event->time_created().value_or(record.written);
    std::cout << dropscope::format_utc(time, 7) << "  record " << record.id
              << (record.doubtful ? "  doubtful" : "") << '\n';
  }

  for (const evtx::LogDamage& damage : reader->damage()) {
    std::cerr << argv[1] << ": offset " << damage.offset << ": " << damage.what << '\n';
  }
  if (const auto fault = file->fault()) return std::cerr << fault->text() << '\n', 1;
  return reader->summary().damages == 0 ? 0 : 1;
}
