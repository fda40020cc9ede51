// The clients of one network segment of the laboratory, in one process: real sockets, event logs of
// what became of them.
//
// usage: dropscope_lab_client --list SCENARIO
//        dropscope_lab_client SCENARIO SEGMENT PLAN REAL_BEGIN SCALE EVIDENCE LOSSES
//
// --list prints when the world begins (seconds since 1970) and ends, then the inventory. PLAN has a
// line "COMPUTER ADDRESS PORT" for each computer. REAL_BEGIN is the real time (seconds since 1970)
// at which the world begins; SCALE the seconds of the world in a real one. EVIDENCE gets a folder
// per computer, LOSSES a line per loss: computer, connected, lost, restored, and how the socket
// noticed. Standard output gets "late SECONDS": the largest real delay of anything that was due.

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/files.h"
#include "evidence/catalogue/catalogue.h"
#include "lab/link_watch.h"
#include "lab/player.h"
#include "simulate/log_file.h"
#include "simulate/records.h"

using namespace dropscope;
using namespace dropscope::lab;
using namespace dropscope::simulation;

namespace {

// Far below what a world's second is at any sensible scale.
constexpr double kLongestSleep_s = 0.5;

int complain(const std::string& what) {
  std::fprintf(stderr, "lab client: %s\n", what.c_str());
  return 1;
}

int complain(const Error& error) {
  return complain(error.where + ": " + error.message);
}

// Seconds since 1970; FILETIME counts from 1601.
double unix_seconds(Instant t) {
  CivilTime epoch;
  epoch.year = 1970;
  epoch.month = 1;
  epoch.day = 1;
  return seconds_between(*from_civil_utc(epoch), t);
}

Result<Scenario> load(const char* path) {
  Result<Scenario> scenario = load_scenario(path);
  if (!scenario) return scenario;
  Result<Catalogue> catalogue = Catalogue::load();
  if (!catalogue) return fail(catalogue.error());
  if (Result<void> texts = resolve_texts(*scenario, *catalogue); !texts) return fail(texts.error());
  return scenario;
}

Result<std::map<std::string, Path>> read_plan(const char* path, Instant begin) {
  Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  std::map<std::string, Path> plan;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string computer;
    std::string address;
    unsigned port = 0;
    Path one;
    words >> computer >> address >> port;
    one.server.sin_family = AF_INET;
    one.server.sin_port = htons(static_cast<std::uint16_t>(port));
    if (!words || inet_pton(AF_INET, address.c_str(), &one.server.sin_addr) != 1)
      return fail(ErrorCode::Invalid, "expected COMPUTER ADDRESS PORT, found " + line, path);
    double change_s = 0;
    if (words >> one.keep_alive_s >> change_s) one.change = begin + ticks_from_seconds(change_s);
    plan[computer] = one;
  }
  return plan;
}

/// Gives the largest delay, in real seconds, with which something was done that was due.
double play(std::vector<Player>& players, LinkWatch& links, const ScaledClock& clock, Instant end) {
  std::vector<pollfd> sockets(players.size() + 1);
  sockets.back() = {links.descriptor(), POLLIN, 0};
  Instant next = end;
  double latest_s = 0;
  for (Instant now = clock.now(); now < end; now = clock.now()) {
    latest_s = std::max(latest_s, -clock.real_seconds_until(next));
    next = end;
    for (std::size_t i = 0; i < players.size(); ++i) {
      next = std::min(next, players[i].act(now));
      sockets[i] = {players[i].socket(),
                    static_cast<short>(players[i].connecting() ? POLLOUT : POLLIN), 0};
    }
    const double wait_s = std::clamp(clock.real_seconds_until(next), 0.0, kLongestSleep_s);
    if (poll(sockets.data(), sockets.size(), static_cast<int>(std::ceil(1000 * wait_s))) <= 0)
      continue;
    now = clock.now();
    for (std::size_t i = 0; i < players.size(); ++i) {
      if (sockets[i].revents != 0) players[i].ready(now);
    }
    for (const LinkChange& change : links.changes()) {
      for (Player& player : players) player.link_changed(now, change);
    }
  }
  return latest_s;
}

Result<void> write_logs(const Scenario& scenario, const Player& player,
                        const std::filesystem::path& evidence) {
  const ClientRecords records = make_records(scenario, player.client(), player.history());
  Renderer renderer(scenario, player.client());
  const std::filesystem::path folder = evidence / path_from_utf8(player.client().name);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(io_error(folder, failed.value(), "making the folder"));
  for (bool application : {true, false}) {
    const Result<LogFile> log =
        make_log(scenario, renderer, application ? records.application : records.system, false,
                 scenario.log.first_record_id, application);
    if (!log) return fail(log.error());
    const char* name = application ? "Application.evtx" : "System.evtx";
    if (Result<void> written = write_file(folder / name, log->bytes); !written) return written;
  }
  return {};
}

std::string loss_lines(const Player& player) {
  std::string lines;
  for (std::size_t i = 0; i < player.history().losses.size(); ++i) {
    const Loss& loss = player.history().losses[i];
    lines += player.client().name + "\t" + format_utc(loss.connected, 3) + "\t" +
             format_utc(loss.lost, 3) + "\t" +
             (loss.restored ? format_utc(*loss.restored, 3) : "") + "\t" +
             to_string(player.signs()[i]) + "\n";
  }
  return lines;
}

int list(const char* path) {
  const Result<Scenario> scenario = load(path);
  if (!scenario) return complain(scenario.error());
  std::printf("%.3f %.3f\n%s", unix_seconds(scenario->begin()), unix_seconds(scenario->end()),
              inventory_header().c_str());
  for (unsigned i = 0; i < scenario->fleet.computers; ++i)
    std::fputs(inventory_line(make_client(*scenario, i)).c_str(), stdout);
  return 0;
}

int run(char** arguments) {
  const Result<Scenario> scenario = load(arguments[0]);
  if (!scenario) return complain(scenario.error());
  if (!scenario->causes.empty() || scenario->noise.losses_per_day > 0)
    return complain(
        "the scenario must not end connections by itself: no [[cause]], no losses_per_day");
  const auto plan = read_plan(arguments[2], scenario->begin());
  if (!plan) return complain(plan.error());
  const ScaledClock clock{scenario->begin(), std::atof(arguments[3]), std::atof(arguments[4])};
  if (clock.real_begin_s <= 0 || clock.scale < 1)
    return complain("expected a time and a scale of at least 1");
  std::vector<Player> players;
  players.reserve(scenario->fleet.computers);
  for (unsigned i = 0; i < scenario->fleet.computers; ++i) {
    Client client = make_client(*scenario, i);
    if (client.segment != arguments[1]) continue;
    const auto path = plan->find(client.name);
    if (path == plan->end())
      return complain(std::string(arguments[2]) + ": no line for computer " + client.name);
    players.emplace_back(*scenario, std::move(client), clock, path->second);
  }
  Result<LinkWatch> links = LinkWatch::open();
  if (!links) return complain(links.error());
  const double latest_s = play(players, *links, clock, scenario->end());

  std::string losses;
  for (const Player& player : players) {
    if (Result<void> written = write_logs(*scenario, player, arguments[5]); !written)
      return complain(written.error());
    losses += loss_lines(player);
  }
  if (Result<void> written = write_file(arguments[6], losses); !written)
    return complain(written.error());
  std::printf("late %.4f\n", latest_s);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "--list") return list(argv[2]);
  if (words.size() == 7) return run(argv + 1);
  return complain(
      "expected --list SCENARIO, or SCENARIO SEGMENT PLAN REAL_BEGIN SCALE EVIDENCE LOSSES");
}
