#include "base/spool_file.h"

#include <gtest/gtest.h>

#include <string>

#include "base/scratch_folder.h"

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <thread>
#endif

namespace dropscope {
namespace {

#ifndef _WIN32

/// Puts another file in the place of standard input for one test.
class StandardInput {
 public:
  explicit StandardInput(int file) : before_(::dup(STDIN_FILENO)) {
    if (file >= 0) {
      ::dup2(file, STDIN_FILENO);
      ::close(file);
    } else {
      ::close(STDIN_FILENO);
    }
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;
  ~StandardInput() {
    ::dup2(before_, STDIN_FILENO);
    ::close(before_);
  }

 private:
  int before_;
};

TEST(SpoolFile, APipeIsCopiedWhole) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  std::string content;
  for (int i = 0; content.size() < 3'000'000; ++i) content += std::to_string(i) + ' ';
  std::thread writer([&] {
    std::string_view left = content;
    while (!left.empty()) {
      const ssize_t written = ::write(ends[1], left.data(), left.size());
      if (written <= 0) break;
      left.remove_prefix(static_cast<std::size_t>(written));
    }
    ::close(ends[1]);
  });
  const StandardInput input(ends[0]);
  const auto file = map_standard_input();
  writer.join();
  ASSERT_TRUE(file.has_value()) << file.error().text();
  EXPECT_EQ(as_text(file->bytes()), content);
  EXPECT_FALSE(file->fault().has_value());
}

TEST(SpoolFile, AnEmptyPipeGivesAnEmptyView) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[1]);
  const StandardInput input(ends[0]);
  const auto file = map_standard_input();
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->bytes().empty());
}

TEST(SpoolFile, ARedirectedFileIsMappedFromWhereItStands) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "0123456789").has_value());
  {
    const StandardInput input(::open((folder / "x").c_str(), O_RDONLY));
    const auto file = map_standard_input();
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(as_text(file->bytes()), "0123456789");
  }
  const int file = ::open((folder / "x").c_str(), O_RDONLY);
  ASSERT_EQ(::lseek(file, 4, SEEK_SET), 4);
  const StandardInput input(file);
  const auto rest = map_standard_input();
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(as_text(rest->bytes()), "456789");
}

TEST(SpoolFile, NothingToReadFromIsSaid) {
  {
    const StandardInput closed(-1);
    const auto file = map_standard_input();
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code, ErrorCode::Io);
    EXPECT_EQ(file.error().where, kStandardInputName);
  }
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) GTEST_SKIP() << "no terminals here";
  const StandardInput input(terminal);
  const auto file = map_standard_input();
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::Invalid);
  EXPECT_NE(file.error().message.find("terminal"), std::string::npos);
}

TEST(SpoolFile, AFolderThatCannotHoldTheCopyIsNamed) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[1]);
  const StandardInput input(ends[0]);
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  const auto file = map_standard_input();
  if (before != nullptr) {
    ::setenv("TMPDIR", kept.c_str(), 1);
  } else {
    ::unsetenv("TMPDIR");
  }
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().where, "/nowhere/at/all");
  EXPECT_NE(file.error().message.find("TMPDIR"), std::string::npos) << file.error().message;
}

#endif

}  // namespace
}  // namespace dropscope
