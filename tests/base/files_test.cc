#include "base/files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "base/scratch_folder.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Files, WhatIsWrittenIsRead) {
  const ScratchFolder folder;
  const std::string content("a\0b\r\n\xFF", 6);
  ASSERT_TRUE(write_file(folder / "x.bin", content).has_value());
  EXPECT_EQ(read_file(folder / "x.bin"), content);
  // Nothing else is left behind.
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(Files, AnEmptyFileIsEmpty) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "").has_value());
  EXPECT_EQ(read_file(folder / "x"), "");
}

TEST(Files, WritingReplacesTheWholeFile) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", std::string(200'000, 'a')).has_value());
  ASSERT_TRUE(write_file(folder / "x", "short").has_value());
  EXPECT_EQ(read_file(folder / "x"), "short");
}

TEST(Files, NamesInAnyScriptWork) {
  const ScratchFolder folder;
  const fs::path path = folder / "Büro \u63A5\u7D9A \U0001F600.txt";
  ASSERT_TRUE(write_file(path, "x").has_value());
  EXPECT_EQ(read_file(path), "x");
  EXPECT_EQ(path_from_utf8(path_to_utf8(path)), path);
}

TEST(Files, AMissingFileIsNotFoundAndNamed) {
  const ScratchFolder folder;
  const auto result = read_file(folder / "missing.toml");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::NotFound);
  EXPECT_NE(result.error().where.find("missing.toml"), std::string::npos);
  EXPECT_NE(result.error().message.find("no such file"), std::string::npos);
}

TEST(Files, AFileWhereAFolderIsExpectedIsNotFoundToo) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "").has_value());
  const auto result = read_file(folder / "x" / "y");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::NotFound);
}

TEST(Files, AFolderIsNoFile) {
  const ScratchFolder folder;
  const auto read = read_file(folder.path());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::Unsupported);
  const auto written = write_file(folder.path(), "x");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::Invalid);
}

TEST(Files, TheLimitIsExact) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "12345").has_value());
  EXPECT_TRUE(read_file(folder / "x", 5).has_value());
  const auto result = read_file(folder / "x", 4);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::Limit);
  EXPECT_NE(result.error().message.find("4 bytes"), std::string::npos);
}

TEST(Files, WritingIntoAFolderThatIsNotThereSaysSo) {
  const ScratchFolder folder;
  const auto result = write_file(folder / "no" / "x", "content");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::NotFound);
  EXPECT_NE(result.error().message.find("folder"), std::string::npos);
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(Files, ALinkStaysALink) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "target", "old").has_value());
  std::error_code error;
  fs::create_symlink("target", folder / "link", error);
  if (error) GTEST_SKIP() << "this file system or account makes no links: " << error.message();
  ASSERT_TRUE(write_file(folder / "link", "new").has_value());
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "target"), "new");
}

#ifndef _WIN32

TEST(Files, ADeviceIsWrittenToAndNotReplaced) {
  ASSERT_TRUE(write_file("/dev/null", "x").has_value());
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
}

TEST(Files, SizesThatTheSystemDoesNotTellAreNoObstacle) {
  if (!fs::exists("/proc/self/status")) GTEST_SKIP() << "no /proc here";
  const auto result = read_file("/proc/self/status");
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->empty());
}

TEST(Files, ErrorsOfTheSystemBecomeOurs) {
  EXPECT_EQ(io_error("x", ENOENT, "reading").code, ErrorCode::NotFound);
  EXPECT_EQ(io_error("x", EACCES, "reading").code, ErrorCode::Denied);
  EXPECT_EQ(io_error("x", EPERM, "reading").code, ErrorCode::Denied);
  EXPECT_EQ(io_error("x", EROFS, "writing").code, ErrorCode::Denied);
  EXPECT_EQ(io_error("x", EIO, "reading").code, ErrorCode::Io);
  const Error full = io_error("report.html", ENOSPC, "writing");
  EXPECT_EQ(full.code, ErrorCode::Io);
  EXPECT_EQ(full.where, "report.html");
  EXPECT_NE(full.message.find("disk is full"), std::string::npos);
}

#endif

}  // namespace
}  // namespace dropscope
