#include "verdict/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/scope/single_user.h"
#include "base/text.h"
#include "verdict/no_loss.h"
#include "verdict/stock.h"
#include "verdict/verdict.h"

namespace dropscope {
namespace {

/// Less is not listed with a component.
constexpr double kListed = 0.01;
/// A ratio of e^0.7, two to one, is worth a sentence.
constexpr double kWorthSaying = 0.7;
constexpr std::size_t kReasons = 4;
/// Evidence that is expected to tell less than this is not worth fetching before confirming.
constexpr double kWorthFetching_bits = 0.2;
/// A less likely cause is not worth the test that confirms it.
constexpr double kWorthTesting = 0.02;
/// From here on a named cause is confirmed rather than more evidence collected.
constexpr double kSureEnough = 0.9;

const CauseRule& rule_of(const Catalogue& catalogue, std::string_view id) {
  const auto found = std::find_if(catalogue.causes.begin(), catalogue.causes.end(),
                                  [&](const CauseRule& cause) { return cause.id == id; });
  check(found != catalogue.causes.end(), "a cause that was weighed is not in the catalogue");
  return *found;
}

/// Names a cause with what the catalogue says of it.
template <typename Named>
const CauseRule& name_cause(const CauseProbability& best, const Catalogue& catalogue, Named& out) {
  const CauseRule& rule = rule_of(catalogue, best.cause);
  out.cause = rule.id;
  out.probability = best.probability;
  out.title = rule.title;
  out.owner = rule.owner;
  return rule;
}

CauseVerdict verdict_of(const Findings& findings, const ComponentVerdict& weighed,
                        const Catalogue& catalogue) {
  const Component& component = findings.components[weighed.component];
  CauseVerdict out;
  name_cause(weighed.candidates.front(), catalogue, out);
  out.main = weighed.main;
  for (const CauseProbability& each : weighed.candidates) {
    if (each.probability >= kListed) out.candidates.push_back(each);
  }
  out.losses = component.losses;
  out.interval_s = component.interval_s;
  out.interval_lo = component.interval_lo;
  out.interval_hi = component.interval_hi;
  out.rhythm = component.rhythm;
  out.device = component.device;
  out.whom = component.whom;
  out.computers = component.computers;
  out.events = component.events;
  for (const AspectWeight& weight : weighed.weights) {
    if (weight.words.empty()) continue;
    auto& list = weight.log_ratio > 0 ? out.reasons_for : out.reasons_against;
    if (std::abs(weight.log_ratio) >= kWorthSaying && list.size() < kReasons) {
      list.push_back(weight.words);
    }
  }
  return out;
}

bool answers(const Collectable& item, Aspect aspect) {
  return std::find(item.answers.begin(), item.answers.end(), aspect) != item.answers.end();
}

/// Whether the site, or one of the computers that lost the connection, lacks an item of the
/// collection: nobody is asked for what was given.
bool is_lacking(const Stock& stock, const std::vector<std::uint32_t>& computers, std::size_t item) {
  const auto has = [item](const std::vector<std::size_t>& missing) {
    return std::find(missing.begin(), missing.end(), item) != missing.end();
  };
  if (has(stock.missing)) return true;
  return std::any_of(
      stock.computers.begin(), stock.computers.end(), [&](const ComputerStock& each) {
        return has(each.missing) &&
               std::find(computers.begin(), computers.end(), each.computer) != computers.end();
      });
}

EvidenceStep step_of(std::string_view id, double gain_bits, const Catalogue& catalogue) {
  EvidenceStep out;
  const auto item = std::find_if(catalogue.collection.begin(), catalogue.collection.end(),
                                 [&](const Collectable& c) { return c.id == id; });
  if (item == catalogue.collection.end()) return out;
  out.item = item->id;
  out.what = item->of_site ? fmt::format("Add: {}.", item->title)
                           : fmt::format("Add the {} of the affected computers.", item->title);
  out.why = item->why;
  out.cost = item->cost;
  if (!item->ways.empty()) out.command = item->ways.front().command;
  out.gain_bits = gain_bits;
  return out;
}

/// The procedure's own test for a single user: silence that would surprise at the rate so far.
EvidenceStep another_computer(const Diagnosis& diagnosis, double gain_bits) {
  constexpr double kAccident = 0.05;
  const Frequency& f = diagnosis.frequency;
  const double hours = hours_of_silence(std::max(1.0, static_cast<double>(f.losses)),
                                        std::max(1.0, f.watched_hours), 1, kAccident);
  const std::string how_long =
      count_of(static_cast<std::uint64_t>(std::ceil(hours)), "hour") + " of use";
  EvidenceStep out;
  out.what = fmt::format(
      "Let the same user work on another computer for {}, and another user on this one.", how_long);
  out.why =
      "Losses that stay with the user point to the mailbox, the account or the server; those that "
      "stay with the computer to it or its network. At the rate so far, silence for so long has a "
      "chance of 5 % if nothing had changed.";
  out.cost = how_long + " on two computers";
  out.gain_bits = gain_bits;
  return out;
}

/// Days that a computer was watched, in the mean of all.
double days_watched(const Diagnosis& diagnosis) {
  double seconds = 0;
  std::size_t computers = 0;
  for (const ComputerEpisodes& episodes : diagnosis.episodes) {
    if (episodes.watches.empty()) continue;
    seconds += seconds_between(episodes.watches.front().begin, episodes.watches.back().end);
    ++computers;
  }
  return computers == 0 ? 0 : seconds / 86400 / static_cast<double>(computers);
}

/// Without a loss either nothing is wrong, or the time was too short to see what is.
std::vector<CauseProbability> without_loss(double days, const std::vector<CauseRule>& causes) {
  const double nothing = probability_of_nothing(causes, days);
  std::vector<CauseProbability> out = {{std::string(kNoCause), nothing},
                                       {std::string(kUndetermined), 1 - nothing}};
  if (nothing < 0.5) std::swap(out[0], out[1]);
  return out;
}

/// What to do about a time without a loss: let more of it pass, or find out what the complaint was.
EvidenceStep after_silence(double days, const Profile& profile, const Catalogue& catalogue) {
  EvidenceStep out;
  const double sure = days_until_sure(catalogue.causes, kSureEnough);
  if (days >= sure) {
    out.what = "Ask the user when it last happened and compare with the time the evidence covers.";
    out.why =
        "It may begin after it, or the complaint is not a disconnect: slowness and sign-in prompts "
        "look alike to a user.";
    return out;
  }
  const std::string more =
      count_of(static_cast<std::uint64_t>(std::ceil(sure - days)), "day") + " more";
  out.what =
      fmt::format("Go on for {}, or until a user sees it again, then run this on the {} once more.",
                  more, profile.log_title);
  out.why = fmt::format(
      "{} without a loss say little. A fault that users complain of shows in {} with a probability "
      "of {:.0f} %.",
      format_duration(86400 * days), count_of(static_cast<std::uint64_t>(sure), "day"),
      100 * kSureEnough);
  out.cost = more + " of normal use";
  out.command = profile.collect;
  return out;
}

/// The one log without which there is nothing to judge, and why what was given will not do.
EvidenceStep the_log(Outcome outcome, const Profile& profile, const Catalogue& catalogue) {
  EvidenceStep out = step_of("application-log", 0, catalogue);
  if (outcome == Outcome::NothingUsable) {
    out.what = "Export the Application log of an affected computer and give that file.";
    out.why =
        "Losses stand in event logs: dropscope reads event logs as .evtx, as .evt and as exports "
        "(XML, JSON, CSV), in folders and archives. All other evidence explains them.";
  } else {
    out.what = fmt::format(
        "Export the Application log on a computer where {} runs and loses the connection.",
        profile.title);
    out.why =
        "The log may be another channel (System, Security), may be too short, or comes from a "
        "computer without it.";
  }
  return out;
}

EvidenceStep next_step(const Weighing& weighing, const Decision& decision, const Evidence& evidence,
                       const Diagnosis& diagnosis, const Catalogue& catalogue) {
  EvidenceStep out;
  const bool named = decision.cause != kUndetermined && decision.cause != kNoCause;
  if (!(named && decision.probability >= kSureEnough)) {
    const Stock stock = take_stock(evidence, catalogue, diagnosis.clocks);
    std::vector<std::uint32_t> computers;
    for (const ComputerDiagnosis& each : diagnosis.computers) {
      if (each.frequency.losses > 0) computers.push_back(each.computer);
    }
    // Lists of the site compare computers; one alone is compared by its user.
    const bool alone = decision.clients.computers.size() == 1;
    for (const MissingAspect& missing : weighing.missing) {
      if (missing.gain_bits < kWorthFetching_bits) break;
      if (alone && missing.aspect == Aspect::Whom) {
        return another_computer(diagnosis, missing.gain_bits);
      }
      for (std::size_t i = 0; i < catalogue.collection.size(); ++i) {
        const Collectable& item = catalogue.collection[i];
        if (alone && answers(item, Aspect::Whom)) continue;
        if (answers(item, missing.aspect) && !item.ways.empty() &&
            is_lacking(stock, computers, i)) {
          return step_of(item.id, missing.gain_bits, catalogue);
        }
      }
    }
  }
  const Outcome outcome = diagnosis.verdict.outcome;
  if (outcome == Outcome::NothingUsable || outcome == Outcome::NoApplication) {
    return the_log(outcome, catalogue.profiles[diagnosis.profile], catalogue);
  }
  if (outcome == Outcome::NoDisconnect) {
    return after_silence(days_watched(diagnosis), catalogue.profiles[diagnosis.profile], catalogue);
  }
  // Nothing that can be collected tells more than a test does.
  const auto best = std::find_if(decision.candidates.begin(), decision.candidates.end(),
                                 [](const CauseProbability& each) {
                                   return each.cause != kUndetermined && each.cause != kNoCause &&
                                          each.probability >= kWorthTesting;
                                 });
  const CauseRule& rule =
      rule_of(catalogue, named || best == decision.candidates.end() ? decision.cause : best->cause);
  out.what = rule.confirm;
  out.why = rule.verify;
  out.command = rule.confirm_command;
  return out;
}

Impact impact_of(const Diagnosis& diagnosis, bool mailbox) {
  Impact out;
  bool cached = false;
  bool online = false;
  for (const ComputerDiagnosis& computer : diagnosis.computers) {
    if (computer.frequency.losses == 0) continue;
    cached |= computer.mode == ClientMode::Cached;
    online |= computer.mode == ClientMode::Online;
  }
  if (cached) out.text = "Cached mode: a notification; users go on working, new mail waits.";
  if (online) {
    out.text += std::string(cached ? " " : "") +
                "Online mode: the mailbox cannot be used while it is disconnected.";
  }
  if (!cached && !online && mailbox) {
    out.text =
        "The mode of the clients is not in the evidence: in cached mode a notification, in online "
        "mode no mailbox while it is disconnected.";
  }
  if (diagnosis.frequency.watched_hours > 0) out.losses_per_day = diagnosis.frequency.per_day;
  if (diagnosis.frequency.outages.n > 0) out.median_outage_s = diagnosis.frequency.outages.median;
  return out;
}

/// Names whom each component hits in the light of everything else: of two descriptions that fit the
/// counts alike, the server is meant when the servers restart and the office when its line fails.
/// How the causes are weighed does not change by it.
void place_by_cause(Findings& findings, const Evidence& evidence, const Catalogue& catalogue) {
  for (Component& component : findings.components) {
    if (!component.whom.known()) continue;
    const std::vector<double> lift = lift_of_states(component, Aspect::Whom, catalogue.causes);
    std::vector<std::uint32_t> computers;
    for (const std::uint32_t event : component.events) {
      computers.push_back(evidence.events[event].computer);
    }
    component.whom = find_whom(findings.clients, computers, component.at_risk, lift);
    component.at(Aspect::Whom).words = words_of(component.whom);
  }
}

bool in_any_place(const Clients& clients, const ScopeResult& scope, std::size_t row) {
  return std::any_of(scope.causes.begin(), scope.causes.end(), [&](const ScopeCause& cause) {
    return matches(clients.table.attributes, cause.terms, row);
  });
}

/// Whom the losses hit: users where they are known. A computer with far fewer losses than the
/// others has them by chance.
std::vector<std::string> clients_of(const Evidence& evidence, const CauseVerdict& verdict,
                                    const Clients& clients) {
  constexpr double kFewer = 0.1;
  // Where the place is this sure, losses outside of it are of other causes.
  constexpr double kSurePlace = 0.7;
  const ScopeResult& scope = verdict.whom.scope;
  const bool local = scope.kind == ScopeKind::Localised && scope.confidence >= kSurePlace;
  std::map<std::uint32_t, double> losses;
  for (const std::uint32_t event : verdict.events) ++losses[evidence.events[event].computer];
  const double mean = static_cast<double>(verdict.events.size()) /
                      static_cast<double>(std::max<std::size_t>(1, losses.size()));
  const std::vector<std::string> names = short_names(evidence);
  std::set<std::string> out;
  for (const auto& [computer, n] : losses) {
    if (n < kFewer * mean) continue;
    const std::optional<std::size_t> row = clients.row_of(computer);
    if (local && row && !in_any_place(clients, scope, *row)) continue;
    const std::string& name = names[computer];
    std::set<std::string> users;
    for (const ClientIdentity& client : evidence.clients) {
      if (client.computer == computer && client.user != 0) {
        users.insert(evidence.strings.at(client.user));
      }
    }
    if (const std::string user = evidence.computers[computer].attributes.get("user");
        users.empty() && !user.empty()) {
      users.insert(user.substr(0, user.find('@')));
    }
    if (users.empty()) out.insert(name);
    for (const std::string& user : users) out.insert(name + "/" + user);
  }
  return {out.begin(), out.end()};
}

}  // namespace

Decision decide(const Evidence& evidence, const Catalogue& catalogue, const Diagnosis& diagnosis) {
  Decision out;
  Findings findings = gather_findings(evidence, catalogue, diagnosis);
  place_by_cause(findings, evidence, catalogue);
  const Weighing weighing = weigh(findings, catalogue.causes);
  out.candidates = weighing.candidates;
  const Outcome outcome = diagnosis.verdict.outcome;
  if (outcome == Outcome::NothingUsable || outcome == Outcome::NoApplication) {
    // No loss means nothing where nothing could have shown one.
    out.candidates = {{std::string(kUndetermined), 1.0}};
  }
  if (outcome == Outcome::NoDisconnect) {
    out.candidates = without_loss(days_watched(diagnosis), catalogue.causes);
  }
  const CauseRule& rule = name_cause(out.candidates.front(), catalogue, out);
  out.summary = rule.summary;
  if (outcome == Outcome::NoDisconnect) {
    if (!rule.title_without_loss.empty()) out.title = rule.title_without_loss;
    if (!rule.summary_without_loss.empty()) out.summary = rule.summary_without_loss;
  }
  for (const ComponentVerdict& weighed : weighing.components) {
    CauseVerdict verdict = verdict_of(findings, weighed, catalogue);
    const bool main = weighing.main == weighed.component;
    if (verdict.cause == kNoCause && !main) continue;
    out.verdicts.push_back(std::move(verdict));
  }
  // The component that the verdict is about leads; then by size.
  std::stable_sort(out.verdicts.begin(), out.verdicts.end(),
                   [&](const CauseVerdict& a, const CauseVerdict& b) {
                     const bool a_is = a.cause == out.cause;
                     const bool b_is = b.cause == out.cause;
                     if (a_is != b_is) return a_is;
                     return a.main > b.main;
                   });
  out.clients = std::move(findings.clients);
  out.impact = impact_of(diagnosis, catalogue.profiles[diagnosis.profile].mailbox);
  out.next_step = next_step(weighing, out, evidence, diagnosis, catalogue);
  if (!out.verdicts.empty() && out.cause != kNoCause) {
    out.impacted = clients_of(evidence, out.verdicts.front(), out.clients);
  }
  return out;
}

}  // namespace dropscope
