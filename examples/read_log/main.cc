// Lists what Outlook wrote into Application logs, with libdropscope as it is installed.
// usage: read_log PATH...   (.evtx files, folders or archives)
#include <evidence/catalogue/catalogue.h>
#include <evidence/intake/intake.h>

#include <iostream>

int main(int argc, char** argv) {
  const auto catalogue = dropscope::Catalogue::load();
  if (!catalogue) return std::cerr << catalogue.error().text() << '\n', 4;
  const auto evidence = dropscope::read_evidence({argv + 1, argv + argc}, *catalogue);
  for (const auto& event : evidence.events) {
    if (evidence.strings.at(event.provider) != "Outlook") continue;
    std::cout << evidence.computers[event.computer].name << "  record " << event.record_id
              << "  event " << event.event_id << "  " << dropscope::to_string(event.meaning) << "  "
              << evidence.strings.at(event.text) << '\n';
  }
  for (const auto& source : evidence.sources) {
    if (!source.problem.empty()) std::cerr << source.path << ": " << source.problem << '\n';
  }
}
