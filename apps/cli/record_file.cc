#include "apps/cli/record_file.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "apps/cli/terminal.h"
#include "base/files.h"

namespace dropscope::cli {
namespace {

constexpr std::size_t kHeadBytes = 4096;

}  // namespace

Result<RecordFile> RecordFile::open(const std::string& target, bool (*fits)(std::string_view head),
                                    const std::string& expected) {
  RecordFile out;
  if (target.empty() || target == "-") return out;
  out.target_ = target;
  const std::filesystem::path path = path_from_utf8(target);
  bool cut = false;
  if (std::ifstream before(path, std::ios::binary); before) {
    std::array<char, kHeadBytes> head{};
    before.read(head.data(), head.size());
    const auto got = static_cast<std::size_t>(before.gcount());
    if (got > 0 && !fits({head.data(), got})) {
      return fail(ErrorCode::Invalid,
                  fmt::format("is there already and is not {}; give another file", expected),
                  target);
    }
    // A run that was cut off in the middle of a line must not spoil the next one's first.
    before.clear();
    before.seekg(-1, std::ios::end);
    char last = '\n';
    if (got > 0 && before.get(last)) cut = last != '\n';
  }
  errno = 0;
  out.file_.open(path, std::ios::binary | std::ios::app);
  if (!out.file_) return fail(io_error(path, errno, "open"));
  if (cut) {
    if (const auto done = out.append("\n"); !done) return fail(done.error());
  }
  return out;
}

Result<void> RecordFile::append(std::string_view text) {
  if (target_.empty()) {
    const std::error_code error = write_standard(StandardStream::Out, text);
    if (error) return fail(ErrorCode::Io, "writing failed: " + error.message(), "standard output");
    return {};
  }
  errno = 0;
  file_.write(text.data(), static_cast<std::streamsize>(text.size()));
  file_.flush();
  if (!file_) return fail(io_error(path_from_utf8(target_), errno, "write"));
  return {};
}

}  // namespace dropscope::cli
