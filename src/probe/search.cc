#include "probe/search.h"

#include "probe/plan.h"

namespace dropscope::probe {

Result<bool> search(Wire& wire, const Options& options, const std::string& host,
                    const std::vector<double>& known, const Watch& watch, Observations& seen) {
  while (true) {
    const std::vector<double> times = next_times(options, known, seen);
    const std::size_t before = seen.samples.size();
    if (times.empty()) {
      // Stopped after the idle connections had ended and before the controls had: those alone.
      if (control_seconds(seen.samples) == 0 || controls_suffice(options, seen)) return true;
      return run_round(wire, options, host, {}, watch, seen);
    }
    const auto whole = run_round(wire, options, host, times, watch, seen);
    if (!whole || !*whole) return whole;
    // Nothing can be connected any more.
    if (seen.samples.size() == before) return true;
  }
}

}  // namespace dropscope::probe
