#pragma once

// Computers that lose connections, and a balancer that saw them end: for tests of clocks and of
// matching.

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "base/timezone.h"
#include "evidence/event.h"

namespace dropscope::fleet {

/// Numbers that are the same with every standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  double uniform(double from, double to) {
    return from + (to - from) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  double exponential(double mean) { return -mean * std::log(1 - uniform(0, 1)); }

 private:
  std::mt19937_64 engine_;
};

struct Plan {
  std::uint64_t seed = 1;
  int computers = 3;
  int losses = 20;        ///< Of each computer, that the device sees too.
  int lonely_losses = 5;  ///< Of each computer, of which the device knows nothing.
  int other_closes = 30;  ///< Of each computer, that are no losses.
  double days = 10;
  double period_s = 0;  ///< Losses at this interval; 0: at random moments.
  double device_offset_s = 0;
  double device_drift_s_per_day = 0;
  std::string device_zone;  ///< The device writes local time of this zone and does not say so.
  std::vector<double> computer_offset_s;  ///< By computer; what is missing is 0.
  CloseBy by = CloseBy::Middlebox;
};

inline constexpr std::int64_t kBegin =
    1'741'000'000;  ///< 2025-03-03, summer time begins on the way.

/// The evidence as an intake would give it.
inline Evidence make(const Plan& plan) {
  Dice dice(plan.seed);
  Evidence evidence;
  evidence.sources.resize(1);
  evidence.sources[0].path = "lb1.log";
  evidence.sources[0].local_time = !plan.device_zone.empty();
  const StringId device = evidence.strings.add("lb1");
  const auto zone = TimeZone::find(plan.device_zone.empty() ? "UTC" : plan.device_zone);
  const double seconds = plan.days * 86400;
  for (int c = 0; c < plan.computers; ++c) {
    const auto computer = static_cast<std::uint32_t>(c);
    Computer& entry = evidence.computers.emplace_back();
    entry.name = "PC0" + std::to_string(c + 1);
    AddressUse use;
    use.computer = computer;
    use.address = IpAddress::v4({10, 20, 0, static_cast<std::uint8_t>(10 + c)});
    evidence.addresses.push_back(use);
    const auto index = static_cast<std::size_t>(c);
    const double wrong = index < plan.computer_offset_s.size() ? plan.computer_offset_s[index] : 0;
    const auto add_loss = [&](double at) {
      Event event;
      event.time = instant_from_unix(kBegin) + ticks_from_seconds(at + wrong);
      event.computer = computer;
      event.meaning = Meaning::Lost;
      evidence.events.push_back(event);
    };
    const auto add_close = [&](double at) {
      Close close;
      const double shown =
          at + plan.device_offset_s + plan.device_drift_s_per_day * (at - seconds / 2) / 86400;
      const Instant time = instant_from_unix(kBegin) + ticks_from_seconds(shown);
      close.time = time + std::chrono::seconds{zone->offset_seconds(time)};
      close.client = {use.address, static_cast<std::uint16_t>(20000 + evidence.closes.size())};
      close.by = plan.by;
      close.why = CloseWhy::Idle;
      close.device = device;
      evidence.closes.push_back(close);
    };
    double at = dice.uniform(0, 3600);
    for (int i = 0; i < plan.losses; ++i) {
      at = plan.period_s > 0 ? at + plan.period_s + dice.uniform(0, 2) : dice.uniform(0, seconds);
      add_close(at);
      add_loss(at + dice.uniform(0.3, 3));
    }
    for (int i = 0; i < plan.lonely_losses; ++i) add_loss(dice.uniform(0, seconds));
    for (int i = 0; i < plan.other_closes; ++i) add_close(dice.uniform(0, seconds));
  }
  std::sort(evidence.events.begin(), evidence.events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.computer, a.time) < std::tie(b.computer, b.time);
  });
  std::sort(evidence.closes.begin(), evidence.closes.end(),
            [](const Close& a, const Close& b) { return a.time < b.time; });
  return evidence;
}

}  // namespace dropscope::fleet
