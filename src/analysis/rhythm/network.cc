#include "analysis/rhythm/network.h"

#include <algorithm>
#include <cmath>

namespace dropscope::rhythm {

Posterior posterior_of(const Features& features, const NetworkConstants& constants) {
  std::array<double, kFeatures> input{};
  for (std::size_t i = 0; i < kFeatures; ++i) {
    const double value = (features[i] - static_cast<double>(constants.mean[i])) *
                         static_cast<double>(constants.scale[i]);
    input[i] = std::clamp(value, -kInputLimit, kInputLimit);
  }
  Posterior mean{};
  for (std::size_t net = 0; net < kNetworks; ++net) {
    const std::span<const float> weights = constants.weights.subspan(net * kWeights, kWeights);
    std::array<double, kHidden> hidden{};
    for (std::size_t h = 0; h < kHidden; ++h) {
      hidden[h] = static_cast<double>(weights[kHidden * kFeatures + h]);
    }
    for (std::size_t i = 0; i < kFeatures; ++i) {
      for (std::size_t h = 0; h < kHidden; ++h) {
        hidden[h] += static_cast<double>(weights[i * kHidden + h]) * input[i];
      }
    }
    for (double& value : hidden) value = std::tanh(value);
    const std::span<const float> out = weights.subspan(kHidden * (kFeatures + 1));
    Posterior logit{};
    for (std::size_t c = 0; c < kClasses; ++c) {
      logit[c] = static_cast<double>(out[kClasses * kHidden + c]);
      for (std::size_t h = 0; h < kHidden; ++h) {
        logit[c] += static_cast<double>(out[c * kHidden + h]) * hidden[h];
      }
    }
    const double top = *std::max_element(logit.begin(), logit.end());
    double sum = 0;
    for (double& value : logit) sum += value = std::exp(value - top);
    for (std::size_t c = 0; c < kClasses; ++c) mean[c] += logit[c] / sum / kNetworks;
  }
  return mean;
}

std::size_t band_of(std::size_t uptimes) {
  if (uptimes <= 3) return 0;
  if (uptimes <= 5) return 1;
  if (uptimes <= 12) return 2;
  return uptimes <= 60 ? 3 : 4;
}

}  // namespace dropscope::rhythm
