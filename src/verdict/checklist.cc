#include "verdict/checklist.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "verdict/candidates.h"
#include "verdict/statements.h"
#include "verdict/verdict.h"

namespace dropscope {
namespace {

/// Outlook 2010 is version 14; the first that talks MAPI/HTTP to Exchange 2013 is 15 (KB 2937684
/// adds it to 14, and then the protocol says so).
constexpr int kLastOutlookOfRpc = 14;

class Checklist {
 public:
  Checklist(const Evidence& evidence, const Catalogue& catalogue, const Diagnosis& diagnosis)
      : evidence_(evidence), catalogue_(catalogue), d_(diagnosis) {}

  std::vector<ChecklistStep> make() {
    behaviour();
    impact();
    frequency();
    interval();
    idle_timer();
    protocol();
    scope();
    application_errors();
    pictures();
    authentication();
    return std::move(out_);
  }

 private:
  void add(std::string id, std::string title, StepState state, std::string text,
           std::string command = {}) {
    out_.push_back({std::move(id), std::move(title), state, std::move(text), std::move(command)});
  }

  /// The first way to collect an item of data/collection.toml; empty when it has none.
  [[nodiscard]] std::string how(std::string_view item) const {
    for (const Collectable& each : catalogue_.collection) {
      if (each.id == item && !each.ways.empty()) return each.ways.front().command;
    }
    return {};
  }

  [[nodiscard]] const Profile& profile() const { return catalogue_.profiles[d_.profile]; }

  [[nodiscard]] std::string no_log() const {
    return fmt::format("No {} could be read.", profile().log_title);
  }

  [[nodiscard]] bool any_loss() const { return d_.alerts.lost > 0; }

  [[nodiscard]] bool has_kind(std::string_view kind) const {
    return std::any_of(evidence_.sources.begin(), evidence_.sources.end(),
                       [&](const Source& source) { return source.kind == kind; });
  }

  /// Who says that connections were lost. A profile whose losses are told from other alerts by
  /// their text has them all in one event.
  [[nodiscard]] std::string teller() const {
    for (const EventRule& rule : profile().rules) {
      if (!rule.meaning) return fmt::format("event {}", rule.ids.front());
    }
    return profile().title;
  }

  void behaviour() {
    const AlertCounts& a = d_.alerts;
    if (d_.computers.empty()) {
      add("behaviour", "Is it a disconnect", StepState::Missing, no_log(), profile().collect);
    } else if (any_loss()) {
      add("behaviour", "Is it a disconnect", StepState::Finding,
          fmt::format("Yes: {} tells of {}.", teller(), count_of(a.lost, "loss", "losses")));
    } else {
      add("behaviour", "Is it a disconnect", StepState::Done,
          "The logs hold no loss of the connection.");
    }
  }

  void impact() {
    if (d_.verdict.decision.impact.text.empty()) return;
    std::size_t known = 0;
    for (const ComputerDiagnosis& computer : d_.computers) {
      known += computer.frequency.losses > 0 && computer.mode != ClientMode::Unknown ? 1U : 0U;
    }
    if (!any_loss()) {
      add("impact", "Cached or online mode", StepState::NotApplicable,
          "No loss to have an impact.");
    } else if (known == 0) {
      add("impact", "Cached or online mode", StepState::Missing, d_.verdict.decision.impact.text,
          how("connection-status"));
    } else {
      add("impact", "Cached or online mode", StepState::Done, d_.verdict.decision.impact.text);
    }
  }

  void frequency() {
    if (!any_loss()) {
      add("frequency", "How often", StepState::NotApplicable, "No loss to count.");
      return;
    }
    add("frequency", "How often", StepState::Done,
        fmt::format("{:.2g} losses for each computer and 24 watched hours.", d_.frequency.per_day));
  }

  void interval() {
    const IntervalEstimate& e = d_.interval;
    if (!any_loss()) {
      add("interval", "At what interval", StepState::NotApplicable, "No loss to measure.");
    } else if (e.rhythm == Rhythm::NotEnough) {
      add("interval", "At what interval", StepState::Missing,
          fmt::format("About {} more losses are needed.", e.losses_missing), profile().collect);
    } else if (e.seconds > 0) {
      add("interval", "At what interval", StepState::Finding,
          fmt::format("{}: {} of {} losses.", cycle_words(e), e.at_interval, e.considered));
    } else {
      add("interval", "At what interval", StepState::Done, "No regular interval.");
    }
  }

  /// The article's own question: the 60 minutes of the vendor's load balancers.
  void idle_timer() {
    const IntervalEstimate& e = d_.interval;
    if (!any_loss()) {
      add("idle-timer", "Inactivity time-out on the way", StepState::NotApplicable,
          "No loss to measure.");
      return;
    }
    if (e.rhythm == Rhythm::NotEnough) {
      add("idle-timer", "Inactivity time-out on the way", StepState::Missing,
          fmt::format("About {} more losses are needed.", e.losses_missing), profile().collect);
      return;
    }
    if (e.rhythm != Rhythm::Idle) {
      add("idle-timer", "Inactivity time-out on the way", StepState::NotApplicable,
          "The losses do not come after a time without traffic.");
    } else if (!idle_timer_possible(d_.protocol, e.seconds)) {
      add("idle-timer", "Inactivity time-out on the way", StepState::Done,
          "Excluded: the connection is MAPI/HTTP, and a waiting request is kept alive every 15 to "
          "30 s.");
    } else {
      add("idle-timer", "Inactivity time-out on the way", StepState::Finding,
          fmt::format("A timer of {} agrees{}.", timer_length(e.seconds),
                      d_.protocol == Protocol::Unknown ? ", if the protocol is RPC" : ""));
    }
  }

  [[nodiscard]] bool old_outlook() const {
    return std::any_of(d_.computers.begin(), d_.computers.end(), [&](const ComputerDiagnosis& c) {
      const std::string version = evidence_.computers[c.computer].attributes.get("version");
      int number = 0;
      const auto parsed = std::from_chars(version.data(), version.data() + version.size(), number);
      return parsed.ec == std::errc() && number > 0 && number <= kLastOutlookOfRpc;
    });
  }

  void protocol() {
    const std::string title = "TCP/IP on the LAN, not HTTP";
    if (!profile().mailbox) {
      add("protocol", title, StepState::NotApplicable, "It is a question of Outlook.");
      return;
    }
    switch (d_.protocol) {
      case Protocol::RpcTcp:
        add("protocol", title, StepState::Done, "The connection is TCP/IP.");
        return;
      case Protocol::MapiHttp:
        add("protocol", title, StepState::NotApplicable,
            "The connection is MAPI/HTTP; since Exchange 2013 all traffic of Outlook is HTTP.");
        return;
      case Protocol::RpcHttp:
        if (old_outlook()) {
          add("protocol", title, StepState::Finding,
              "Outlook Anywhere is used. With Exchange 2010 or older TCP/IP is expected on the "
              "LAN: review \"On fast networks, connect using HTTP first\".");
        } else {
          add("protocol", title, StepState::NotApplicable,
              "Outlook Anywhere is normal with Exchange 2013 and later.");
        }
        return;
      case Protocol::Other:
      case Protocol::Unknown:
        add("protocol", title, StepState::Missing,
            "The protocol is not in the evidence, or the computers differ.",
            how("connection-status"));
        return;
    }
  }

  void scope() {
    const std::string title = "One user, an office, or all";
    const auto affected = std::count_if(d_.computers.begin(), d_.computers.end(),
                                        [](const auto& c) { return c.frequency.losses > 0; });
    if (!any_loss()) {
      // Where no log could show a loss, nobody knows who is affected.
      const bool seen = d_.verdict.outcome != Outcome::NothingUsable;
      add("scope", title, StepState::NotApplicable,
          seen ? "Nobody is affected." : "No loss to compare computers by.");
    } else if (d_.computers.size() == 1) {
      add("scope", title, StepState::Missing,
          "The log of one computer only: let the same user work on another computer, and give the "
          "logs of others too.",
          profile().collect);
    } else {
      add("scope", title, StepState::Done,
          fmt::format("{} of {} lost the connection.", affected,
                      count_of(d_.computers.size(), "computer")));
    }
  }

  void application_errors() {
    std::uint64_t crashes = 0;
    for (const Event& event : evidence_.events) {
      crashes += event.meaning == Meaning::Crashed && event.profile == d_.profile ? 1U : 0U;
    }
    if (d_.computers.empty()) {
      add("errors", "Errors in the Application log", StepState::Missing, no_log(),
          profile().collect);
      return;
    }
    if (profile().log != "Application") {
      add("errors", "Errors in the Application log", StepState::NotApplicable,
          fmt::format("The losses are those of the {}.", profile().log_title));
      return;
    }
    add("errors", "Errors in the Application log",
        crashes > 0 ? StepState::Finding : StepState::Done,
        fmt::format("{} of the application.", count_of(crashes, "crash", "crashes")));
  }

  void pictures() {
    if (!profile().mailbox) {
      add("connection-status", "Connection Status window", StepState::NotApplicable,
          "It is a window of Outlook.");
      return;
    }
    const bool there = has_kind("connection-status") || has_kind("connection-status-picture");
    add("connection-status", "Connection Status window",
        there ? StepState::Done : StepState::Missing,
        there ? "It is in the evidence." : "The vendor asks for it.",
        there ? std::string() : how("connection-status"));
  }

  void authentication() {
    add("authentication", "Authentication prompts", StepState::NotApplicable,
        fmt::format("Out of scope: {} seen.", d_.alerts.authentication));
  }

  const Evidence& evidence_;
  const Catalogue& catalogue_;
  const Diagnosis& d_;
  std::vector<ChecklistStep> out_;
};

}  // namespace

std::string_view to_string(StepState state) {
  switch (state) {
    case StepState::Done:
      return "done";
    case StepState::Finding:
      return "finding";
    case StepState::Missing:
      return "missing";
    case StepState::NotApplicable:
      return "not-applicable";
  }
  return "missing";
}

std::vector<ChecklistStep> make_checklist(const Evidence& evidence, const Catalogue& catalogue,
                                          const Diagnosis& diagnosis) {
  return Checklist(evidence, catalogue, diagnosis).make();
}

}  // namespace dropscope
