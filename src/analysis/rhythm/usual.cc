#include "analysis/rhythm/usual.h"

#include <algorithm>

namespace dropscope::rhythm {

std::vector<double> usual_seconds(const Catalogue& catalogue) {
  std::vector<double> out;
  for (const Timer& timer : catalogue.timers) {
    if (timer.seconds > 0 && timer.closes_connections) out.push_back(timer.seconds);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace dropscope::rhythm
