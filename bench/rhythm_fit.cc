// Fits the constants of src/analysis/rhythm to simulated clients and writes network_constants.cc:
//
//   rhythm_fit OUTPUT.cc [SCALE]
//
// Clients of the first and the second world take turns. Networks are fitted on one family of seeds;
// gates, widths and confidence are set on another, and the table of `make bench-rhythm` uses a
// third. SCALE (1) multiplies the number of cases.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "analysis/rhythm/usual.h"
#include "rhythm_cases.h"
#include "rhythm_seeds.h"
#include "rhythm_worlds.h"
#include "simulate/prng.h"

namespace {

using namespace dropscope;
using namespace dropscope::rhythm;
using simulation::Random;
using simulation::Stream;

constexpr std::array kWorlds = {rhythm_cases::World::First, rhythm_cases::World::Second};

struct Example {
  std::size_t world = 0;
  Features features{};
  std::size_t truth = 0;
  std::vector<double> intervals;
  std::size_t band = 0;
  std::array<Measure, kClasses> measures{};
  bool usable = false;
};

/// `count` examples, in turns of the worlds that constants may be fitted to.
std::vector<Example> make_examples(std::uint64_t seed, std::size_t count) {
  std::vector<Example> all(count);
  const std::vector<double> usual = rhythm_cases::usual();
  const auto work = [&](std::size_t first) {
    for (std::size_t i = first; i < count; i += 2) {
      const std::size_t world = i / 2 % kWorlds.size();
      const rhythm_cases::Case one =
          rhythm_cases::case_of(kWorlds[world], seed, i / 2 / kWorlds.size() * 2 + i % 2);
      const Prepared prepared = prepare(one.client);
      Example& example = all[i];
      if (prepared.uptimes.size() < kFewestUptimes) continue;
      const Findings found = find_rhythms(prepared, usual);
      example.features = found.features;
      example.world = world;
      example.truth = static_cast<std::size_t>(one.truth);
      example.intervals = one.intervals;
      example.band = band_of(prepared.uptimes.size());
      for (std::size_t c = 0; c < kClasses; ++c) {
        example.measures[c] = measure_of(static_cast<Class>(c), found);
      }
      example.usable = true;
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  std::erase_if(all, [](const Example& one) { return !one.usable; });
  return all;
}

struct Fitted {
  std::vector<float> mean;
  std::vector<float> scale;
  std::vector<float> weights;
};

/// Adam on the cross entropy, with decay of the weights; the rate falls as a cosine.
void fit_network(const std::vector<Example>& examples, const Fitted& fitted, std::size_t net,
                 float* result) {
  constexpr int kEpochs = 24;
  constexpr std::size_t kBatch = 64;
  constexpr float kRate = 0.004F;
  constexpr float kDecay = 2e-5F;
  Random random(rhythm_cases::kFitSeed, Stream::RhythmCase, net, 2);
  std::vector<float> inputs(examples.size() * kFeatures);
  for (std::size_t e = 0; e < examples.size(); ++e) {
    for (std::size_t i = 0; i < kFeatures; ++i) {
      const auto value =
          (static_cast<float>(examples[e].features[i]) - fitted.mean[i]) * fitted.scale[i];
      inputs[e * kFeatures + i] = std::clamp(value, -5.0F, 5.0F);
    }
  }
  std::vector<float> w(kWeights);
  for (std::size_t i = 0; i < kWeights; ++i) {
    const bool bias =
        (i >= kHidden * kFeatures && i < kHidden * (kFeatures + 1)) || i >= kWeights - kClasses;
    w[i] = bias ? 0.0F : static_cast<float>(random.uniform(-0.25, 0.25));
  }
  std::vector<float> m(kWeights);
  std::vector<float> v(kWeights);
  std::vector<float> g(kWeights);
  std::vector<std::size_t> order(examples.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const std::size_t out_at = kHidden * (kFeatures + 1);
  const double steps = kEpochs * std::ceil(static_cast<double>(order.size()) / kBatch);
  double step = 0;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (std::size_t begin = 0; begin < order.size(); begin += kBatch) {
      std::fill(g.begin(), g.end(), 0.0F);
      const std::size_t end = std::min(order.size(), begin + kBatch);
      for (std::size_t at = begin; at < end; ++at) {
        const float* x = &inputs[order[at] * kFeatures];
        std::array<float, kHidden> h{};
        for (std::size_t k = 0; k < kHidden; ++k) {
          h[k] = w[kHidden * kFeatures + k];
        }
        for (std::size_t i = 0; i < kFeatures; ++i) {
          for (std::size_t k = 0; k < kHidden; ++k) h[k] += w[i * kHidden + k] * x[i];
        }
        for (float& value : h) value = std::tanh(value);
        std::array<float, kClasses> p{};
        for (std::size_t c = 0; c < kClasses; ++c) {
          p[c] = w[out_at + kClasses * kHidden + c];
          for (std::size_t k = 0; k < kHidden; ++k) p[c] += w[out_at + c * kHidden + k] * h[k];
        }
        const float top = *std::max_element(p.begin(), p.end());
        float all = 0;
        for (float& value : p) all += value = std::exp(value - top);
        std::array<float, kHidden> dh{};
        for (std::size_t c = 0; c < kClasses; ++c) {
          const float d = p[c] / all - (c == examples[order[at]].truth ? 1.0F : 0.0F);
          g[out_at + kClasses * kHidden + c] += d;
          for (std::size_t k = 0; k < kHidden; ++k) {
            g[out_at + c * kHidden + k] += d * h[k];
            dh[k] += d * w[out_at + c * kHidden + k];
          }
        }
        for (std::size_t k = 0; k < kHidden; ++k) {
          dh[k] *= 1 - h[k] * h[k];
          g[kHidden * kFeatures + k] += dh[k];
        }
        for (std::size_t i = 0; i < kFeatures; ++i) {
          for (std::size_t k = 0; k < kHidden; ++k) g[i * kHidden + k] += dh[k] * x[i];
        }
      }
      step += 1;
      const auto rate =
          kRate * static_cast<float>(0.5 + 0.5 * std::cos(3.14159 * step / steps)) + 1e-5F;
      const auto fix1 = static_cast<float>(1 - std::pow(0.9, step));
      const auto fix2 = static_cast<float>(1 - std::pow(0.999, step));
      for (std::size_t i = 0; i < kWeights; ++i) {
        const float gradient = g[i] / static_cast<float>(end - begin);
        m[i] = 0.9F * m[i] + 0.1F * gradient;
        v[i] = 0.999F * v[i] + 0.001F * gradient * gradient;
        w[i] -=
            rate * (m[i] / fix1 / (std::sqrt(v[i] / fix2) + 1e-8F)) + rate * kDecay * 100 * w[i];
      }
    }
  }
  std::copy(w.begin(), w.end(), result);
}

void write_array(std::FILE* file, const char* name, const std::vector<float>& values) {
  std::fprintf(file, "constexpr std::array<float, %zu> %s = {", values.size(), name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.5g", static_cast<double>(values[i]));
    const bool whole = std::string_view(text.data()).find_first_of(".e") == std::string_view::npos;
    std::fprintf(file, "%s%s%s,", i % 9 == 0 ? "\n    " : " ", text.data(), whole ? ".0F" : "F");
  }
  std::fprintf(file, "\n};\n\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: rhythm_fit OUTPUT.cc [SCALE]\n");
    return 2;
  }
  const double scale = argc > 2 ? std::atof(argv[2]) : 1;
  const auto count = static_cast<std::size_t>(60'000 * scale);
  const std::vector<Example> fit = make_examples(rhythm_cases::kFitSeed, count);
  const std::vector<Example> tune = make_examples(rhythm_cases::kTuneSeed, count);
  std::fprintf(stderr, "%zu examples\n", fit.size());

  Fitted fitted;
  for (std::size_t i = 0; i < kFeatures; ++i) {
    double sum = 0;
    double squares = 0;
    for (const Example& one : fit) {
      if (!std::isfinite(one.features[i])) std::fprintf(stderr, "feature %zu is not finite\n", i);
      sum += one.features[i];
      squares += one.features[i] * one.features[i];
    }
    const auto n = static_cast<double>(fit.size());
    const double mean = sum / n;
    fitted.mean.push_back(static_cast<float>(mean));
    fitted.scale.push_back(
        static_cast<float>(1 / std::sqrt(std::max(1e-4, squares / n - mean * mean))));
  }
  fitted.weights.resize(kNetworks * kWeights);
  {
    std::thread other([&] { fit_network(fit, fitted, 1, &fitted.weights[kWeights]); });
    fit_network(fit, fitted, 0, &fitted.weights[0]);
    other.join();
    fit_network(fit, fitted, 2, &fitted.weights[2 * kWeights]);
  }

  const NetworkConstants constants{fitted.mean, fitted.scale, fitted.weights, {}, {}, {}};
  std::array<std::array<std::vector<double>, kBands>, kWorlds.size()> null_scores;
  std::vector<Posterior> posteriors;
  std::vector<double> regulars;
  for (const Example& one : tune) {
    posteriors.push_back(posterior_of(one.features, constants));
    double sum = 0;
    for (std::size_t c = 0; c < kClasses; ++c) {
      if (is_regular(static_cast<Class>(c))) sum += posteriors.back()[c];
    }
    regulars.push_back(sum);
    const auto truth = static_cast<Class>(one.truth);
    if (truth == Class::Random || truth == Class::Modulated || truth == Class::Burst) {
      null_scores[one.world][one.band].push_back(sum);
    }
  }
  // False alarms by band, below what is promised so that the upper bound keeps the promise.
  constexpr std::array kFalse = {0.003, 0.004, 0.004, 0.004, 0.003};
  std::vector<float> gates;
  for (std::size_t band = 0; band < kBands; ++band) {
    double gate = 0;  // The worlds do not agree; the stricter one counts.
    for (auto& world : null_scores) {
      std::vector<double>& scores = world[band];
      std::sort(scores.begin(), scores.end());
      const auto above =
          static_cast<std::size_t>(kFalse[band] * static_cast<double>(scores.size()));
      gate = std::max(gate, scores.empty() ? 0.9 : scores[scores.size() - 1 - above]);
    }
    gates.push_back(static_cast<float>(std::clamp(gate, 0.5, 0.999)));
  }

  std::array<std::vector<double>, 5 * kBands> misses;
  std::vector<std::pair<double, double>> sure;
  for (std::size_t e = 0; e < tune.size(); ++e) {
    const Example& one = tune[e];
    const bool regular = regulars[e] > static_cast<double>(gates[one.band]);
    std::size_t best = kClasses;
    for (std::size_t c = 0; c < kClasses; ++c) {
      const auto kind = static_cast<Class>(c);
      if (is_regular(kind) != regular || (regular && one.measures[c].seconds <= 0)) continue;
      if (best == kClasses || posteriors[e][c] > posteriors[e][best]) best = c;
    }
    if (best == kClasses) continue;
    sure.emplace_back(posteriors[e][best], best == one.truth ? 1.0 : 0.0);
    if (!regular || one.intervals.empty()) continue;
    const std::size_t row = static_cast<Class>(best) == Class::Mixed ? 4 : best;
    const Measure& measure = one.measures[best];
    double miss = 1e9;
    for (const double truth : one.intervals)
      miss = std::min(miss, std::abs(measure.seconds - truth));
    if (miss < 0.06 * measure.seconds && measure.error > 0) {
      misses[row * kBands + one.band].push_back(miss / measure.error);
    }
  }
  std::vector<float> widths;
  for (std::vector<double>& list : misses) {
    std::sort(list.begin(), list.end());
    const bool few = list.size() < 20;
    widths.push_back(few ? 3.0F : static_cast<float>(list[list.size() * 985 / 1'000]));
  }

  // Pool adjacent violators over 40 equal groups.
  std::sort(sure.begin(), sure.end());
  struct Block {
    double raw, right, weight;
  };
  std::vector<Block> blocks;
  const std::size_t group = std::max<std::size_t>(1, sure.size() / 40);
  for (std::size_t begin = 0; begin < sure.size(); begin += group) {
    Block block{0, 0, 0};
    for (std::size_t i = begin; i < std::min(sure.size(), begin + group); ++i) {
      block.raw += sure[i].first;
      block.right += sure[i].second;
      block.weight += 1;
    }
    blocks.push_back(block);
    while (blocks.size() > 1) {
      const Block& last = blocks.back();
      Block& before = blocks[blocks.size() - 2];
      if (before.right / before.weight <= last.right / last.weight) break;
      before = {before.raw + last.raw, before.right + last.right, before.weight + last.weight};
      blocks.pop_back();
    }
  }
  std::vector<float> confidence;
  for (const Block& block : blocks) {
    confidence.push_back(static_cast<float>(block.raw / block.weight));
    confidence.push_back(static_cast<float>(std::min(0.999, block.right / block.weight)));
  }

  std::FILE* file = std::fopen(argv[1], "w");
  if (file == nullptr) return 1;
  std::fprintf(
      file,
      "// Written by bench/rhythm_fit.cc; change that instead.\n\n#include <array>\n\n"
      "#include \"analysis/rhythm/network.h\"\n\nnamespace dropscope::rhythm {\nnamespace {\n\n");
  write_array(file, "kMean", fitted.mean);
  write_array(file, "kScale", fitted.scale);
  write_array(file, "kNetworkWeights", fitted.weights);
  write_array(file, "kGates", gates);
  write_array(file, "kWidths", widths);
  write_array(file, "kConfidence", confidence);
  std::fprintf(file,
               "}  // namespace\n\nNetworkConstants network_constants() {\n"
               "  return {kMean, kScale, kNetworkWeights, kGates, kWidths, kConfidence};\n}\n\n"
               "}  // namespace dropscope::rhythm\n");
  return std::fclose(file) == 0 ? 0 : 1;
}
