#pragma once

// Evidence of a few computers made by hand, loss by loss, for tests of the verdict.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"
#include "verdict/verdict.h"

namespace dropscope {

inline constexpr std::int64_t kMonday = 1'756'713'600;  // 2025-09-01 08:00 UTC
inline constexpr double kDay = 86400;

inline Instant second(double s) {
  return instant_from_unix(kMonday) + ticks_from_seconds(s);
}

/// Computers are added one by one, then their events; run() diagnoses them.
class FleetByHand : public ::testing::Test {
 protected:
  void SetUp() override {
    catalogue_ = Catalogue::load().value();
    Source source;
    source.path = "Application.evtx";
    source.state = SourceState::Read;
    evidence_.sources.push_back(source);
  }

  std::uint32_t computer(const std::string& name, bool system_log, double days = 10) {
    Computer c;
    c.name = name;
    evidence_.computers.push_back(c);
    const auto index = static_cast<std::uint32_t>(evidence_.computers.size() - 1);
    for (const char* channel : {"Application", "System"}) {
      if (!system_log && std::string_view(channel) == "System") continue;
      Coverage cover;
      cover.computer = index;
      cover.channel = evidence_.strings.add(channel);
      cover.first = second(0);
      cover.last = second(days * kDay);
      cover.records = 1;
      evidence_.coverage.push_back(cover);
    }
    return index;
  }

  void add(std::uint32_t computer, double at, Meaning meaning,
           ContextKind context = ContextKind::None) {
    Event event;
    event.computer = computer;
    event.time = second(at);
    event.meaning = meaning;
    event.context = context;
    event.record_id = evidence_.events.size() + 1;
    event.text = evidence_.strings.add("x");
    event.provider = evidence_.strings.add("Outlook");
    event.channel = evidence_.strings.add(meaning == Meaning::Context ? "System" : "Application");
    event.event_id = 26;
    evidence_.events.push_back(event);
  }

  void loss(std::uint32_t computer, double at, double outage = 20) {
    add(computer, at, Meaning::Lost);
    add(computer, at + outage, Meaning::Restored);
  }

  Diagnosis run() {
    std::stable_sort(evidence_.events.begin(), evidence_.events.end(),
                     [](const Event& a, const Event& b) {
                       return std::tie(a.computer, a.time) < std::tie(b.computer, b.time);
                     });
    return diagnose(evidence_, catalogue_).value();
  }

  /// Moments of nine days in no order and at no interval: quadratic, as multiples of one number lie
  /// at two or three distances from each other.
  static double scattered(int i) { return 9 * kDay * ((13 * i * i + 29 * i) % 997) / 997.0; }

  Catalogue catalogue_;
  Evidence evidence_;
};

}  // namespace dropscope
