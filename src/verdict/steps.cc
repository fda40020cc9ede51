// What to do next: who, what, why, and the exact command where there is one.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "verdict/candidates.h"
#include "verdict/statements.h"

namespace dropscope {
namespace {

constexpr const char* kExportSystem = "wevtutil epl System System.evtx";

/// What the decision's step asks for already is not asked for again.
void add_missing_evidence(const Case& c, std::vector<NextStep>& out) {
  const Diagnosis& d = c.diagnosis;
  const std::string& asked = d.verdict.decision.next_step.item;
  if (c.profile.mailbox && d.protocol == Protocol::Unknown && asked != "connection-status") {
    out.push_back({"You",
                   "Read the protocol from Outlook's Connection Status window (Ctrl + click on the "
                   "tray icon) and give it with --protocol.",
                   "It decides which timers can apply.",
                   "dropscope diagnose --protocol rpc-tcp|rpc-http|mapi-http PATH"});
  }
  const bool power_known = std::all_of(d.episodes.begin(), d.episodes.end(),
                                       [](const ComputerEpisodes& e) { return e.power_known; });
  if (!power_known && asked != "system-log") {
    out.push_back({"You", "Add the System log of the same computers.",
                   "It tells sleep, shutdown and network events from real losses.", kExportSystem});
  }
}

void add_watch_step(const Case& c, std::vector<NextStep>& out) {
  const IntervalEstimate& e = c.diagnosis.interval;
  const std::uint64_t days =
      e.days_missing > 0 ? static_cast<std::uint64_t>(std::ceil(e.days_missing)) : 10;
  out.push_back(
      {"You",
       fmt::format("Let the computer run for {} more, then run this on the {} once more.",
                   count_of(days, "day"), c.profile.log_title),
       fmt::format(
           "About {} more losses with their restores are needed to tell a timer from chance.",
           e.losses_missing),
       c.profile.collect});
}

void add_candidate_steps(const Case& c, const std::vector<CandidateTimer>& candidates,
                         std::vector<NextStep>& out) {
  const IntervalEstimate& e = c.diagnosis.interval;
  const auto is_possible = [](const CandidateTimer& t) { return t.possible; };
  const auto possible = std::count_if(candidates.begin(), candidates.end(), is_possible);
  if (possible == 0 && e.rhythm == Rhythm::Clock) {
    out.push_back(
        {"Network team",
         fmt::format("List what runs every {}: jobs of the firewall, the load balancer, the "
                     "servers and client management. Move each by ten minutes.",
                     cycle_words(e)),
         "What keeps to the clock runs on a schedule, and the losses move with it.", ""});
    return;
  }
  if (possible == 0) {
    out.push_back({"Network team",
                   fmt::format("Find the device between clients and server that has a timer of {}.",
                               timer_length(e.seconds)),
                   "No product in the catalogue has this value by default, so it was configured.",
                   ""});
    return;
  }
  const auto best = std::find_if(candidates.begin(), candidates.end(), is_possible);
  const bool provider = best->timer.change.find("provider") != std::string::npos;
  out.push_back(
      {provider ? "Provider" : "Network team",
       fmt::format("Check whether it is {}: {}.", best->timer.product, phrase(best->timer.confirm)),
       fmt::format("Its timer \"{}\" of {} agrees in value and kind.", best->timer.timer,
                   timer_length(best->timer.seconds)),
       ""});
  if (!best->timer.change.empty()) {
    out.push_back({provider ? "Provider" : "Network team",
                   fmt::format("If confirmed, have it changed. {}.", phrase(best->timer.change)),
                   "Time-outs should fall from the client to the server, so that the server ends "
                   "sessions and not a device on the path.",
                   ""});
  }
}

void add_verify_step(const Case& c, std::vector<NextStep>& out) {
  // Without the cause, so many losses would be expected in the time; none seen in three times the
  // mean gap has a chance of 5 % (exp(-3)) if nothing had changed.
  const Frequency& f = c.diagnosis.frequency;
  if (f.per_day <= 0 || c.computers_with_losses == 0) return;
  const double per_affected = f.per_day * static_cast<double>(c.computers_with_log) /
                              static_cast<double>(c.computers_with_losses);
  const auto days = static_cast<std::uint64_t>(std::ceil(std::max(1.0, 3.0 / per_affected)));
  out.push_back({"You",
                 fmt::format("After the change, watch one of the affected computers for {} and run "
                             "this again on the new log.",
                             count_of(days, "day")),
                 "At the rate so far, silence for that long has a chance of at most 5 % if nothing "
                 "had changed.",
                 c.profile.collect});
}

}  // namespace

std::vector<NextStep> write_next_steps(const Case& c, Outcome outcome,
                                       const std::vector<CandidateTimer>& candidates) {
  std::vector<NextStep> out;
  switch (outcome) {
    case Outcome::NothingUsable:
    case Outcome::NoApplication:
    case Outcome::NoDisconnect:
      // The decision's own step asks for the log, or for more of it.
      break;
    case Outcome::NotEnough:
      add_watch_step(c, out);
      add_missing_evidence(c, out);
      break;
    case Outcome::NoRegularInterval:
      add_missing_evidence(c, out);
      out.push_back(
          {"You",
           c.computers_with_log == 1
               ? "Find out whether other computers in the same office are affected, and let the "
                 "same user work on another computer."
               : "Compare the affected computers: office, network segment, server, version.",
           "Without a rhythm, what the affected ones share is the best lead.", ""});
      break;
    case Outcome::RegularUnexplained:
      out.push_back({"You",
                     "Check the column Protocol in Connection Status on an affected computer.",
                     "If it is RPC after all, an inactivity timer explains the losses.", ""});
      out.push_back(
          {"Network team",
           fmt::format(
               "Look for a limit of {} on sessions: VPN, Wi-Fi re-authentication, proxy, balancer.",
               timer_length(c.diagnosis.interval.seconds)),
           "With MAPI/HTTP, a limit on age or a network that changes under the connection remains.",
           ""});
      break;
    case Outcome::IdleTimer:
    case Outcome::FixedAge:
    case Outcome::ClockSchedule:
      add_candidate_steps(c, candidates, out);
      add_missing_evidence(c, out);
      add_verify_step(c, out);
      break;
  }
  return out;
}

}  // namespace dropscope
