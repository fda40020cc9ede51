#pragma once

// Makes Evidence from a few words: (minute, meaning) pairs on one or more computers.

#include <cstdint>
#include <string>
#include <vector>

#include "evidence/event.h"

namespace dropscope::testing_events {

/// 2025-09-01 08:00 UTC.
inline constexpr std::int64_t kStart = 1'756'713'600;

class EvidenceBuilder {
 public:
  explicit EvidenceBuilder(std::size_t computers = 1) {
    for (std::size_t i = 0; i < computers; ++i) {
      Computer computer;
      computer.name = "PC" + std::to_string(i);
      evidence_.computers.push_back(computer);
    }
  }

  static Instant minute(double m) { return instant_from_unix(kStart) + ticks_from_seconds(m * 60); }

  EvidenceBuilder& log(double from, double to, std::uint32_t computer = 0,
                       std::uint64_t first_id = 1, std::uint64_t last_id = 1000) {
    Coverage coverage;
    coverage.computer = computer;
    coverage.channel = evidence_.strings.add("Application");
    coverage.first = minute(from);
    coverage.last = minute(to);
    coverage.records = 10;
    coverage.first_record_id = first_id;
    coverage.last_record_id = last_id;
    evidence_.coverage.push_back(coverage);
    return *this;
  }

  EvidenceBuilder& add(double at, Meaning meaning, std::uint32_t computer = 0,
                       const std::string& text = "", std::int64_t value = 0) {
    Event event;
    event.time = minute(at);
    event.computer = computer;
    event.meaning = meaning;
    event.text = evidence_.strings.add(text);
    event.provider =
        evidence_.strings.add(meaning <= Meaning::Unclassified ? "Outlook" : "Windows");
    event.value = value;
    event.record_id = evidence_.events.size() + 1;
    evidence_.events.push_back(event);
    return *this;
  }

  /// Events must have been added by computer and time.
  const Evidence& get() const { return evidence_; }

 private:
  Evidence evidence_;
};

}  // namespace dropscope::testing_events
