// `rhythm`: what kind of regularity is in the losses, for other programs. A line in, a line out.

#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <istream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "analysis/rhythm/rhythm.h"
#include "analysis/rhythm/usual.h"
#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/files.h"
#include "base/text.h"
#include "formats/loss_cases/loss_cases.h"

namespace dropscope::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Lines in memory at once: enough work for all threads, and bounded for files of any size.
constexpr std::size_t kBatchLines = 4'096;
constexpr std::size_t kBatchBytes = std::size_t{64} << 20;

struct Line {
  std::size_t number = 0;
  std::string text;
  std::string answer;   ///< Empty if the line was refused.
  std::string problem;  ///< Empty if there was none.
};

Result<rhythm::Client> client_of(const loss_cases::Client& from) {
  const auto zone = TimeZone::find(from.zone);
  if (!zone) {
    const std::vector<std::string> similar = similar_zone_names(from.zone, 1);
    return fail(ErrorCode::Invalid,
                fmt::format("unknown time zone \"{}\"{}", from.zone,
                            similar.empty() ? "; give an IANA or Windows name, or an offset"
                                            : "; did you mean \"" + similar.front() + "\"?"));
  }
  rhythm::Client client;
  client.zone = *zone;
  client.losses.reserve(from.events.size());
  for (const loss_cases::Event& event : from.events) {
    client.losses.push_back({event.lost, event.restored, event.has_restored});
  }
  return client;
}

void add_interval(Json& out, const rhythm::Reading& reading) {
  const rhythm::Interval& interval = reading.interval;
  out["interval_s"] = reading.has_interval ? Json(interval.seconds) : Json(nullptr);
  out["lo"] = reading.has_interval ? Json(interval.low) : Json(nullptr);
  out["hi"] = reading.has_interval ? Json(interval.high) : Json(nullptr);
  if (!reading.times.empty()) out["times"] = reading.times;
  if (reading.spread > 0) out["spread_s"] = reading.spread;
}

std::string answer_line(const std::string& id, const rhythm::Answer& answer) {
  Json out;
  out["id"] = id;
  out["class"] = answer.enough ? rhythm::to_string(answer.best.kind) : "not-enough";
  add_interval(out, answer.best);
  out["confidence"] = answer.best.probability;
  if (answer.best.kind == rhythm::Class::Mixed) out["timers"] = answer.timers;
  out["alternatives"] = Json::array();
  for (const rhythm::Reading& other : answer.alternatives) {
    Json one;
    one["class"] = rhythm::to_string(other.kind);
    add_interval(one, other);
    one["probability"] = other.probability;
    out["alternatives"].push_back(std::move(one));
  }
  out["sentence"] = rhythm::sentence_of(answer);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void answer_to(Line& line, const std::vector<double>& usual) {
  const auto read = loss_cases::read_line(line.text);
  if (!read) {
    line.problem = read.error().message;
    return;
  }
  std::vector<rhythm::Client> clients;
  for (const loss_cases::Client& one : read->clients) {
    auto client = client_of(one);
    if (!client) {
      line.problem = client.error().message;
      return;
    }
    clients.push_back(std::move(*client));
  }
  if (read->dropped_restores > 0) {
    line.problem =
        fmt::format("{} \"restored\" before \"lost\"; used without them", read->dropped_restores);
  }
  if (!read->is_fleet) clients.front().peers = read->peers;
  line.answer = answer_line(read->id, read->is_fleet ? rhythm::classify_fleet(clients, usual)
                                                     : rhythm::classify(clients.front(), usual));
}

void answer_all(std::vector<Line>& lines, const std::vector<double>& usual, unsigned threads) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < lines.size(); i = next++) answer_to(lines[i], usual);
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads && i < lines.size(); ++i) others.emplace_back(work);
  work();
}

/// Fills `lines` with the next batch; false at the end of the input.
bool read_batch(std::istream& input, std::vector<Line>& lines, std::size_t& number) {
  lines.clear();
  std::size_t bytes = 0;
  std::string text;
  while (lines.size() < kBatchLines && bytes < kBatchBytes && std::getline(input, text)) {
    ++number;
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (text.find_first_not_of(" \t") == std::string::npos) continue;
    bytes += text.size();
    lines.push_back({number, std::move(text), {}, {}});
    text.clear();
  }
  return !lines.empty();
}

/// Says what is wrong with which line. A file of another kind is wrong in every line, so after some
/// with the same problem the rest is counted.
class ProblemList {
 public:
  explicit ProblemList(std::string file) : file_(std::move(file)) {}

  void say(const Line& line) {
    constexpr std::size_t kSaid = 20;
    Repeats& same = problems_[line.problem];
    same.last = line.number;
    if (++same.lines > kSaid) {
      ++same.unsaid;
      return;
    }
    say_error(Error{ErrorCode::Invalid, line.problem, fmt::format("{}:{}", file_, line.number)});
  }
  void finish() const {
    for (const auto& [problem, same] : problems_) {
      if (same.unsaid == 0) continue;
      say_error(Error{ErrorCode::Invalid,
                      fmt::format("{} with the same problem, the last in line {}: {}",
                                  count_of(same.unsaid, "more line"), same.last, problem),
                      file_});
    }
  }
  [[nodiscard]] bool empty() const { return problems_.empty(); }

 private:
  struct Repeats {
    std::size_t lines = 0;
    std::size_t unsaid = 0;
    std::size_t last = 0;
  };
  std::string file_;
  std::map<std::string, Repeats> problems_;
};

ExitCode run_rhythm(const RhythmArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  const std::vector<double> usual = rhythm::usual_seconds(*catalogue);
  const bool standard = arguments.file == "-";
  const std::string name = standard ? "(standard input)" : arguments.file;
  std::ifstream file;
  if (!standard) {
    errno = 0;
    file.open(path_from_utf8(arguments.file), std::ios::binary);
    if (!file || file.peek() == std::char_traits<char>::eof()) {
      // A folder opens and cannot be read.
      const auto whole = read_file(path_from_utf8(arguments.file));
      return report_failure(whole ? Error{ErrorCode::Corrupt, "the file is empty", name}
                                  : whole.error());
    }
  }
  std::istream& input = standard ? std::cin : file;
  auto output = Output::open(arguments.output);
  if (!output) return report_failure(output.error());
  unsigned threads = arguments.threads;
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());

  bool any = false;
  ProblemList problems(name);
  std::size_t number = 0;
  std::vector<Line> lines;
  while (output->ok() && read_batch(input, lines, number)) {
    answer_all(lines, usual, threads);
    for (const Line& line : lines) {
      if (!line.problem.empty()) problems.say(line);
      any |= !line.answer.empty();
      output->write(line.answer);
    }
  }
  problems.finish();
  if (const auto closed = output->close(); !closed) return report_failure(closed.error());
  if (!any) return ExitCode::NothingUsable;
  return problems.empty() ? ExitCode::Ok : ExitCode::Incomplete;
}

}  // namespace

void add_rhythm(CommandTree& tree, RhythmArguments& arguments) {
  CommandSpec spec;
  spec.name = "rhythm";
  spec.summary = "tell what kind of timer is behind times of losses";
  spec.details = {
      "Reads a client on each line, {\"id\",\"tz\",\"events\":[{\"lost\",\"restored\"}],\"peers\"} "
      "with Unix seconds, or a fleet, {\"id\",\"clients\":[{\"client\",\"tz\",\"events\"}]}, and "
      "writes a line of JSON for each: the class (idle, age, clock, period, outage, modulated, "
      "random, burst, mixed, or not-enough), the interval with 95 % bounds, the probability that "
      "the class is right, other readings, and a sentence.",
      "A line that cannot be used is told on stderr with its number, and gets no answer. Of more "
      "than "
      "20 lines with the same problem the rest is counted."};
  spec.examples = {{"rhythm cases.jsonl", "A line of JSON for each line."},
                   {"rhythm - --threads 1", "From standard input, with one thread."}};
  spec.run = [&arguments](const Invocation&) { return run_rhythm(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec file;
  file.names = "CASES";
  file.value = "CASES";
  file.text = "A file with a line of JSON for each client or fleet; - for standard input.";
  file.kind = ValueKind::Path;
  file.required = true;
  tree.add_option(command, std::move(file), &arguments.file);
  add_output_option(tree, command, arguments.output);
  add_threads_option(tree, command, arguments.threads);
  add_data_option(tree, command, arguments.data);
}

}  // namespace dropscope::cli
