#pragma once

// What the samples of a probe mean.

#include <optional>
#include <string>
#include <vector>

#include "formats/probe_result/document.h"
#include "probe/observation.h"

namespace dropscope::probe {

using Mechanism = probe_result::Mechanism;

struct Finding {
  Mechanism mechanism = Mechanism::Unfinished;
  /// The time-out; NoneFound and Unfinished: the longest idle time that was survived. Nothing when
  /// there is no such figure.
  std::optional<double> seconds;
  std::optional<double> accuracy_s;  ///< Half of the width in which a time-out lies.
  std::optional<Outcome> end;        ///< How idle connections ended.
  bool complete = false;             ///< False: stopped, and going on would tell more.
  std::string sentence;
  std::vector<std::string> notes;
};

/// `complete`: the search had nothing left to try.
[[nodiscard]] Finding judge(const Options& options, const Observations& seen, bool complete);

/// Seconds with as many decimals as a length of that size is worth: "4.02 s", "301.5 s".
[[nodiscard]] std::string seconds_text(double seconds);

}  // namespace dropscope::probe
