#pragma once

// Running libevtx's tools, which share no code with our reader.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "base/files.h"

namespace dropscope::evtx::test {

inline bool installed(const char* tool) {
  return std::system((std::string(tool) + " -V > /dev/null 2>&1").c_str()) == 0;
}

/// A folder of this run alone, which goes away with the test.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name)
      : path_(std::filesystem::path(testing::TempDir()) /
              ("dropscope_" + name + "_" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

struct ToolOutput {
  bool ended_well = false;
  std::string text;  ///< With stderr behind stdout, as both go to one file.
};

/// What the tool prints of a log, by way of the file `out`; the locale is one in which it prints
/// UTF-8.
inline ToolOutput output_of(const std::string& command, const std::filesystem::path& log,
                            const std::filesystem::path& out) {
  const std::string line =
      "LC_ALL=C.UTF-8 " + command + " '" + log.string() + "' > '" + out.string() + "' 2>&1";
  ToolOutput output;
  output.ended_well = std::system(line.c_str()) == 0;
  output.text = read_file(out).value_or("");
  return output;
}

}  // namespace dropscope::evtx::test
