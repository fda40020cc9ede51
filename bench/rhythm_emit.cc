// Writes the clients of a simulated world as `dropscope rhythm` reads them, and what is true of
// them, for programs that share no code with the library: bench/sketch compares two such programs.
//
//   rhythm_emit WORLD SEED COUNT CASES.jsonl TRUTH.jsonl [fleets]
//
// Times are whole seconds, as logs have them, also where a world draws fractions. TRUTH has a line
// for each of CASES: {"id","class","also","intervals","null","grade","size"}. `also` are classes
// that the data cannot tell from the true one; `size` is the number of losses asked for, of which
// dirt takes some, or the number of clients of a fleet. A fleet's `null` and `grade` are null.

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "rhythm_cases.h"
#include "rhythm_worlds.h"

namespace {

using namespace dropscope;
using rhythm_cases::World;

constexpr const char* kUsage =
    "usage: rhythm_emit WORLD SEED COUNT CASES.jsonl TRUTH.jsonl [fleets]\n"
    "\n"
    "Writes COUNT clients (or fleets) of a simulated world as `dropscope rhythm` reads them, and\n"
    "what is true of each. The same WORLD, SEED and COUNT give the same files.\n"
    "WORLD is one of:";

// In the order of rhythm_cases::Null.
constexpr std::array<std::string_view, 6> kNulls = {"timer",  "plain", "working-hours",
                                                    "resume", "lunch", "clusters"};

/// The elements with commas between them, in brackets.
template <typename List, typename Show>
std::string array_of(const List& list, Show show) {
  std::string out = "[";
  for (const auto& one : list) {
    if (out.size() > 1) out += ',';
    out += show(one);
  }
  return out + ']';
}

std::string whole_seconds(double time) {
  return fmt::format("{:.0f}", std::floor(time));
}

std::string quoted(rhythm::Class one) {
  return fmt::format("\"{}\"", rhythm::to_string(one));
}

std::string events_of(const rhythm::Client& client) {
  return array_of(client.losses, [](const rhythm::Loss& loss) {
    return fmt::format(R"({{"lost":{},"restored":{}}})", whole_seconds(loss.lost),
                       loss.has_restored ? whole_seconds(loss.restored) : "null");
  });
}

std::string intervals_of(const std::vector<double>& intervals) {
  return array_of(intervals, [](double seconds) { return fmt::format("{}", seconds); });
}

struct Lines {
  std::string input;
  std::string truth;
};

Lines client_lines(World world, std::uint64_t seed, std::uint64_t index) {
  const rhythm_cases::Case one = rhythm_cases::case_of(world, seed, index);
  const std::string id = fmt::format("client-{}", index);
  const std::string peers = array_of(one.client.peers, [](const std::vector<double>& losses) {
    return array_of(losses, whole_seconds);
  });
  return {
      fmt::format(R"({{"id":"{}","tz":"{}","events":{},"peers":{}}})", id, one.client.zone.name(),
                  events_of(one.client), peers),
      fmt::format(R"({{"id":"{}","class":{},"also":{},"intervals":{},"null":"{}","grade":{},)"
                  R"("size":{}}})",
                  id, quoted(one.truth), array_of(one.also, quoted), intervals_of(one.intervals),
                  kNulls[static_cast<std::size_t>(one.null)], one.grade, one.events)};
}

Lines fleet_lines(World world, std::uint64_t seed, std::uint64_t index) {
  const rhythm_cases::Fleet fleet = rhythm_cases::fleet_of(world, seed, index);
  const std::string id = fmt::format("fleet-{}", index);
  std::size_t number = 0;
  const std::string clients = array_of(fleet.clients, [&](const rhythm::Client& client) {
    return fmt::format(R"({{"client":"c{}","tz":"{}","events":{}}})", number++, client.zone.name(),
                       events_of(client));
  });
  return {
      fmt::format(R"({{"id":"{}","clients":{}}})", id, clients),
      fmt::format(R"({{"id":"{}","class":{},"also":[],"intervals":{},"null":null,)"
                  R"("grade":null,"size":{}}})",
                  id, quoted(fleet.truth), intervals_of(fleet.intervals), fleet.clients.size())};
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A file of lines that says, once, if it cannot be written.
class LineFile {
 public:
  explicit LineFile(const char* path) : path_(path), file_(std::fopen(path, "wb")) {
    if (file_ == nullptr) std::perror(path_);
  }
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;
  ~LineFile() {
    if (file_ != nullptr) std::fclose(file_);
  }

  [[nodiscard]] bool is_open() const { return file_ != nullptr; }

  bool put(const std::string& line) {
    const bool good = std::fputs(line.c_str(), file_) >= 0 && std::fputc('\n', file_) != EOF;
    if (!good) std::perror(path_);
    return good;
  }
  bool close() {
    const bool good = std::fclose(file_) == 0;
    file_ = nullptr;
    if (!good) std::perror(path_);
    return good;
  }

 private:
  const char* path_;
  std::FILE* file_;
};

int usage_error(const std::string& problem) {
  std::string names;
  for (const World world : rhythm_cases::kWorlds) {
    names += fmt::format(" {}", rhythm_cases::world_name(world));
  }
  fmt::print(stderr, "rhythm_emit: {}\n{}{}\n", problem, kUsage, names);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6 && argc != 7) {
    return usage_error(fmt::format("takes 5 or 6 arguments, not {}", argc - 1));
  }
  const auto world = rhythm_cases::world_of(argv[1]);
  if (!world) return usage_error(fmt::format("no world \"{}\"", argv[1]));
  const auto seed = number_of(argv[2]);
  if (!seed) return usage_error(fmt::format("SEED is \"{}\", no whole number", argv[2]));
  const auto count = number_of(argv[3]);
  if (!count) return usage_error(fmt::format("COUNT is \"{}\", no whole number", argv[3]));
  const bool fleets = argc == 7;
  if (fleets && std::string_view(argv[6]) != "fleets") {
    return usage_error(fmt::format("\"{}\" after TRUTH.jsonl can only be \"fleets\"", argv[6]));
  }

  LineFile cases(argv[4]);
  LineFile truths(argv[5]);
  if (!cases.is_open() || !truths.is_open()) return 1;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const Lines lines = fleets ? fleet_lines(*world, *seed, i) : client_lines(*world, *seed, i);
    if (!cases.put(lines.input) || !truths.put(lines.truth)) return 1;
  }
  const bool good = cases.close();
  return truths.close() && good ? 0 : 1;
}
