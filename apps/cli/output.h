#pragma once

// Where results go: standard output, or a file that appears only when it is whole.
//
// Results can be larger than memory (every event of a server's log as XML), so they are streamed: a
// file grows under a temporary name beside its target and takes the target's name in close(). A run
// that fails leaves the old file as it was.

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace dropscope::cli {

class Output {
 public:
  /// `target` is a path in UTF-8; "" and "-" mean standard output.
  [[nodiscard]] static Result<Output> open(const std::string& target);

  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  /// Without close(), a file is dropped and what standard output still buffers is not written.
  ~Output();

  void write(std::string_view utf8);

  /// False once writing has failed; a long run can stop then, close() tells why.
  [[nodiscard]] bool ok() const { return !error_; }

  /// Writes what is buffered and puts a file in its place. That a reader has closed its end of a
  /// pipe is no failure.
  [[nodiscard]] Result<void> close();

  [[nodiscard]] bool is_standard() const { return target_.empty(); }

 private:
  Output() = default;
  void flush();

  std::filesystem::path target_;     // Empty: standard output.
  std::filesystem::path temporary_;  // Empty: written in place (a device or a pipe).
  std::ofstream file_;
  std::string buffer_;
  std::error_code error_;
};

/// Writes a whole text; for results that are in memory anyway.
[[nodiscard]] Result<void> write_output(const std::string& target, std::string_view utf8);

}  // namespace dropscope::cli
