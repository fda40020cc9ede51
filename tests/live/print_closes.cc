// Prints what was understood of the ends of connections, one line each, tab-separated:
// frame or line, time, by, why, idle seconds, client, server, protocol, reason.
// usage: print_closes FILE...
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/intake.h"

using namespace dropscope;

int main(int argc, char** argv) {
  const std::vector<std::filesystem::path> inputs(argv + 1, argv + argc);
  const auto catalogue = Catalogue::load();
  if (!catalogue) return 1;
  const Evidence evidence = read_evidence(inputs, *catalogue);
  for (const Close& close : evidence.closes) {
    const double idle = close.idle ? std::chrono::duration<double>(*close.idle).count() : -1;
    std::printf("%llu\t%s\t%s\t%s\t%.3f\t%s\t%s\t%s\t%s\n",
                static_cast<unsigned long long>(close.place), format_utc(close.time, 6).c_str(),
                std::string(to_string(close.by)).c_str(), std::string(to_string(close.why)).c_str(),
                idle, close.client.to_string().c_str(), close.server.to_string().c_str(),
                evidence.strings.at(close.protocol).c_str(),
                evidence.strings.at(close.reason).c_str());
  }
  for (const Source& source : evidence.sources) {
    for (const std::string& text : source.assumptions) std::fprintf(stderr, "%s\n", text.c_str());
    for (const Damage& damage : source.damage) std::fprintf(stderr, "%s\n", damage.what.c_str());
    if (!source.problem.empty()) std::fprintf(stderr, "%s\n", source.problem.c_str());
  }
  return 0;
}
