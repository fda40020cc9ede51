#pragma once

// Event logs for the tests of the intake, made with the writer.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"
#include "formats/evtx/writer.h"

namespace dropscope::test_logs {

/// 2025-09-01 08:00 UTC plus minutes.
inline Instant minute(double m) {
  return instant_from_unix(1'756'713'600) + ticks_from_seconds(m * 60);
}

inline constexpr const char* kLost =
    "Connection to Microsoft Exchange has been lost. Outlook will restore the connection when "
    "possible.";
inline constexpr const char* kRestored = "Connection to Microsoft Exchange has been restored.";

inline evtx::EventSpec classic(const std::string& provider, std::uint16_t id, Instant time,
                               const std::string& text,
                               const std::string& computer = "PC01.corp.example",
                               const std::string& channel = "Application") {
  evtx::EventSpec event;
  event.provider = provider;
  event.event_id = id;
  event.qualifiers = 16384;
  event.time = time;
  event.computer = computer;
  event.channel = channel;
  event.data.push_back({"", evtx::OwnedValue::string(text)});
  return event;
}

inline std::vector<std::byte> log_of(const std::vector<evtx::EventSpec>& events,
                                     evtx::WriterOptions options = {}) {
  evtx::Writer writer(options);
  for (const auto& event : events) {
    if (!writer.add(event)) return {};
  }
  return writer.finish();
}

}  // namespace dropscope::test_logs
