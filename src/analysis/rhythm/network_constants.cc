#include "analysis/rhythm/network.h"
#include <vector>
namespace dropscope::rhythm {
NetworkConstants network_constants() {
  static const std::vector<float> mean(kFeatures, 0.F), scale(kFeatures, 1.F), weights(kNetworks * kWeights, 0.F);
  static const std::vector<float> gates(kBands, 0.5F), widths(4 * kBands, 2.F), confidence;
  return {mean, scale, weights, gates, widths, confidence};
}
}
