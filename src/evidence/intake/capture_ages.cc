#include "evidence/intake/capture_ages.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace dropscope {
namespace {

/// Fewer ends of one age may be so by chance.
constexpr std::size_t kFewest = 5;
/// What lies so near is one timer's: a part of the length, and what clocks and devices are late.
struct Slack {
  double share;
  double seconds;
};
constexpr Slack kAge = {0.01, 2};
/// Wider: a device may look at its timers every few seconds.
constexpr Slack kSilence = {0.05, 0.5};

struct Life {
  double age;      // Seconds.
  double silence;  // At its end.
  std::size_t close;
};

/// The most lives, ascending by `of`, that lie near one value.
std::span<const Life> densest(std::span<const Life> lives, double Life::*of, Slack slack) {
  std::span<const Life> most;
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < lives.size(); ++begin) {
    const double last = lives[begin].*of * (1 + slack.share) + slack.seconds;
    while (end < lives.size() && lives[end].*of <= last) ++end;
    if (end - begin > most.size()) most = lives.subspan(begin, end - begin);
  }
  return most;
}

void sort_by(std::vector<Life>& lives, double Life::*of) {
  std::stable_sort(lives.begin(), lives.end(),
                   [of](const Life& a, const Life& b) { return a.*of < b.*of; });
}

}  // namespace

void tell_ages(CloseList& closes) {
  std::map<std::pair<IpEndpoint, CloseBy>, std::vector<Life>> by_server;
  for (std::size_t i = 0; i < closes.size(); ++i) {
    const Close& close = std::as_const(closes).kept(i);
    if (close.why != CloseWhy::Idle || close.opened == Instant{} || !close.idle) continue;
    by_server[{close.server, close.by}].push_back(
        {seconds_between(close.opened, close.time),
         std::chrono::duration<double>(*close.idle).count(), i});
  }
  for (auto& [server, lives] : by_server) {
    sort_by(lives, &Life::age);
    const std::span<const Life> found = densest(lives, &Life::age, kAge);
    if (found.size() < kFewest || 2 * found.size() < lives.size()) continue;
    std::vector<Life> of_that_age(found.begin(), found.end());
    sort_by(of_that_age, &Life::silence);
    const std::size_t alike = densest(of_that_age, &Life::silence, kSilence).size();
    if (2 * alike > of_that_age.size()) continue;
    for (const Life& life : of_that_age) closes.kept(life.close).why = CloseWhy::Age;
  }
}

}  // namespace dropscope
