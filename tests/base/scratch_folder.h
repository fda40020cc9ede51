#pragma once

// A folder for one test, removed with everything in it.

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>

#include "base/files.h"

namespace dropscope {

class ScratchFolder {
 public:
  ScratchFolder() {
    // Tests run side by side in several processes; chance keeps them apart.
    std::random_device random;
    path_ = path_from_utf8(::testing::TempDir()) /
            path_from_utf8("dropscope-test-" + std::to_string(random()));
    std::filesystem::create_directories(path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view utf8) const {
    return path_ / path_from_utf8(utf8);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace dropscope
