#pragma once

#include <cstdint>
#include <string_view>

namespace dropscope {

/// Where long work reports how far it is; implemented above (the CLI draws it on stderr).
/// Called from worker threads, one call at a time.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  /// `done` of `total` bytes; total may grow while inputs are still being found. `what` names the
  /// item.
  virtual void progress(std::uint64_t done, std::uint64_t total, std::string_view what) = 0;
};

}  // namespace dropscope
