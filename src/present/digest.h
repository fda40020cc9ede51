#pragma once

// What the writers need to know about a diagnosis before they lay anything out: which computer has
// which episodes, what a computer was doing when, where an event is written down. No layout here.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/coincidence/coincidence.h"
#include "present/present.h"

namespace dropscope {

/// What is known about a computer's connection at a moment. A later value is painted over an
/// earlier one.
enum class State : std::uint8_t {
  Unobserved,  ///< No log covers the moment.
  Off,         ///< Covered by the log, and the computer slept or was off.
  Idle,        ///< Computer on; the application was not running or its state is unknown.
  Connected,
  Lost,
};
inline constexpr std::size_t kStates = 5;

struct StateSpan {
  Instant begin{};
  Instant end{};
  State state = State::Unobserved;
};

/// The states of one computer from `begin` to `end`, without gaps, neighbours differing.
[[nodiscard]] std::vector<StateSpan> connection_states(const Evidence& evidence,
                                                       const ComputerEpisodes& episodes,
                                                       Instant begin, Instant end);

/// One computer, found together.
struct ComputerView {
  const Computer* computer = nullptr;
  const ComputerDiagnosis* diagnosis = nullptr;
  const ComputerEpisodes* episodes = nullptr;  ///< Never null: empty episodes stand in.
};

struct Span {
  Instant begin{};
  Instant end{};
};

/// Sums and look-ups over a ReportInput, made once per report.
struct Digest {
  explicit Digest(const ReportInput& input);

  std::vector<ComputerView>
      computers;  ///< In the order of Diagnosis::computers: most losses first.
  std::uint64_t computers_with_losses = 0;
  std::optional<Span> observed;  ///< From the first to the last record of all logs.
  std::uint64_t sources_read = 0, sources_damaged = 0, sources_unreadable = 0, sources_ignored = 0;
  std::uint64_t bytes = 0;
  std::uint64_t censored_uptimes = 0;  ///< Uptimes whose begin or end was not seen.
  std::vector<SharedMinute> shared;    ///< Moments in which many computers lost the connection.
  std::string application;             ///< "Microsoft Outlook"
  std::string peer;                    ///< "Microsoft Exchange"
};

/// The profile of the diagnosis; null when the catalogue does not hold it.
[[nodiscard]] const Profile* profile_of(const ReportInput& input);

/// The event behind an index; null when the index is kNoEvent or beyond the evidence.
[[nodiscard]] const Event* event_at(const Evidence& evidence, std::uint32_t index);

/// The source behind an event; null when there is none.
[[nodiscard]] const Source* source_of(const Evidence& evidence, const Event& event);

/// Lengths of complete uptimes (`complete`) or of the others, of all computers of the digest,
/// seconds.
[[nodiscard]] std::vector<double> uptime_lengths(const Digest& digest, bool complete);
/// Lengths of complete outages of all computers of the digest, seconds.
[[nodiscard]] std::vector<double> outage_lengths(const Digest& digest);

}  // namespace dropscope
