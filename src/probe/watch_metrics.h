#pragma once

// What a watch has seen, as Prometheus reads it (text exposition format 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/).

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "probe/session_watch.h"

namespace dropscope::probe {

class WatchMetrics {
 public:
  /// `targets`: of each session, "mail.example.com:443".
  explicit WatchMetrics(std::vector<std::string> targets);

  void count(const SessionEvent& event);

  /// `states` as SessionWatch has them at `now`; `began` on the same clock.
  [[nodiscard]] std::string text(const std::vector<SessionState>& states, double began,
                                 double now) const;

 private:
  static constexpr std::size_t kCauses = 5;
  struct Counts {
    std::array<std::uint64_t, kCauses> lost{};
    std::array<std::uint64_t, kCauses> failed{};
    std::uint64_t up = 0;
  };
  std::vector<std::string> targets_;
  std::vector<Counts> counts_;  ///< Of each session.
};

/// The answer of HTTP/1.1 to a request: `metrics` for GET of / and /metrics, else what is wrong
/// with it. The bytes may be anybody's.
[[nodiscard]] std::string http_answer(std::string_view request, std::string_view metrics);

}  // namespace dropscope::probe
