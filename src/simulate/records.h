#pragma once

// What a client's history leaves in its event logs.
//
// A record is first a time, a kind and a number (16 bytes), so that a computer's whole log can be
// sorted, cut and wrapped cheaply; the Renderer turns it into an event with provider, texts and
// values when it is written. The shapes follow real logs: provider "Outlook" writes classic records
// with qualifiers 16384, level 4, no user; Kernel-* providers write manifest records with GUID and
// typed data.

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "formats/evtx/writer.h"
#include "simulate/client.h"
#include "simulate/scenario.h"
#include "simulate/world.h"

namespace dropscope::simulation {

enum class RecordKind : std::uint8_t {
  // Application log, from Outlook.
  Lost,
  Restored,
  OutlookStarted,
  WebRequest,      ///< 63: a request for manifests succeeded.
  Checkpoint,      ///< 32: of the search catalogue.
  Unavailable,     ///< 25
  SendFailed,      ///< 27
  Authentication,  ///< 26 with a text about credentials.
  OtherAlert,      ///< 26 with another text.
  // Application log, from others.
  Other26,  ///< Providers that also use the id 26.
  ApplicationNoise,
  // System log.
  KernelStart,
  KernelStop,
  LogServiceStart,
  LogServiceStop,
  Uptime,  ///< 6013, names the time zone.
  Sleep,
  Resume,
  WokeUp,        ///< Power-Troubleshooter 1; the number is the sleep's length in seconds.
  ClockFromRtc,  ///< Kernel-General 1 after a resume; the number is the sleep's length in seconds.
  ClockStep,     ///< Kernel-General 1; somebody or the time service set the clock.
  LogCleared,
  NearInSystem,       ///< What the computer logs at a loss; the number tells which.
  NearInApplication,  ///< The same, in the Application log.
  SystemNoise,
};

/// `number` of a Lost record that repeats the one before it.
inline constexpr std::uint32_t kDuplicate = 1;

struct Record {
  Instant time{};  ///< As the computer's clock shows it.
  RecordKind kind{};
  std::uint32_t number = 0;
};

struct ClientRecords {
  std::vector<Record> application;  ///< In the order of writing.
  std::vector<Record> system;
  bool clock_was_wrong = false;
};

/// The computer's clock at a true time.
[[nodiscard]] Instant clock_reading(const Scenario& scenario, bool clock_was_wrong, Instant t);

[[nodiscard]] ClientRecords make_records(const Scenario& scenario, const Client& client,
                                         const ClientHistory& history);

/// Turns records of one client into events. Not thread-safe.
class Renderer {
 public:
  Renderer(const Scenario& scenario, const Client& client);

  /// The event; valid until the next call.
  const evtx::EventSpec& render(const Record& record, bool inline_style);

 private:
  evtx::EventSpec classic(std::string provider, std::uint16_t id,
                          const std::vector<std::string>& data, std::uint8_t level = 4,
                          std::uint16_t qualifiers = 16384) const;
  evtx::EventSpec manifest(std::string provider, std::string_view guid, std::uint16_t id) const;
  const evtx::EventSpec& variant(const std::vector<evtx::EventSpec>& variants, std::uint32_t number,
                                 const Record& record, bool inline_style);
  void build_outlook(const Scenario& scenario);
  void build_noise();
  void build_near();
  evtx::EventSpec system_event(const Record& record) const;

  std::string computer_, zone_text_;
  std::vector<std::vector<evtx::EventSpec>> by_kind_;  // Events that are always the same.
  evtx::EventSpec current_;
  std::int64_t step_ticks_ = 0;
};

/// "-60 W. Europe Standard Time": bias in minutes west of UTC and Windows' name of the zone, as
/// event 6013 has them. The English name where it is known here, else the bias with the IANA name.
[[nodiscard]] std::string windows_zone_text(const TimeZone& zone, Instant at);

}  // namespace dropscope::simulation
