// Writes an event log that Event Viewer opens: one event as an old program reports it, and one of a
// provider with a manifest, with typed values.
// usage: write_log LOG
// Exit code: 0 written, 1 it could not be written, 2 wrong usage.
#include <formats/evtx/writer.h>

#include <iostream>

namespace evtx = dropscope::evtx;

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: write_log LOG\n", 2;

  evtx::EventSpec lost;
  lost.style = evtx::RecordStyle::Classic;
  lost.provider = "Outlook";
  lost.event_id = 26;
  lost.channel = "Application";
  lost.computer = "PC01.example.com";
  lost.time = dropscope::parse_utc("2025-09-01T17:02:03Z").value();
  lost.data = {{"", evtx::OwnedValue::string("Connection to Microsoft Exchange has been lost.")}};

  evtx::EventSpec measured;
  measured.style = evtx::RecordStyle::Manifest;
  measured.provider = "Example-Probe";
  measured.provider_guid = dropscope::Guid::parse("{0ead09bd-2157-539a-8d6d-c87f95b64d70}");
  measured.event_id = 100;
  measured.level = 2;
  measured.channel = "Example-Probe/Operational";
  measured.computer = "PC01.example.com";
  measured.time = dropscope::parse_utc("2025-09-01T17:02:04.5Z").value();
  measured.data = {
      {"Attempts", evtx::OwnedValue::integer(evtx::ValueType::UInt32, 3)},
      {"LastReply", evtx::OwnedValue::file_time(lost.time)},
      {"Server", evtx::OwnedValue::string("mail.example.com")},
  };

  evtx::Writer writer({.first_record_id = 1001});
  for (const evtx::EventSpec& event : {lost, measured}) {
    if (const auto added = writer.add(event); !added) {
      return std::cerr << "record " << writer.record_count() + 1 << ": " << added.error().text()
                       << '\n',
             1;
    }
  }
  if (const auto written = writer.finish_to(argv[1]); !written) {
    return std::cerr << written.error().text() << '\n', 1;
  }
}
