#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/rhythm/usual.h"
#include "base/text.h"
#include "verdict/candidates.h"
#include "verdict/statements.h"
#include "verdict/verdict.h"

namespace dropscope {
namespace {

/// Share of the known values that must agree before a fleet is said to have one.
constexpr double kAgreement = 0.8;

constexpr std::size_t kUnknownTextsShown = 20;

AlertCounts count_alerts(const Evidence& evidence, std::uint16_t profile) {
  AlertCounts counts;
  std::map<StringId, std::uint64_t> unknown;
  for (const Event& event : evidence.events) {
    if (event.meaning > Meaning::Unclassified || event.profile != profile) continue;
    switch (event.meaning) {
      case Meaning::Lost:
        ++counts.lost;
        break;
      case Meaning::Restored:
        ++counts.restored;
        break;
      case Meaning::Unavailable:
        ++counts.unavailable;
        break;
      case Meaning::Authentication:
        ++counts.authentication;
        break;
      case Meaning::OtherAlert:
        ++counts.other;
        break;
      case Meaning::Unclassified:
        ++counts.unclassified;
        ++unknown[event.text];
        break;
      default:
        break;
    }
    if (event.recognition == Recognition::Stem &&
        (event.meaning == Meaning::Lost || event.meaning == Meaning::Restored)) {
      ++counts.by_stem;
    }
    if (event.recognition == Recognition::Alternation) ++counts.by_alternation;
  }
  for (const auto& [text, count] : unknown) {
    counts.unknown_texts.push_back({evidence.strings.at(text), count});
  }
  std::stable_sort(counts.unknown_texts.begin(), counts.unknown_texts.end(),
                   [](const UnknownText& a, const UnknownText& b) { return a.count > b.count; });
  if (counts.unknown_texts.size() > kUnknownTextsShown) {
    counts.unknown_texts.resize(kUnknownTextsShown);
  }
  return counts;
}

/// The application that the evidence is about where nobody says: the first of the catalogue that it
/// has events of, Outlook before others.
std::string likeliest_profile(const Evidence& evidence, const Catalogue& catalogue) {
  constexpr std::string_view kUsual = "outlook";
  std::vector<bool> seen(catalogue.profiles.size(), false);
  for (const Event& event : evidence.events) {
    if (event.meaning <= Meaning::Unclassified && event.profile < seen.size()) {
      seen[event.profile] = true;
    }
  }
  std::string found;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) continue;
    if (catalogue.profiles[i].id == kUsual) return std::string(kUsual);
    if (found.empty()) found = catalogue.profiles[i].id;
  }
  return found.empty() ? std::string(kUsual) : found;
}

/// The zone to show: as told, else that of the computers, else UTC.
void choose_zone(const Evidence& evidence, const DiagnoseOptions& options, Diagnosis& d) {
  if (options.zone) {
    d.zone = *options.zone;
    d.zone_reason = "given with --tz";
    return;
  }
  std::map<std::string, std::vector<const Computer*>> zones;
  std::size_t known = 0;
  for (const Computer& computer : evidence.computers) {
    if (computer.time_zone.empty()) continue;
    zones[computer.time_zone].push_back(&computer);
    ++known;
  }
  if (zones.empty()) {
    d.zone_reason = "no time zone in the evidence; another one can be given with --tz";
    return;
  }
  const auto most = std::max_element(zones.begin(), zones.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  d.zone = TimeZone::find(most->first).value_or(TimeZone());
  const Computer& first = *most->second.front();
  if (zones.size() == 1) {
    d.zone_reason = fmt::format("{} of {} ({})", known == 1 ? "zone" : "the one zone", first.name,
                                first.time_zone_source);
    if (known > 1) {
      d.zone_reason = fmt::format("zone of all {} computers that tell theirs", known);
    }
  } else {
    d.zone_reason =
        fmt::format("zone of {} of {} computers; the others are in {}", most->second.size(), known,
                    zones.size() == 2 ? "another one" : "other zones");
  }
}

/// Agreement of the affected computers (of all, when none is affected) on one attribute.
template <typename T>
T agree(const std::vector<ComputerDiagnosis>& computers, T ComputerDiagnosis::*member, T unknown,
        std::string_view what, std::string& source) {
  std::map<T, std::size_t> counts;
  std::size_t known = 0;
  const bool any_losses = std::any_of(computers.begin(), computers.end(),
                                      [](const auto& c) { return c.frequency.losses > 0; });
  for (const ComputerDiagnosis& computer : computers) {
    if (any_losses && computer.frequency.losses == 0) continue;
    if (computer.*member == unknown) continue;
    ++counts[computer.*member];
    ++known;
  }
  if (known == 0) return unknown;
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (counts.size() == 1) {
    source = fmt::format("{} {}", what, count_of(known, "computer"));
    return most->first;
  }
  source =
      fmt::format("mixed: {} of {} computers have {}", most->second, known, to_string(most->first));
  const bool clear = static_cast<double>(most->second) >= kAgreement * static_cast<double>(known);
  return clear ? most->first : unknown;
}

/// Whether the closes that the losses are matched with know that the connections never carried
/// data, as those that a watch keeps open without using them.
bool are_never_used(const Evidence& evidence, const Matches& matches) {
  // Judgement: a few closes may be of other connections.
  constexpr double kShare = 0.9;
  // Data that came with the opening, such as the greeting of a server, is no use.
  constexpr auto kGreeting = std::chrono::seconds{2};
  std::size_t known = 0;
  std::size_t unused = 0;
  for (const LossMatch& match : matches.matches) {
    const Close& close = evidence.closes[match.close];
    if (!close.idle || close.opened == Instant{}) continue;
    ++known;
    unused += close.time - close.opened - *close.idle <= kGreeting ? 1U : 0U;
  }
  return known > 0 && static_cast<double>(unused) >= kShare * static_cast<double>(known);
}

void take_age_for_idleness(IntervalEstimate& interval) {
  if (interval.rhythm == Rhythm::FixedAge || interval.rhythm == Rhythm::Period) {
    interval.rhythm = Rhythm::Idle;
  }
}

bool same_interval(const IntervalEstimate& own, const IntervalEstimate& fleet) {
  if (own.rhythm != fleet.rhythm || own.seconds <= 0) return false;
  return same_length(own.seconds, fleet.seconds);
}

}  // namespace

Result<Diagnosis> diagnose(const Evidence& evidence, const Catalogue& catalogue,
                           const DiagnoseOptions& options) {
  const std::string wanted =
      options.profile.empty() ? likeliest_profile(evidence, catalogue) : options.profile;
  const auto profile = std::find_if(catalogue.profiles.begin(), catalogue.profiles.end(),
                                    [&](const Profile& p) { return p.id == wanted; });
  if (profile == catalogue.profiles.end()) {
    std::string known;
    for (const Profile& p : catalogue.profiles) known += (known.empty() ? "" : ", ") + p.id;
    return fail(ErrorCode::Invalid,
                fmt::format("no profile is called \"{}\"; there are: {}", wanted, known));
  }
  Diagnosis d;
  d.profile = static_cast<std::uint16_t>(profile - catalogue.profiles.begin());
  choose_zone(evidence, options, d);
  for (const Computer& computer : evidence.computers) {
    d.zones.push_back(TimeZone::find(computer.time_zone).value_or(d.zone));
  }
  d.usual_s = rhythm::usual_seconds(catalogue);
  d.alerts = count_alerts(evidence, d.profile);
  d.episodes = build_episodes(evidence, d.profile, profile->log);
  for (ComputerEpisodes& episodes : d.episodes) episodes.power_known |= profile->tells_sleep;

  std::vector<const ComputerEpisodes*> all;
  std::vector<const ComputerEpisodes*> affected;
  for (const ComputerEpisodes& episodes : d.episodes) {
    if (episodes.watches.empty() && episodes.outages.empty()) continue;
    all.push_back(&episodes);
    if (!episodes.outages.empty()) affected.push_back(&episodes);
    ComputerDiagnosis computer;
    computer.computer = episodes.computer;
    const Attributes& attributes = evidence.computers[episodes.computer].attributes;
    computer.protocol = protocol_from_text(attributes.get("protocol"));
    computer.mode = mode_from_text(attributes.get("mode"));
    computer.frequency = measure_frequency({&episodes}, d.zone);
    computer.interval = measure_rhythm({&episodes}, d.zones, d.usual_s);
    d.computers.push_back(std::move(computer));
  }
  std::stable_sort(d.computers.begin(), d.computers.end(),
                   [](const ComputerDiagnosis& a, const ComputerDiagnosis& b) {
                     return a.frequency.losses > b.frequency.losses;
                   });
  d.frequency = measure_frequency(all, d.zone);
  d.interval = measure_rhythm(affected, d.zones, d.usual_s);
  d.protocol = agree(d.computers, &ComputerDiagnosis::protocol, Protocol::Unknown,
                     "protocol given for", d.protocol_source);
  d.mode = agree(d.computers, &ComputerDiagnosis::mode, ClientMode::Unknown, "mode given for",
                 d.mode_source);

  d.clocks = options.clocks;
  d.matches = match_closes(evidence, d.profile);
  d.never_used = are_never_used(evidence, d.matches);
  if (d.never_used) {
    take_age_for_idleness(d.interval);
    for (ComputerDiagnosis& computer : d.computers) take_age_for_idleness(computer.interval);
  }

  Case c{evidence, catalogue, *profile, d};
  c.computers_with_log = all.size();
  c.computers_with_losses = affected.size();
  c.computers_at_interval = static_cast<std::size_t>(
      std::count_if(d.computers.begin(), d.computers.end(), [&](const ComputerDiagnosis& computer) {
        return same_interval(computer.interval, d.interval);
      }));

  Verdict& verdict = d.verdict;
  verdict.outcome = decide_outcome(c);
  verdict.decision = decide(evidence, catalogue, d);
  verdict.candidates = find_candidates(d.interval, d.protocol, catalogue);
  verdict.tell_apart = how_to_tell_apart(verdict.candidates);
  verdict.headline = write_headline(c, verdict.outcome, verdict.candidates);
  verdict.statements = write_statements(c, verdict.outcome, verdict.candidates);
  verdict.next_steps = write_next_steps(c, verdict.outcome, verdict.candidates);
  verdict.checklist = make_checklist(evidence, catalogue, d);
  switch (verdict.outcome) {
    case Outcome::IdleTimer:
    case Outcome::FixedAge:
    case Outcome::ClockSchedule:
      verdict.probability = d.interval.probability;
      break;
    case Outcome::NoRegularInterval:
      verdict.probability = 1 - d.interval.regular_probability;
      break;
    case Outcome::RegularUnexplained:
      verdict.probability = d.interval.regular_probability;
      break;
    default:
      break;
  }
  return d;
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::NothingUsable:
      return "nothing-usable";
    case Outcome::NoApplication:
      return "no-application";
    case Outcome::NoDisconnect:
      return "no-disconnect";
    case Outcome::NotEnough:
      return "not-enough";
    case Outcome::NoRegularInterval:
      return "no-regular-interval";
    case Outcome::IdleTimer:
      return "idle-timer";
    case Outcome::FixedAge:
      return "fixed-age";
    case Outcome::ClockSchedule:
      return "clock-schedule";
    case Outcome::RegularUnexplained:
      return "regular-unexplained";
  }
  return "nothing-usable";
}

}  // namespace dropscope
