#pragma once

// What happens near losses: other computers' losses, and events of the computer itself.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "evidence/event.h"

namespace dropscope {

/// A stretch of at most a minute in which many computers lost the connection.
struct SharedMinute {
  Instant first{};  ///< The first loss.
  Instant last{};   ///< The last one.
  std::uint32_t computers = 0;
};

/// Losses of several computers within one minute.
struct Coincidence {
  std::uint64_t losses = 0;    ///< Of all computers.
  std::uint64_t shared = 0;    ///< Of these, losses in a minute in which enough computers lost.
  std::uint64_t instants = 0;  ///< Such minutes.
  std::uint32_t computers_needed = 0;  ///< How many computers "enough" is.
  std::vector<SharedMinute> minutes;   ///< In order; as many as `instants`.
};
/// "Enough" is so many computers that the daily course of losses gives fewer than one such minute
/// by chance in the whole period (Poisson, rate of each hour of the day, times the number of
/// minutes).
[[nodiscard]] Coincidence find_coincidence(const std::vector<ComputerEpisodes>& episodes);

/// A kind of event that is found near losses more often than chance gives.
struct Neighbour {
  StringId provider = 0;
  std::uint16_t event_id = 0;
  Meaning meaning = Meaning::Context;
  ContextKind context = ContextKind::None;  ///< One id may say that a thing failed, or came back.
  std::uint64_t near_losses = 0;  ///< Losses with such an event within two minutes before or after.
  std::uint64_t losses = 0;       ///< Losses of the computers that have such events.
  double expected = 0;            ///< Losses that chance would give.
  std::vector<std::uint32_t> events;  ///< The first few of these events.
};
/// Only kinds whose p-value, times the number of kinds tried, is below 1 %; strongest first.
[[nodiscard]] std::vector<Neighbour> find_neighbours(const Evidence& evidence,
                                                     const std::vector<ComputerEpisodes>& episodes);

}  // namespace dropscope
