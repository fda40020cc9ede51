// Writes clients or fleets of the second world in the form that `dropscope rhythm` reads, and what
// is true of them: second_world clients|fleets SEED COUNT CASES.jsonl TRUTH.jsonl. score.py
// compares.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "world.h"

using namespace second_world;

namespace {

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.0f", value);
  return text;
}

std::string events_of(const Client& client) {
  std::string out = "[";
  for (const Loss& loss : client.events) {
    if (out.size() > 1) out += ",";
    out += "{\"lost\":" + number(loss.lost) +
           ",\"restored\":" + (loss.restored ? number(*loss.restored) : "null") + "}";
  }
  return out + "]";
}

std::string truth_of(const std::string& id, Class truth, const std::vector<double>& intervals,
                     int grade, int size, bool resume) {
  std::string out = "{\"id\":\"" + id + "\",\"class\":\"" + kClasses[truth] + "\",\"intervals\":[";
  for (std::size_t i = 0; i < intervals.size(); ++i)
    out += (i == 0 ? "" : ",") + number(intervals[i]);
  return out + "],\"grade\":" + std::to_string(grade) + ",\"size\":" + std::to_string(size) +
         ",\"resume\":" + (resume ? "true" : "false") + "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: second_world clients|fleets SEED COUNT CASES.jsonl TRUTH.jsonl\n", stderr);
    return 2;
  }
  const bool fleets = std::string(argv[1]) == "fleets";
  const auto seed = static_cast<std::uint64_t>(std::atoll(argv[2]));
  const long count = std::atol(argv[3]);
  std::ofstream cases(argv[4], std::ios::binary), truths(argv[5], std::ios::binary);
  for (long i = 0; i < count; ++i) {
    Dice dice(seed * 1000003 + static_cast<std::uint64_t>(i));
    const std::string id = (fleets ? "fleet-" : "client-") + std::to_string(i);
    const auto truth = static_cast<Class>(i % kClassCount);
    if (fleets) {
      const FleetWorld fleet = make_fleet(truth, dice);
      cases << "{\"id\":\"" << id << "\",\"clients\":[";
      for (std::size_t c = 0; c < fleet.clients.size(); ++c) {
        cases << (c == 0 ? "" : ",") << "{\"client\":\"c" << c << "\",\"tz\":\""
              << fleet.clients[c].zone << "\",\"events\":" << events_of(fleet.clients[c]) << "}";
      }
      cases << "]}\n";
      truths << truth_of(id, fleet.truth, fleet.intervals, 0,
                         static_cast<int>(fleet.clients.size()), false);
      continue;
    }
    static constexpr int kSizes[] = {4, 5, 6, 8, 12, 20, 40, 80, 200, 500};
    const int size = kSizes[(i / kClassCount) % 10];
    const World world = make_world(truth, size, static_cast<int>(i / (kClassCount * 10)) % 4, dice);
    cases << "{\"id\":\"" << id << "\",\"tz\":\"" << world.input.zone
          << "\",\"events\":" << events_of(world.input);
    if (!world.input.peers.empty()) {
      cases << ",\"peers\":[";
      for (std::size_t p = 0; p < world.input.peers.size(); ++p) {
        cases << (p == 0 ? "[" : ",[");
        for (std::size_t k = 0; k < world.input.peers[p].size(); ++k) {
          cases << (k == 0 ? "" : ",") << number(world.input.peers[p][k]);
        }
        cases << "]";
      }
      cases << "]";
    }
    cases << "}\n";
    truths << truth_of(id, world.truth, world.intervals, world.grade, world.size, world.resume);
  }
  return 0;
}
