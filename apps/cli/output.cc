#include "apps/cli/output.h"

#include <fmt/format.h>

#include <cerrno>
#include <random>
#include <utility>

#include "apps/cli/terminal.h"
#include "base/files.h"

namespace dropscope::cli {
namespace {

namespace fs = std::filesystem;

/// Large enough that a system call per buffer costs nothing.
constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

std::error_code last_stream_error() {
  return {errno != 0 ? errno : EIO, std::generic_category()};
}

/// errno and Windows' own numbers both end up here, so they are compared by what they mean.
Error write_error(const fs::path& target, std::error_code error) {
  const std::error_condition meaning = error.default_error_condition();
  const std::string where = target.empty() ? "standard output" : path_to_utf8(target);
  if (meaning == std::errc::no_space_on_device) {
    return {ErrorCode::Io, "the disk is full; make room or choose another place", where};
  }
  if (meaning == std::errc::permission_denied || meaning == std::errc::operation_not_permitted ||
      meaning == std::errc::read_only_file_system) {
    return {ErrorCode::Denied,
            fmt::format("not allowed to write here ({}); choose another place", error.message()),
            where};
  }
  return {ErrorCode::Io, fmt::format("writing failed: {}", error.message()), where};
}

}  // namespace

Result<Output> Output::open(const std::string& target) {
  Output out;
  if (target.empty() || target == "-") return out;
  out.target_ = path_from_utf8(target);
  std::error_code ignored;
  if (fs::is_symlink(out.target_, ignored)) {
    // The file behind a link is replaced, not the link.
    const fs::path resolved = fs::weakly_canonical(out.target_, ignored);
    if (!ignored) out.target_ = resolved;
  }
  const fs::file_status status = fs::status(out.target_, ignored);
  if (fs::is_directory(status)) {
    return fail(ErrorCode::Invalid,
                "expected a name for the output file and found a folder; add a file name", target);
  }
  fs::path written = out.target_;
  if (!fs::exists(status) || fs::is_regular_file(status)) {
    if (const fs::path folder = out.target_.parent_path();
        !folder.empty() && !fs::is_directory(folder, ignored)) {
      return fail(ErrorCode::Invalid, "the folder of the output file does not exist; make it first",
                  target);
    }
    std::random_device random;
    written += fmt::format(".{:08x}.part", random());
    out.temporary_ = written;
  }
  errno = 0;
  out.file_.open(written, std::ios::binary | std::ios::trunc);
  if (!out.file_) {
    out.temporary_.clear();
    return fail(write_error(out.target_, last_stream_error()));
  }
  return out;
}

Output::Output(Output&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)),
      buffer_(std::move(other.buffer_)),
      error_(other.error_) {}

Output::~Output() {
  if (temporary_.empty()) return;
  file_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void Output::write(std::string_view utf8) {
  if (error_) return;
  buffer_ += utf8;
  if (buffer_.size() >= kBufferBytes) flush();
}

void Output::flush() {
  if (!error_ && !buffer_.empty()) {
    if (is_standard()) {
      error_ = write_standard(StandardStream::Out, buffer_);
    } else {
      errno = 0;
      file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
      if (!file_) error_ = last_stream_error();
    }
  }
  buffer_.clear();
}

Result<void> Output::close() {
  flush();
  if (!is_standard()) {
    errno = 0;
    file_.close();
    if (!file_ && !error_) error_ = last_stream_error();
  }
  if (error_ == std::errc::broken_pipe) return {};
  if (error_) return fail(write_error(target_, error_));
  if (!temporary_.empty()) {
    fs::rename(temporary_, target_, error_);
    if (error_) return fail(write_error(target_, error_));
    temporary_.clear();
  }
  return {};
}

Result<void> write_output(const std::string& target, std::string_view utf8) {
  auto out = Output::open(target);
  if (!out) return fail(std::move(out).error());
  out->write(utf8);
  return out->close();
}

}  // namespace dropscope::cli
