#pragma once

// A scenario: what the simulated world contains, as its author wrote it (docs/simulate.md).
//
// The loader is strict: an unknown key, a value of the wrong type or out of range, and a key that
// means nothing for its kind of cause are errors with file, line and column. A scenario with a
// typing mistake that loads would give evidence whose truth is not what its author believes.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/timezone.h"

namespace dropscope {
struct Catalogue;  // evidence/catalogue/catalogue.h
}

namespace dropscope::simulation {

/// Two ends of a uniform distribution.
struct Range {
  double low = 0;
  double high = 0;
};

/// Which computers; empty texts match all.
struct Where {
  std::string office, segment, kind, adapter, server, vpn;
  double share = 1;  ///< Of the computers that match.
};

enum class CauseKind : std::uint8_t {
  Idle,      ///< A device forgets a connection without traffic for `seconds`.
  FixedAge,  ///< A device ends a connection `seconds` after it was made.
  Clock,     ///< Something ends all connections at times of the day.
  Period,    ///< Something ends them every `seconds`, with a phase of its own per computer.
  Random,    ///< No memory.
  Outage,    ///< A server is away for a while; all its clients lose it together.
  Burst,     ///< Rare series of several losses.
  Wifi,      ///< Losses at the desk, on some days more than on others.
  Sleep,     ///< Outlook notices after a resume that its connection is dead.
};
[[nodiscard]] std::string_view to_string(CauseKind kind);

/// What a computer logs when a cause ends its connection.
enum class NearEvent : std::uint8_t { None, Wifi, Link, Address, NoInternet, Vpn, Crash, SignIn };

/// What a load balancer writes down as the end of a connection.
enum class ClosedAs : std::uint8_t { Client, Server, Idle, Admin, ServerDown };

/// One thing that ends connections.
struct Cause {
  CauseKind kind = CauseKind::Idle;
  std::string name;
  double seconds = 0;
  double jitter_s = 0;
  /// The client is not told: it notices at its next use of the connection, or by its own
  /// keep-alive.
  bool silent = false;
  Where where;
  std::optional<Instant> from;  ///< The cause exists from here …
  std::optional<Instant> to;    ///< … to here.
  double per_day = 0;
  bool working_hours = false;          ///< Random: only while the user is at work.
  double offset_s = 0;                 ///< Clock: shift of the grid.
  std::vector<double> times_of_day_s;  ///< Clock: seconds after midnight, instead of a grid.
  bool utc = false;                    ///< Clock: the times are UTC, not local.
  bool restarts_at_boot = false;       ///< Period: counted from the computer's start.
  std::vector<Instant> at;             ///< Outage.
  Range duration_s;                    ///< Outage.
  double spread_s = 0;                 ///< Outage: within this time all clients notice.
  int losses_min = 0, losses_max = 0;  ///< Burst.
  Range gap_s;                         ///< Burst.
  double share_of_resumes = 0;         ///< Sleep.
  NearEvent near = NearEvent::None;    ///< Logged by the computer at each of its losses.
  ClosedAs closed_as = ClosedAs::Client;
};

struct Office {
  std::string name;
  double share = 1;
  std::string time_zone;  ///< Empty = the scenario's.
  std::string server;     ///< Empty = the client's default.
  std::string proxy;      ///< Empty = none.
  std::vector<std::string> segments;
};

struct Fleet {
  unsigned computers = 1;
  std::string name;    ///< Pattern with {kind}, {office}, {number}.
  std::string domain;  ///< DNS suffix of the computer names; may be empty.
  double laptops = 0;
  double wifi = 0;  ///< Share of the laptops on Wi-Fi.
  double vpn = 0;   ///< Share of the laptops behind the VPN.
  std::vector<Office> offices;
};

struct ClientHabits {
  std::string mode;
  std::vector<std::string> protocols, versions, systems;
  std::string server;
  bool protocol_shapes_traffic = false;
  double keep_alive_s = 0;        ///< TCP keep-alive of the computer; 0 = none.
  double other_keep_alive_s = 0;  ///< … of a share of them instead.
  double other_keep_alive_share = 0;

  double work_start_s = 0, work_end_s = 0;  ///< Seconds after local midnight.
  double work_jitter_min = 0;
  double lunch_s = 0;
  Range lunch_min;
  double lunch_share = 0;
  double meetings_per_day = 0;
  std::vector<double> meeting_min;
  double absent = 0, works_weekends = 0;
  double on_at_night = 0, on_at_weekend = 0;
  double sleep_share = 0;       ///< Of the nights on which the computer is not left on.
  double sleeps_after_min = 0;  ///< Of absence by day; 0 = never.
  Range outlook_after_min;      ///< Outlook's start, after the user's arrival.
  bool outlook = true;          ///< False: nobody uses Outlook at all.

  Range reconnect_s;
  double slow_reconnect = 0;  ///< Share of reconnects whose first attempts fail.
};

struct Activity {
  double user_every_min = 0;
  double mail_every_min = 0;
  double mail_night_every_min = 0;
  double clumping = 0;
  int day_shape = 0;  ///< Erlang shape of the day's activity; 0 = all days alike.
  Range sync_s;       ///< How long traffic goes on after a connection is made.
};

struct Noise {
  double losses_per_day = 0;
  double application_per_day = 0;
  double system_per_day = 0;
  double other_26_per_day = 0;
  double alerts_per_day = 0;
  double authentication_per_day = 0;
  double duplicates = 0;
};

enum class DamageKind : std::uint8_t { Cut, Crc };

struct LogDamage {
  DamageKind kind = DamageKind::Cut;
  unsigned computers = 0;  ///< The first so many that no earlier rule took.
};

struct ClockStepRule {
  Instant at{};
  double seconds = 0;  ///< New minus old reading.
  double share = 1;
};

struct LogSettings {
  std::uint64_t max_bytes = 0;  ///< 0 = unbounded.
  std::uint64_t preallocate_bytes = 0;
  std::uint64_t first_record_id = 0;  ///< 0 = different on each computer.
  std::optional<Instant> cleared_at, starts_at, ends_at;
  bool dirty = false;
  std::uint16_t minor_version = 1;
  std::vector<LogDamage> damage;
  std::optional<ClockStepRule> clock_step;
};

/// What a test expects `dropscope diagnose` to say; carried along, not used by the world.
struct Expectation {
  std::vector<std::string> outcomes;
  std::vector<std::string> causes;  ///< Ids of data/causes, one of which is the verdict.
  std::optional<double> interval_s, tolerance_s;
  std::optional<std::int64_t> losses_min, losses_max;
  std::vector<std::string> candidates;
  std::string note;
};

struct Scenario {
  std::string name, description;
  std::uint64_t seed = 1;
  CivilTime start_date;
  int days = 0;
  TimeZone zone;
  std::string language;
  std::string language_place;  ///< "file:line:column" of the language, for an error about it.
  std::string lost_text, restored_text, authentication_text;
  bool system_log = true, inventory = true, forwarded = false;
  bool balancer_log = false;         ///< A load balancer's log of the connections that were lost.
  bool settings = false;             ///< An export of the registry of each computer.
  std::optional<bool> truth_events;  ///< Unset: for small fleets.
  std::uint64_t fixed_losses = 0;    ///< 0 = no limit.
  Fleet fleet;
  ClientHabits client;
  Activity activity;
  std::vector<Cause> causes;
  Noise noise;
  LogSettings log;
  Expectation expect;

  /// Local midnight at the start of day `n` in `zone_of`.
  [[nodiscard]] Instant midnight(const TimeZone& zone_of, int day) const;
  /// The world's span, in the scenario's zone.
  [[nodiscard]] Instant begin() const { return midnight(zone, 0); }
  [[nodiscard]] Instant end() const { return midnight(zone, days); }
};

/// The calendar date `days` after `date`.
[[nodiscard]] CivilTime date_after(const CivilTime& date, int days);

/// Reads and checks a scenario. Errors: NotFound, Io, Invalid with "file:line:column".
[[nodiscard]] Result<Scenario> load_scenario(const std::filesystem::path& path);
/// The same from text; `name` stands for the file in messages.
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view text, std::string_view name);

/// Whether the number of computers is within what the scenario can do; for overrides of it.
[[nodiscard]] Result<void> check_fleet_size(const Scenario& scenario);

/// Fills in the event texts of the scenario's language, unless the scenario gives its own.
/// Invalid when the catalogue holds no exact text of that language.
[[nodiscard]] Result<void> resolve_texts(Scenario& scenario, const Catalogue& catalogue);

}  // namespace dropscope::simulation
