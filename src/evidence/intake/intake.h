#pragma once

// From what the user points at (files, folders, archives) to Evidence.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "base/timezone.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"

namespace dropscope {

enum class DateOrder : std::uint8_t { DayFirst, MonthFirst, YearFirst };

struct IntakeOptions {
  unsigned threads = 0;  ///< 0 = as many as the machine has cores.
  /// Facts that hold for every computer ("protocol" = "RPC/TCP"); they override inventories.
  std::map<std::string, std::string> attributes;
  std::size_t damage_kept = 20;  ///< Damages listed per source; all are counted.
  /// Of times that a source writes without a zone.
  std::optional<TimeZone> local_zone = {};
  /// Of dates such as 03/04/2026.
  std::optional<DateOrder> date_order = {};
};

/// Reads everything; never fails as a whole: what cannot be read becomes a Source with its problem.
/// The result depends only on the inputs and their order, not on threads.
[[nodiscard]] Evidence read_evidence(const std::vector<std::filesystem::path>& inputs,
                                     const Catalogue& catalogue, const IntakeOptions& options = {},
                                     ProgressSink* progress = nullptr);

}  // namespace dropscope
