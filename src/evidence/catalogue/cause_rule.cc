#include "evidence/catalogue/cause_rule.h"

#include <algorithm>

#include "base/result.h"

namespace dropscope {
namespace {

struct AspectNames {
  std::string_view name;
  std::vector<std::string_view> states;
};

const std::array<AspectNames, kAspectCount>& names() {
  static const std::array<AspectNames, kAspectCount> all = {{
      {"rhythm", {"idle", "age", "clock", "period", "outage", "modulated", "random", "burst"}},
      // Up to 90 s, 45 min, 150 min, 20 h, 28 h, and more.
      {"interval", {"minute", "minutes", "hour", "hours", "day", "days"}},
      {"idle-gate", {"open", "shut"}},
      {"near",
       {"none", "sleep", "link", "wifi", "vpn", "address", "no-internet", "names", "sign-in",
        "crash", "start", "update", "clock-step", "policy", "server"}},
      {"together", {"alone", "partly", "shared"}},
      {"whom",
       {"everyone", "server", "office", "segment", "vpn", "proxy", "model", "version", "protocol",
        "setting", "computer", "nothing"}},
      {"on-wifi", {"yes", "no"}},
      {"on-vpn", {"yes", "no"}},
      {"via-proxy", {"yes", "no"}},
      {"closed",
       {"idle-timer", "age-limit", "silence", "admin", "server-down", "server", "client", "limit",
        "failed", "unseen"}},
      // Median up to 15 s, 90 s, 10 min, and more.
      {"outage", {"seconds", "short", "minutes", "long"}},
      {"hours", {"busy", "mixed", "quiet"}},
      {"settings", {"differ", "same"}},
      // Up to 0.15, 0.8, 3 per affected computer and day, and more.
      {"rate", {"rare", "ordinary", "often", "very-often"}},
      // Up to 1, 4, 14, and more.
      {"occasions", {"once", "few", "some", "many"}},
      // The same time-out on idleness, the same on age, or idle connections that outlive it.
      {"path", {"idle", "age", "free"}},
      {"new-connections", {"spared", "alike"}},
  }};
  return all;
}

const Prediction* prediction_of(const std::vector<Prediction>& predictions, Aspect aspect) {
  const auto found = std::find_if(predictions.begin(), predictions.end(),
                                  [&](const Prediction& p) { return p.aspect == aspect; });
  return found == predictions.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(Aspect aspect) {
  return names()[static_cast<std::size_t>(aspect)].name;
}

const std::vector<std::string_view>& states_of(Aspect aspect) {
  return names()[static_cast<std::size_t>(aspect)].states;
}

std::size_t state_index(Aspect aspect, std::string_view state) {
  const auto& states = states_of(aspect);
  const auto found = std::find(states.begin(), states.end(), state);
  check(found != states.end(), "a state that its aspect does not have");
  return static_cast<std::size_t>(found - states.begin());
}

const Prediction* CauseRule::predicts(Aspect aspect) const {
  return prediction_of(predictions, aspect);
}

const Prediction* CauseVariant::predicts(Aspect aspect) const {
  return prediction_of(predictions, aspect);
}

}  // namespace dropscope
