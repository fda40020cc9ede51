// The difference "loss minus close" of pairs that belong together is the clocks' offset plus the
// moment that the client took to notice; that of all other pairs is spread over hours. So the
// offset is where differences pile up: the window of a few seconds that the differences of most
// losses fall into. Two things can go wrong. A pile can be chance: its height is compared with the
// height that the spread of the others gives, for all windows tried. And losses that come at a
// regular interval pile up once more an interval away: when a second pile is nearly as high, no
// difference is preferred over one, and otherwise nothing is said.
//
// A client notices after the close, never before; so the earliest of the matched differences, and
// not their mean, are the offset. A device's clock is compared with all computers at once, then
// each computer with the device: so a single wrong clock is known for whose it is.

#include "analysis/clocks/clocks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "analysis/closes/assign.h"
#include "analysis/frequency/poisson.h"
#include "base/timezone.h"

namespace dropscope {
namespace {

/// Clocks in wrong zones are at most so far apart (UTC-12 to UTC+14), and an hour for summer.
constexpr int kReach_s = 27 * 3600;
/// Losses follow their closes by 0.3 to 3 s in the cases that the method was made on.
constexpr int kWindow_s = 4;
constexpr int kBins = 2 * kReach_s + 1;
/// Of an offset that is stated, and of the zone of a log that names none.
constexpr double kSignificance = 1e-3;
constexpr std::uint64_t kFewestPairs = 3;
/// No difference is taken where it explains at least this share of what the best offset explains.
constexpr double kZeroShare = 0.6;
/// A second pile of this share of the best makes it ambiguous.
constexpr double kSecondShare = 0.75;
/// A clock that goes wrong by more than this while the logs last is not followed.
constexpr double kDriftReach_s = 120;
/// The low quantile of the matched differences that stands for no delay.
constexpr double kEarly = 0.1;
/// What a quick client takes (see kWindow_s), and the most that the quickest of some may have
/// taken.
constexpr double kQuick_s = 0.3;
constexpr double kQuickAtMost_s = 1;

struct Meeting {
  double difference;  ///< Loss minus close, seconds.
  Instant loss;
};

/// Losses of a computer and closes of its connections in one device's logs, both sorted.
struct Pairing {
  std::uint32_t computer = 0;
  std::vector<Instant> losses;
  std::vector<Instant> closes;
};

/// How many losses have a close in each window, by the window's first second.
class Piles {
 public:
  Piles() : counts_(static_cast<std::size_t>(kBins), 0) {}

  void add(const Pairing& pairing) {
    for (const Instant loss : pairing.losses) {
      const auto reach = std::chrono::seconds{kReach_s - kWindow_s};
      auto it = std::lower_bound(pairing.closes.begin(), pairing.closes.end(), loss - reach);
      // From the latest close to the earliest the differences grow; here they shrink.
      int last = kBins;
      for (; it != pairing.closes.end() && *it <= loss + reach; ++it) {
        const int second = static_cast<int>(std::floor(seconds_between(*it, loss))) + kReach_s;
        // Windows that begin from kWindow_s - 1 before up to this second hold it; those from `last`
        // on have been counted for this loss.
        const int to = std::min(second, last - 1);
        const int from = std::max(0, second - kWindow_s + 1);
        for (int w = from; w <= to; ++w) ++counts_[static_cast<std::size_t>(w)];
        last = std::min(last, from);
      }
      ++losses_;
    }
  }

  [[nodiscard]] std::uint64_t losses() const { return losses_; }
  [[nodiscard]] std::uint64_t at(int start_s) const {
    const int index = start_s + kReach_s;
    return index < 0 || index >= kBins ? 0 : counts_[static_cast<std::size_t>(index)];
  }

  /// Start of the highest window in [from, to], the one nearest to no difference among equals.
  [[nodiscard]] int highest(int from, int to) const {
    int best = from;
    for (int s = from; s <= to; ++s) {
      if (at(s) > at(best) || (at(s) == at(best) && std::abs(s) < std::abs(best))) best = s;
    }
    return best;
  }

  /// Height of the highest window that is further than a minute from `start`.
  [[nodiscard]] std::uint64_t second_to(int start) const {
    std::uint64_t most = 0;
    for (int s = -kReach_s; s <= kReach_s; ++s) {
      if (std::abs(s - start) > 60) most = std::max(most, at(s));
    }
    return most;
  }

  /// At most so likely is a pile of that height in any window, given what lies within an hour of
  /// it.
  [[nodiscard]] double chance(int start) const {
    std::uint64_t near = 0;
    std::uint64_t windows = 0;
    for (int s = start - 3600; s <= start + 3600; ++s) {
      if (std::abs(s - start) <= 60) continue;
      near += at(s);
      ++windows;
    }
    // One more than was seen: an empty neighbourhood is no proof of emptiness.
    const double mean = static_cast<double>(near + kWindow_s) / static_cast<double>(windows);
    const std::uint64_t height = at(start);
    if (height == 0) return 1;
    const double tail = std::max(0.0, 1 - poisson_cdf(height - 1, mean));
    return std::min(1.0, std::max(tail, 1e-15) * kBins);
  }

 private:
  std::vector<std::uint32_t> counts_;
  std::uint64_t losses_ = 0;
};

struct Peak {
  int start = 0;
  std::uint64_t height = 0;
  double chance = 1;
  bool ambiguous = false;
  [[nodiscard]] bool found() const { return height >= kFewestPairs && chance < kSignificance; }
};

Peak find_peak(const Piles& piles) {
  Peak peak;
  peak.start = piles.highest(-kReach_s, kReach_s);
  const int near_zero = piles.highest(-2 * kWindow_s, kWindow_s);
  const auto best = static_cast<double>(piles.at(peak.start));
  const bool zero_will_do = static_cast<double>(piles.at(near_zero)) >= kZeroShare * best;
  if (zero_will_do) peak.start = near_zero;
  peak.height = piles.at(peak.start);
  peak.chance = piles.chance(peak.start);
  peak.ambiguous =
      !zero_will_do && static_cast<double>(piles.second_to(peak.start)) >= kSecondShare * best;
  return peak;
}

/// The matched differences of a peak: for each loss the one nearest to its middle, at most
/// `reach_s` from there.
std::vector<Meeting> meetings_of(const std::vector<Pairing>& pairings, const Peak& peak,
                                 double reach_s) {
  const double middle = peak.start + kWindow_s / 2.0;
  std::vector<Meeting> out;
  for (const Pairing& pairing : pairings) {
    for (const Instant loss : pairing.losses) {
      const Instant wanted = loss - ticks_from_seconds(middle);
      const auto after = std::lower_bound(pairing.closes.begin(), pairing.closes.end(), wanted);
      std::optional<double> best;
      const auto consider = [&](Instant close) {
        const double difference = seconds_between(close, loss);
        if (std::abs(difference - middle) > reach_s) return;
        if (!best || std::abs(difference - middle) < std::abs(*best - middle)) best = difference;
      };
      if (after != pairing.closes.end()) consider(*after);
      if (after != pairing.closes.begin()) consider(*(after - 1));
      if (best) out.push_back({*best, loss});
    }
  }
  return out;
}

struct Location {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// The early quantile less the quickest reaction, with the order statistics around it (binomial,
/// 95 %).
Location early_quantile(const std::vector<Meeting>& meetings) {
  std::vector<double> sorted;
  for (const Meeting& meeting : meetings) sorted.push_back(meeting.difference);
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  const auto at = [&](double rank) {
    const double bounded = std::clamp(rank, 0.0, n - 1);
    return sorted[static_cast<std::size_t>(std::lround(bounded))];
  };
  const double rank = kEarly * (n - 1);
  const double spread = 1.96 * std::sqrt(n * kEarly * (1 - kEarly));
  return {at(rank) - kQuick_s, at(rank - spread) - kQuickAtMost_s, at(rank + spread)};
}

/// Slope of the differences over time by Theil and Sen, seconds a day; nothing where the interval
/// (Kendall's variance, 95 %) holds no slope, or the change is less than a client's delay.
std::optional<double> drift_of(const std::vector<Meeting>& meetings) {
  constexpr std::size_t kFewest = 10;
  constexpr std::size_t kMost = 400;  // Pairs of pairs grow with the square.
  if (meetings.size() < kFewest) return std::nullopt;
  std::vector<double> slopes;
  const std::size_t step = std::max<std::size_t>(1, meetings.size() / kMost);
  std::vector<Meeting> used;
  for (std::size_t i = 0; i < meetings.size(); i += step) used.push_back(meetings[i]);
  Instant first = used.front().loss;
  Instant last = first;
  for (std::size_t i = 0; i < used.size(); ++i) {
    first = std::min(first, used[i].loss);
    last = std::max(last, used[i].loss);
    for (std::size_t j = 0; j < i; ++j) {
      const double days = seconds_between(used[j].loss, used[i].loss) / 86400;
      if (std::abs(days) < 1e-6) continue;
      slopes.push_back((used[i].difference - used[j].difference) / days);
    }
  }
  if (slopes.size() < kFewest) return std::nullopt;
  std::sort(slopes.begin(), slopes.end());
  const auto n = static_cast<double>(used.size());
  const double c = 1.96 * std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  const auto count = static_cast<double>(slopes.size());
  const auto at = [&](double rank) {
    return slopes[static_cast<std::size_t>(std::clamp(rank, 0.0, count - 1))];
  };
  const double low = at((count - c) / 2);
  const double high = at((count + c) / 2);
  if (low <= 0 && high >= 0) return std::nullopt;
  const double slope = at(count / 2);
  const double days = seconds_between(first, last) / 86400;
  // The loss's clock minus the close's grows when the device's clock goes slow.
  return std::abs(slope) * days >= kClocksAgree_s ? std::optional(-slope) : std::nullopt;
}

/// The logs of one device.
struct Device {
  StringId name = 0;
  std::uint32_t source = 0;
  bool local_time = false;
  std::vector<Pairing> pairings;  // By computer.
};

std::vector<Device> devices_of(const Evidence& evidence,
                               const std::vector<std::uint32_t>& computers) {
  std::map<std::uint32_t, std::vector<Instant>> losses;
  for (const Event& event : evidence.events) {
    if (event.meaning == Meaning::Lost) losses[event.computer].push_back(event.time);
  }
  std::map<std::pair<StringId, std::uint32_t>, std::size_t> index;
  std::vector<Device> devices;
  std::vector<std::map<std::uint32_t, Pairing>> pairings;
  for (std::size_t i = 0; i < evidence.closes.size(); ++i) {
    const Close& close = evidence.closes[i];
    if (computers[i] == kNoComputer || !can_be_loss(close) || close.by == CloseBy::Client) continue;
    const auto lost = losses.find(computers[i]);
    if (lost == losses.end()) continue;
    // Logs of one device are one clock; a device without a name has that of its log.
    const std::pair<StringId, std::uint32_t> key{close.device,
                                                 close.device == 0 ? close.source : 0};
    const auto [it, inserted] = index.emplace(key, devices.size());
    if (inserted) {
      devices.push_back(
          {close.device, close.source, evidence.sources[close.source].local_time, {}});
      pairings.emplace_back();
    }
    Pairing& pairing = pairings[it->second][computers[i]];
    if (pairing.losses.empty()) {
      pairing.computer = computers[i];
      pairing.losses = lost->second;
    }
    // Several connections that end together are one occasion.
    if (pairing.closes.empty() || close.time - pairing.closes.back() > std::chrono::seconds{1}) {
      pairing.closes.push_back(close.time);
    }
  }
  for (std::size_t i = 0; i < devices.size(); ++i) {
    for (auto& [computer, pairing] : pairings[i]) devices[i].pairings.push_back(std::move(pairing));
  }
  return devices;
}

Instant as_local(Instant time, const TimeZone& zone) {
  return zone.from_local(to_civil_utc(time)).value_or(time);
}

Piles piles_of(const std::vector<Pairing>& pairings) {
  Piles piles;
  for (const Pairing& pairing : pairings) piles.add(pairing);
  return piles;
}

std::vector<Pairing> in_zone(std::vector<Pairing> pairings, const TimeZone& zone) {
  for (Pairing& pairing : pairings) {
    for (Instant& close : pairing.closes) close = as_local(close, zone);
    std::sort(pairing.closes.begin(), pairing.closes.end());
  }
  return pairings;
}

/// The zone in which a log that names none agrees with the computers: one of theirs, UTC, or the
/// whole quarter of an hour where the differences pile up.
std::optional<TimeZone> zone_of(const Evidence& evidence, const Device& device) {
  std::set<std::string> names = {"UTC"};
  for (const Computer& computer : evidence.computers) {
    if (!computer.time_zone.empty()) names.insert(computer.time_zone);
  }
  const Peak raw = find_peak(piles_of(device.pairings));
  constexpr int kQuarter_s = 900;
  const int quarters = static_cast<int>(std::lround(static_cast<double>(raw.start) / kQuarter_s));
  if (raw.found() && !raw.ambiguous && std::abs(raw.start - quarters * kQuarter_s) <= 60) {
    // The loss is later than the close says: the log's zone is behind UTC.
    const int minutes = -quarters * 15;
    const int whole = std::abs(minutes);
    std::string name = minutes < 0 ? "-" : "+";
    for (const int part : {whole / 60, whole % 60}) {
      if (name.size() > 1) name += ':';
      name += static_cast<char>('0' + part / 10);
      name += static_cast<char>('0' + part % 10);
    }
    if (minutes != 0) names.insert(name);
  }
  std::optional<TimeZone> best;
  std::uint64_t most = 0;
  double chance = 1;
  for (const std::string& name : names) {
    const auto zone = TimeZone::find(name);
    if (!zone) continue;
    const Piles piles = piles_of(in_zone(device.pairings, *zone));
    const int start = piles.highest(-60, 60);
    const std::uint64_t height = piles.at(start);
    // Of equals a named zone, which knows of summer, is more likely than a bare offset.
    const bool bare = name[0] == '+' || name[0] == '-';
    if (height < most || (height == most && (bare || !best))) {
      if (height < most || best) continue;
    }
    best = zone;
    most = height;
    chance = piles.chance(start);
  }
  if (most < kFewestPairs || chance >= kSignificance) return std::nullopt;
  return best;
}

ClockOffset offset_from(const std::vector<Pairing>& pairings, const Peak& peak,
                        std::uint64_t losses) {
  ClockOffset offset;
  const std::vector<Meeting> meetings = meetings_of(pairings, peak, kWindow_s / 2.0 + 1);
  offset.pairs = peak.height;
  offset.losses = losses;
  offset.chance = peak.chance;
  offset.ambiguous = peak.ambiguous;
  if (meetings.empty()) return offset;
  const Location early = early_quantile(meetings);
  // The device's clock minus the computer's.
  offset.offset_s = -early.value;
  offset.low_s = -early.high;
  offset.high_s = -early.low;
  const std::vector<Meeting> wide = meetings_of(pairings, peak, kDriftReach_s);
  offset.drift_s_per_day = drift_of(wide);
  std::vector<Instant> times;
  for (const Meeting& meeting : meetings) times.push_back(meeting.loss);
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                   times.end());
  offset.reference = times[times.size() / 2];
  return offset;
}

void compare_device(const Evidence& evidence, Device& device, std::vector<ClockOffset>& out) {
  std::optional<TimeZone> zone;
  if (device.local_time) zone = zone_of(evidence, device);
  if (zone) device.pairings = in_zone(std::move(device.pairings), *zone);
  const Piles piles = piles_of(device.pairings);
  const Peak peak = find_peak(piles);
  if (!peak.found()) return;
  ClockOffset whole = offset_from(device.pairings, peak, piles.losses());
  whole.device = device.name;
  whole.source = device.source;
  if (zone) whole.zone = zone->name();
  whole.alone = device.pairings.size() == 1;
  const bool differs = std::abs(whole.offset_s) > kClocksAgree_s || whole.drift_s_per_day;
  whole.applied = !whole.ambiguous && (differs || (zone && zone->name() != "UTC"));
  out.push_back(whole);
  if (whole.ambiguous || whole.alone) return;

  // What is left of each computer once the device is set right is the computer's own.
  const Ticks shift = ticks_from_seconds(differs ? whole.offset_s : 0);
  for (Pairing& pairing : device.pairings) {
    for (Instant& close : pairing.closes) close -= shift;
    Piles own;
    own.add(pairing);
    const Peak residual = find_peak(own);
    if (!residual.found() || std::abs(residual.start) <= kClocksAgree_s + kWindow_s) continue;
    ClockOffset offset = offset_from({pairing}, residual, own.losses());
    // The computer's clock minus the others': the loss is what is wrong here.
    offset.offset_s = -offset.offset_s;
    std::tie(offset.low_s, offset.high_s) = std::pair(-offset.high_s, -offset.low_s);
    if (offset.drift_s_per_day) offset.drift_s_per_day = -*offset.drift_s_per_day;
    offset.computer = pairing.computer;
    offset.device = device.name;
    offset.source = device.source;
    offset.applied = !offset.ambiguous;
    out.push_back(offset);
  }
}

}  // namespace

std::vector<ClockOffset> compare_clocks(const Evidence& evidence) {
  std::vector<ClockOffset> out;
  std::vector<Device> devices = devices_of(evidence, assign_closes(evidence));
  for (Device& device : devices) compare_device(evidence, device, out);
  // A computer that several devices saw is set right once, by the one that saw most.
  std::map<std::uint32_t, ClockOffset*> best;
  for (ClockOffset& offset : out) {
    if (offset.computer == kNoComputer || !offset.applied) continue;
    ClockOffset*& kept = best[offset.computer];
    if (kept == nullptr || offset.pairs > kept->pairs) {
      if (kept != nullptr) kept->applied = false;
      kept = &offset;
    } else {
      offset.applied = false;
    }
  }
  return out;
}

namespace {

Ticks shift_of(const ClockOffset& offset, Instant time) {
  double seconds = std::abs(offset.offset_s) > kClocksAgree_s ? offset.offset_s : 0;
  if (offset.drift_s_per_day) {
    const double days = seconds_between(offset.reference, time) / 86400;
    seconds = offset.offset_s + *offset.drift_s_per_day * days;
  }
  return ticks_from_seconds(seconds);
}

}  // namespace

void correct_clocks(Evidence& evidence, const std::vector<ClockOffset>& offsets) {
  std::map<std::uint32_t, const ClockOffset*> of_computer;
  for (const ClockOffset& offset : offsets) {
    if (!offset.applied) continue;
    if (offset.computer != kNoComputer) {
      of_computer[offset.computer] = &offset;
      continue;
    }
    const auto zone = offset.zone.empty() ? std::nullopt : TimeZone::find(offset.zone);
    for (Close& close : evidence.closes) {
      if (close.device != offset.device) continue;
      if (close.device == 0 && close.source != offset.source) continue;
      const bool has_opened = close.opened != Instant{};
      if (zone) {
        close.time = as_local(close.time, *zone);
        if (has_opened) close.opened = as_local(close.opened, *zone);
      }
      const Ticks shift = shift_of(offset, close.time);
      close.time -= shift;
      if (has_opened) close.opened -= shift;
    }
  }
  for (Event& event : evidence.events) {
    const auto found = of_computer.find(event.computer);
    if (found != of_computer.end()) event.time -= shift_of(*found->second, event.time);
  }
  for (Coverage& coverage : evidence.coverage) {
    const auto found = of_computer.find(coverage.computer);
    if (found == of_computer.end()) continue;
    coverage.first -= shift_of(*found->second, coverage.first);
    coverage.last -= shift_of(*found->second, coverage.last);
  }
  // Events stay in order: those of one computer are shifted together.
  std::sort(evidence.closes.begin(), evidence.closes.end(), [](const Close& a, const Close& b) {
    return std::tie(a.time, a.source, a.place) < std::tie(b.time, b.source, b.place);
  });
}

}  // namespace dropscope
