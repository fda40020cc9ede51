// Takes numbers, times and GUIDs out of events without making text of them: counts the events of
// each provider and id with their span of time, and adds up the numbers in their data.
// usage: typed_values LOG
// Exit code: 0 the whole log was read, 1 a part of it is damaged, 2 wrong usage, 3 no log.
#include <base/mapped_file.h>
#include <formats/evtx/event_values.h>
#include <formats/evtx/reader.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>

namespace evtx = dropscope::evtx;

struct Kind {
  std::uint64_t events = 0, errors = 0, numbers = 0, sum = 0, texts = 0, other = 0;
  dropscope::Instant first = dropscope::Instant::max(), last = dropscope::Instant::min();
};

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: typed_values LOG\n", 2;
  const auto file = dropscope::MappedFile::open(argv[1]);
  if (!file) return std::cerr << file.error().text() << '\n', 3;
  auto reader = evtx::LogReader::open(file->bytes());
  if (!reader) return std::cerr << argv[1] << ": " << reader.error().text() << '\n', 3;

  std::map<std::pair<dropscope::Guid, std::uint16_t>, Kind> kinds;
  bool whole = true;
  evtx::LogRecord record;
  while (reader->next(record)) {
    if (!record.event) continue;
    // Providers of the classic kind have no GUID; they share one made of zeros here.
    const auto guid = record.event->field(evtx::Field::ProviderGuid).as_guid();
    Kind& kind = kinds[{guid.value_or(dropscope::Guid{}), record.event->event_id()}];
    ++kind.events;
    const auto level = record.event->number(evtx::Field::Level);
    if (level == 1 || level == 2) ++kind.errors;
    const dropscope::Instant time = record.event->time_created().value_or(record.written);
    kind.first = std::min(kind.first, time);
    kind.last = std::max(kind.last, time);
    whole &= evtx::for_each_value(*record.event, [&](auto /*name*/, const evtx::ValueView& value) {
      if (value.type == evtx::ValueType::String) {
        ++kind.texts;
      } else if (const auto number = value.as_u64()) {
        ++kind.numbers;
        kind.sum += *number;  // Modulo 2^64, as negative numbers come sign-extended.
      } else {
        ++kind.other;
      }
    });
  }

  for (const auto& [key, kind] : kinds) {
    std::cout << key.first.to_string() << "  id " << key.second << "  events " << kind.events
              << "  errors " << kind.errors << "  numbers " << kind.numbers << " (sum "
              << static_cast<std::int64_t>(kind.sum) << ")  texts " << kind.texts << "  other "
              << kind.other << "  over "
              << std::chrono::duration_cast<std::chrono::seconds>(kind.last - kind.first).count()
              << " s\n";
  }
  if (const auto fault = file->fault()) return std::cerr << fault->text() << '\n', 1;
  if (whole && reader->summary().damages == 0) return 0;
  return std::cerr << argv[1] << ": damaged; what could be read is counted\n", 1;
}
