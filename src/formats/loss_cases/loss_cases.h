#pragma once

// One line of FORMAT.md: the losses of a client, or of the clients of a fleet.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dropscope::loss_cases {

struct Event {
  double lost = 0;      ///< Unix seconds.
  double restored = 0;  ///< Unix seconds; meaningful if has_restored.
  bool has_restored = false;
};

struct Client {
  std::string zone = "UTC";  ///< As written; not looked up.
  std::vector<Event> events;
};

struct Case {
  std::string id;
  bool is_fleet = false;
  std::vector<Client> clients;             ///< One unless is_fleet.
  std::vector<std::vector<double>> peers;  ///< Unix seconds; of a client's line only.
  std::size_t dropped_restores = 0;        ///< Restores before their losses.
};

inline constexpr std::size_t kMostLineBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMostEvents = 200'000;  ///< Of one client.

/// Reads one line without its line feed. Errors: Corrupt (no JSON object, or cut), Invalid (a
/// member is missing or is not what FORMAT.md says), Limit.
[[nodiscard]] Result<Case> read_line(std::string_view line);

}  // namespace dropscope::loss_cases
