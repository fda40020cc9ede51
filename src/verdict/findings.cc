// Every aspect of a component is measured here, one function each. An aspect that the evidence does
// not tell stays unknown; it is never filled with what is usual.

#include "verdict/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/episodes/new_connections.h"
#include "base/text.h"
#include "verdict/candidates.h"
#include "verdict/components.h"
#include "verdict/measured_path.h"
#include "verdict/settings_compared.h"
#include "verdict/verdict.h"

namespace dropscope {
namespace {

/// So many losses on computers with a System log show what is near the losses of a component.
constexpr std::size_t kEnoughSeen = 3;
/// Fewer losses do not tell in which hours they come.
constexpr std::size_t kEnoughForHours = 20;
/// How well another state of the hours fits what comes at one hour: not at all but for the zone.
constexpr double kSureHour = 0.02;
/// Each kind of rhythm without an interval fits what looks like another of them so well.
constexpr double kIrregular = 0.5;
/// Evidence on new connections below a factor of ten (its ln) is what irregular losses give by
/// chance, and would let a filter that nobody sees explain them.
constexpr double kTellsNothing = 2.3;
/// However many losses there are, the rates of the hours are only estimated.
constexpr double kSureSpared = 0.001;
/// Of a component's losses so many must be on computers of which a fact is known.
constexpr double kKnownShare = 0.5;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The state whose upper edge is the first above the value; a value near an edge fits both.
AspectFinding by_edges(Aspect aspect, double value, const std::vector<double>& edges) {
  AspectFinding out;
  out.fit.assign(states_of(aspect).size(), 0.02);
  const auto state = [&](double v) {
    return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), v) -
                                    edges.begin());
  };
  // A quarter to either side is how well such a value is known.
  out.fit[state(value)] = 1;
  for (const double near : {value / 1.25, value * 1.25}) {
    double& fit = out.fit[state(near)];
    fit = std::max(fit, 0.3);
  }
  return out;
}

class Gatherer {
 public:
  Gatherer(const Evidence& evidence, const Catalogue& catalogue, const Diagnosis& diagnosis)
      : evidence_(evidence),
        catalogue_(catalogue),
        diagnosis_(diagnosis),
        losses_(view_losses(evidence, diagnosis)),
        frame_(loss_frame(evidence, diagnosis)),
        clients_(list_clients(evidence, catalogue, diagnosis)) {
    for (const ComputerEpisodes& episodes : diagnosis.episodes) {
      if (episodes.watches.empty()) continue;
      // Calendar days: a computer that is off at night is still one computer-day.
      days_[episodes.computer] = std::max(
          1.0,
          seconds_between(episodes.watches.front().begin, episodes.watches.back().end) / 86400);
    }
  }

  Findings run() {
    Findings out;
    out.losses = losses_.size();
    for (const auto& [computer, days] : days_) out.computer_days += days;
    for (const Part& part : divide(evidence_, diagnosis_, losses_, &clients_)) {
      out.components.push_back(component(part));
    }
    std::stable_sort(out.components.begin(), out.components.end(),
                     [](const Component& a, const Component& b) { return a.excess > b.excess; });
    out.clients = std::move(clients_);
    return out;
  }

 private:
  Component component(const Part& part) {
    Component out;
    part_ = &part;
    out.losses = part.losses.size();
    out.excess = std::max(0.0, static_cast<double>(out.losses) - part.expected);
    std::set<std::uint32_t> computers;
    for (const std::size_t i : part.losses) {
      computers.insert(losses_[i].computer);
      out.events.push_back(losses_[i].event);
    }
    out.computers.assign(computers.begin(), computers.end());
    std::sort(out.events.begin(), out.events.end());
    rhythm(out);
    out.at(Aspect::Near) = near();
    out.at(Aspect::Together) = together();
    whom(out);
    out.at(Aspect::OnWifi) = on_path("Wi-Fi", Aspect::OnWifi, &Gatherer::uses_wifi);
    out.at(Aspect::OnVpn) = on_path("a VPN", Aspect::OnVpn, &Gatherer::uses_vpn);
    out.at(Aspect::ViaProxy) = on_path("a proxy", Aspect::ViaProxy, &Gatherer::uses_proxy);
    closed(out);
    out.at(Aspect::Outage) = outage();
    out.at(Aspect::Hours) = hours();
    out.at(Aspect::Settings) =
        compare_settings(evidence_, catalogue_, losses_by_computer(), watched_computers());
    out.at(Aspect::Rate) = rate(out.computers);
    out.at(Aspect::Occasions) = occasions();
    out.at(Aspect::Path) = path_finding(evidence_.probes, part_->interval, frame_);
    out.at(Aspect::NewConnections) = new_connections(out);
    return out;
  }

  [[nodiscard]] std::size_t count() const { return part_->losses.size(); }

  void rhythm(Component& out) const {
    const IntervalEstimate& e = part_->interval;
    out.rhythm = to_string(e.rhythm);
    if (e.rhythm == Rhythm::NotEnough) return;
    AspectFinding& finding = out.at(Aspect::Rhythm);
    finding.fit.assign(states_of(Aspect::Rhythm).size(), 0.01);
    const auto add = [&](Rhythm rhythm, double probability) {
      const auto raise = [&](std::string_view state, double part) {
        finding.fit[state_index(Aspect::Rhythm, state)] += part * probability;
      };
      if (rhythm == Rhythm::NotEnough) return;
      if (rhythm == Rhythm::Mixed) {
        // Two timers, of which the part does not tell which is this one's.
        for (const char* state : {"idle", "age", "clock", "period"}) raise(state, 0.25);
        return;
      }
      raise(to_string(rhythm), 1);
      if (is_regular(rhythm)) return;
      // What ends many connections at once is an outage whatever its moments look like.
      if (part_->by == Part::By::Together || part_->by == Part::By::Close) raise("outage", 1);
      // The kinds without a timer are told apart less surely than from a timer.
      for (const char* state : {"random", "modulated", "burst", "outage"}) raise(state, kIrregular);
    };
    add(e.rhythm, e.probability);
    for (const RhythmAlternative& other : e.alternatives) add(other.rhythm, other.probability);
    if (diagnosis_.never_used) {
      double& idle = finding.fit[state_index(Aspect::Rhythm, "idle")];
      double& age = finding.fit[state_index(Aspect::Rhythm, "age")];
      const double period = finding.fit[state_index(Aspect::Rhythm, "period")];
      idle = age = std::max({idle, age, period});
    }
    finding.words = e.seconds > 0 ? fmt::format("{} of {} lie at an interval of {}", e.at_interval,
                                                e.considered, format_duration(e.seconds))
                                  : fmt::format("no regular interval in {}", e.considered);
    if (e.seconds <= 0) return;
    out.interval_s = e.seconds;
    out.interval_lo = e.low;
    out.interval_hi = e.high;
    out.at(Aspect::Interval) =
        by_edges(Aspect::Interval, e.seconds, {90, 45 * 60, 150 * 60, 20 * 3600, 28 * 3600});
    out.at(Aspect::Interval).words = "the interval is " + format_duration(e.seconds);
    if (e.rhythm == Rhythm::Idle) out.at(Aspect::IdleGate) = idle_gate(e.seconds);
  }

  AspectFinding idle_gate(double seconds) const {
    double known = 0;
    double open = 0;
    for (const std::size_t i : part_->losses) {
      const Protocol protocol = protocol_from_text(attribute(losses_[i].computer, "protocol"));
      if (protocol == Protocol::Unknown || protocol == Protocol::Other) continue;
      ++known;
      if (idle_timer_possible(protocol, seconds)) ++open;
    }
    if (known < kKnownShare * static_cast<double>(count())) return {};
    AspectFinding out = share_of(Aspect::IdleGate, open / known, known);
    out.words = open > known / 2 ? "the protocol can be silent that long"
                                 : "the protocol is never silent that long";
    return out;
  }

  AspectFinding near() const {
    std::size_t seen = 0;
    for (const std::size_t i : part_->losses) seen += losses_[i].system_log ? 1U : 0U;
    AspectFinding out;
    if (part_->by == Part::By::Near) {
      const auto with = static_cast<std::size_t>(
          std::count_if(part_->losses.begin(), part_->losses.end(),
                        [&](std::size_t i) { return losses_[i].near == part_->state; }));
      // Those without a System log are of this part by their interval only.
      out = certain(Aspect::Near, states_of(Aspect::Near)[part_->state],
                    with == count() ? 0.0005 : 0.01);
      out.words = fmt::format("{} have an event of this kind near them (\"{}\"), by chance {:.1f}",
                              count_of(with, "loss", "losses"),
                              states_of(Aspect::Near)[part_->state], part_->expected);
      if (with < count()) {
        out.words += fmt::format("; {} without a System log have the same interval",
                                 count_of(count() - with, "loss", "losses"));
      }
      return out;
    }
    if (seen >= std::min(kEnoughSeen, count())) {
      // What some of them have near them by chance, or against what else is known of them.
      out.fit.assign(states_of(Aspect::Near).size(), 0.01);
      double quiet = 0;
      const std::size_t none = state_index(Aspect::Near, "none");
      for (const std::size_t i : part_->losses) {
        if (!losses_[i].system_log) continue;
        const double chance = losses_[i].near == none ? 0 : losses_[i].near_chance;
        out.fit[losses_[i].near] += (1 - chance) / static_cast<double>(seen);
        out.fit[none] += chance / static_cast<double>(seen);
        quiet += losses_[i].near == none ? 1 : 0;
      }
      out.words = fmt::format("nothing in the System log near {:.0f} of {} losses", quiet, seen);
      return out;
    }
    out = certain(Aspect::Near, "none", 0.01);
    // Only what the Application log would show is excluded.
    for (std::size_t i = 0; i < out.fit.size(); ++i) {
      const std::string_view state = states_of(Aspect::Near)[i];
      const bool shown =
          state == "crash" || state == "start" || state == "sign-in" || state == "update";
      if (!shown) out.fit[i] = 1;
    }
    out.complete = false;
    out.words = "no System log of these computers";
    return out;
  }

  AspectFinding together() const {
    if (days_.size() < 2) return {};
    double observed = 0;
    double expected = 0;
    for (const std::size_t i : part_->losses) {
      observed += losses_[i].together ? 1 : 0;
      expected += losses_[i].together_chance;
    }
    const auto n = static_cast<double>(count());
    const double share =
        n > expected ? std::clamp((observed - expected) / (n - expected), 0.0, 1.0) : 0.0;
    // Up to a fifth is alone, from three fifths on shared; the uncertainty is that of a share.
    const double deviation = std::sqrt(0.25 / n) + 0.03;
    const auto below = [&](double edge) {
      return 0.5 * std::erfc((share - edge) / (deviation * std::sqrt(2.0)));
    };
    AspectFinding out;
    out.fit = {below(0.2) + 0.01, below(0.6) - below(0.2) + 0.01, 1 - below(0.6) + 0.01};
    out.words =
        fmt::format("{:.0f} of {} within a minute of a loss on another computer, by chance {:.1f}",
                    observed, count(), expected);
    return out;
  }

  void whom(Component& out) const {
    std::vector<std::uint32_t> computers;
    for (const std::size_t i : part_->losses) computers.push_back(losses_[i].computer);
    if (has_moments()) out.at_risk = connected_at(moments());
    out.whom = find_whom(clients_, computers, out.at_risk);
    out.at(Aspect::Whom) = whom_finding(clients_, out.whom);
  }

  /// Whether what ends these connections does so at moments of its own, whoever is connected then.
  [[nodiscard]] bool has_moments() const {
    return part_->by == Part::By::Together || part_->by == Part::By::Close ||
           (part_->by == Part::By::Rhythm && part_->interval.rhythm == Rhythm::Clock);
  }

  /// The moments of the part's losses, those within a minute as one.
  [[nodiscard]] std::vector<Instant> moments() const {
    std::vector<Instant> times;
    for (const std::size_t i : part_->losses) times.push_back(losses_[i].time);
    std::sort(times.begin(), times.end());
    std::vector<Instant> out;
    Instant last{};
    for (const Instant time : times) {
      if (out.empty() || time - last > kTogether) out.push_back(time);
      last = time;
    }
    return out;
  }

  /// A computer that sleeps at night is not spared by what happens at night: of each row of the
  /// clients in how many of the moments it had a connection to lose.
  [[nodiscard]] std::vector<double> connected_at(const std::vector<Instant>& moments) const {
    std::vector<double> out(clients_.computers.size(), 0.0);
    for (const ComputerEpisodes& episodes : diagnosis_.episodes) {
      const auto row = clients_.row_of(episodes.computer);
      if (!row) continue;
      double connected = 0;
      for (const Instant moment : moments) {
        const auto holds = [&](const Uptime& uptime) {
          return uptime.begin <= moment && moment <= uptime.end + kTogether;
        };
        connected += std::any_of(episodes.uptimes.begin(), episodes.uptimes.end(), holds);
      }
      // Whether a computer without a System log was on at that hour is one question, however often
      // the hour came.
      out[*row] += episodes.power_known ? connected : std::min(1.0, connected);
    }
    // What was lost was connected, whatever the log leaves out.
    std::map<std::size_t, double> lost;
    for (const std::size_t i : part_->losses) {
      if (const auto row = clients_.row_of(losses_[i].computer)) ++lost[*row];
    }
    for (const auto& [row, n] : lost) out[row] = std::max(out[row], n);
    return out;
  }

  [[nodiscard]] std::string attribute(std::uint32_t computer, const std::string& key) const {
    return evidence_.computers[computer].attributes.get(key);
  }
  /// Where a table lists the computers, an empty cell says that there is none.
  [[nodiscard]] bool table_has(const std::string& key) const {
    return std::any_of(evidence_.computers.begin(), evidence_.computers.end(),
                       [&](const Computer& c) { return !c.attributes.get(key).empty(); });
  }

  [[nodiscard]] std::optional<bool> uses_wifi(std::uint32_t computer) const {
    for (const char* key : {"adapter", "interface"}) {
      const std::string adapter = to_lower_ascii(attribute(computer, key));
      if (adapter.empty()) continue;
      const auto says = [&](std::string_view word) {
        return adapter.find(word) != std::string::npos;
      };
      return says("wi-fi") || says("wifi") || says("wireless") || says("wlan");
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<bool> uses_vpn(std::uint32_t computer) const {
    if (!attribute(computer, "vpn_adapter").empty()) return true;
    if (!attribute(computer, "vpn").empty()) return true;
    if (vpn_listed_ && !attribute(computer, "office").empty()) return false;
    return std::nullopt;
  }
  [[nodiscard]] std::optional<bool> uses_proxy(std::uint32_t computer) const {
    const std::string proxy = attribute(computer, "proxy");
    if (!proxy.empty()) return proxy != "direct";
    if (proxy_listed_ && !attribute(computer, "office").empty()) return false;
    return std::nullopt;
  }

  AspectFinding on_path(std::string_view what, Aspect aspect,
                        std::optional<bool> (Gatherer::*uses)(std::uint32_t) const) const {
    double known = 0;
    double yes = 0;
    for (const std::size_t i : part_->losses) {
      const std::optional<bool> answer = (this->*uses)(losses_[i].computer);
      if (!answer) continue;
      ++known;
      if (*answer) ++yes;
    }
    if (known == 0 || known < kKnownShare * static_cast<double>(count())) return {};
    AspectFinding out = share_of(aspect, yes / known, known);
    out.words = fmt::format("{:.0f} of {:.0f} on computers that use {}", yes, known, what);
    return out;
  }

  void closed(Component& out) const {
    std::vector<double> counts(states_of(Aspect::Closed).size(), 0.0);
    double covered = 0;
    for (const std::size_t i : part_->losses) {
      if (losses_[i].close) {
        ++counts[*losses_[i].close];
        ++covered;
      } else if (losses_[i].covered) {
        const std::vector<std::uint32_t>& outlived = diagnosis_.matches.outlived;
        const bool silent = std::binary_search(outlived.begin(), outlived.end(), losses_[i].event);
        ++counts[state_index(Aspect::Closed, silent ? "silence" : "unseen")];
        ++covered;
      }
    }
    if (covered < 2) return;
    AspectFinding& finding = out.at(Aspect::Closed);
    std::size_t most = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > counts[most]) most = i;
      finding.fit.push_back((counts[i] + 0.02) / (covered + 0.2));
    }
    finding.words = fmt::format("in logs of devices and servers {:.0f} of {:.0f} end as \"{}\"",
                                counts[most], covered, states_of(Aspect::Closed)[most]);
    name_device(out);
  }

  /// The device whose log shows the ends, where one shows most of them.
  void name_device(Component& out) const {
    std::map<StringId, std::size_t> devices;
    for (const LossMatch& match : diagnosis_.matches.matches) {
      if (!std::binary_search(out.events.begin(), out.events.end(), match.event)) continue;
      const StringId device = evidence_.closes[match.close].device;
      if (device != 0) ++devices[device];
    }
    for (const auto& [device, n] : devices) {
      if (2 * n > count()) out.device = evidence_.strings.at(device);
    }
  }

  AspectFinding outage() const {
    std::vector<double> lengths;
    for (const std::size_t i : part_->losses) {
      if (losses_[i].outage_s) lengths.push_back(*losses_[i].outage_s);
    }
    if (lengths.size() < 2) return {};
    const double middle = median(std::move(lengths));
    AspectFinding out = by_edges(Aspect::Outage, middle, {15, 90, 600});
    out.words = "outages last " + format_duration(middle) + " in the median";
    return out;
  }

  AspectFinding hours() const {
    // A clock has its hour whatever the day, and a few losses show it.
    const bool clock = part_->interval.rhythm == Rhythm::Clock;
    if (!clock && count() < kEnoughForHours) return {};
    double busy = 0;
    for (const std::size_t i : part_->losses) {
      const TimeZone& zone = diagnosis_.zones[losses_[i].computer];
      const CivilTime local = zone.to_local(losses_[i].time);
      if ((clock || local.weekday < 5) && local.hour >= 8 && local.hour < 18) ++busy;
    }
    const double share = busy / static_cast<double>(count());
    AspectFinding out = certain(Aspect::Hours,
                                share >= 0.9   ? "busy"
                                : share < 0.35 ? "quiet"
                                               : "mixed",
                                clock ? kSureHour : 0.1);
    out.words =
        fmt::format("{:.0f} % {}between 8 and 18 h", 100 * share, clock ? "" : "on working days ");
    return out;
  }

  [[nodiscard]] std::map<std::uint32_t, double> losses_by_computer() const {
    std::map<std::uint32_t, double> out;
    for (const std::size_t i : part_->losses) ++out[losses_[i].computer];
    return out;
  }
  [[nodiscard]] const std::map<std::uint32_t, double>& watched_computers() const { return days_; }

  AspectFinding rate(const std::vector<std::uint32_t>& computers) const {
    double days = 0;
    for (const std::uint32_t computer : computers) {
      const auto own = days_.find(computer);
      days += own == days_.end() ? 1.0 : own->second;
    }
    if (days <= 0) return {};
    const double value = static_cast<double>(count()) / days;
    AspectFinding out = by_edges(Aspect::Rate, value, {0.15, 0.8, 3});
    out.words = fmt::format("{:.2g} losses for each affected computer and day", value);
    return out;
  }

  /// Asked of losses without a rhythm only: a timer that shows in the lengths has told all, and so
  /// has a common moment or something near the losses.
  AspectFinding new_connections(const Component& component) const {
    if (part_->by != Part::By::Rest || is_regular(part_->interval.rhythm)) return {};
    std::vector<ConnectedTime> times;
    for (const ComputerEpisodes& episodes : diagnosis_.episodes) {
      if (!std::binary_search(component.computers.begin(), component.computers.end(),
                              episodes.computer)) {
        continue;
      }
      const TimeZone& zone = diagnosis_.zones[episodes.computer];
      for (const Uptime& uptime : episodes.uptimes) {
        const CivilTime local = zone.to_local(uptime.begin);
        const bool made = uptime.begin_edge == Edge::Restored ||
                          uptime.begin_edge == Edge::Resume || uptime.begin_edge == Edge::AppStart;
        const bool lost =
            uptime.end_edge == Edge::Lost &&
            std::binary_search(component.events.begin(), component.events.end(), uptime.end_event);
        times.push_back({3600.0 * local.hour + 60.0 * local.minute + local.second, uptime.seconds(),
                         made, lost});
      }
    }
    const NewConnections found = compare_new_connections(times);
    if (std::abs(found.log_factor) < kTellsNothing) return {};
    AspectFinding out;
    out.fit = {std::clamp(std::exp(found.log_factor), kSureSpared, 1.0),
               std::clamp(std::exp(-found.log_factor), kSureSpared, 1.0)};
    out.words = fmt::format("{} within {} of a new connection, {:.1f} at the usual rate",
                            count_of(found.lost, "loss", "losses"), format_duration(found.within_s),
                            found.expected);
    return out;
  }

  AspectFinding occasions() const {
    const std::size_t count = moments().size();
    AspectFinding out = by_edges(Aspect::Occasions, static_cast<double>(count), {1.5, 4.5, 14.5});
    out.words = count_of(count, "occasion");
    return out;
  }

  const Evidence& evidence_;
  const Catalogue& catalogue_;
  const Diagnosis& diagnosis_;
  std::vector<LossView> losses_;
  const LossFrame frame_;
  Clients clients_;
  std::map<std::uint32_t, double> days_;
  const bool vpn_listed_ = table_has("vpn");
  const bool proxy_listed_ = table_has("proxy");
  const Part* part_ = nullptr;
};

}  // namespace

Findings gather_findings(const Evidence& evidence, const Catalogue& catalogue,
                         const Diagnosis& diagnosis) {
  return Gatherer(evidence, catalogue, diagnosis).run();
}

}  // namespace dropscope
