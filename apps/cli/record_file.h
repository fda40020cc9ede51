#pragma once

// A text file that only grows: what is written stays, and is on its way to the disk at once.

#include <fstream>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dropscope::cli {

class RecordFile {
 public:
  /// `target` is a path in UTF-8; "" and "-" mean standard output. What the file holds already has
  /// to be accepted by `fits`, which is given its first 4 KiB; Invalid with `expected` otherwise.
  [[nodiscard]] static Result<RecordFile> open(const std::string& target,
                                               bool (*fits)(std::string_view head),
                                               const std::string& expected);

  /// Appends and flushes.
  [[nodiscard]] Result<void> append(std::string_view text);

 private:
  std::string target_;  // Empty: standard output.
  std::ofstream file_;
};

}  // namespace dropscope::cli
