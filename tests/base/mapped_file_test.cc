#include "base/mapped_file.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/scratch_folder.h"

#ifndef _WIN32
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace dropscope {
namespace {

ErrorCode code_of(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  EXPECT_FALSE(file.has_value());
  if (file) return ErrorCode::Limit;
  EXPECT_EQ(file.error().where, path_to_utf8(path));
  return file.error().code;
}

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  const ScratchFolder folder;
  const std::string content = "ElfFile" + std::string(100'000, '\x5A');
  ASSERT_TRUE(write_file(folder / "x.evtx", content).has_value());
  const auto file = MappedFile::open(folder / "x.evtx");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(as_text(file->bytes()), content);
}

TEST(MappedFile, PagesThatWereReleasedAreReadAgain) {
  const ScratchFolder folder;
  const std::string content(300'000, 'q');
  ASSERT_TRUE(write_file(folder / "x", content).has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(as_text(file->bytes()), content);
  file->release_pages();
  EXPECT_EQ(as_text(file->bytes()), content);
}

TEST(MappedFile, AnEmptyFileGivesAnEmptyView) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "").has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->bytes().empty());
  file->release_pages();
}

TEST(MappedFile, MovingHandsTheViewOver) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "a", "aaa").has_value());
  ASSERT_TRUE(write_file(folder / "b", "bb").has_value());
  MappedFile a = *MappedFile::open(folder / "a");
  MappedFile b = *MappedFile::open(folder / "b");
  a = std::move(b);
  EXPECT_EQ(as_text(a.bytes()), "bb");
  const MappedFile c(std::move(a));
  EXPECT_EQ(as_text(c.bytes()), "bb");
}

TEST(MappedFile, NamesInAnyScriptWork) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "\u65E5\u672C\U0001F600.evtx", "x").has_value());
  EXPECT_TRUE(MappedFile::open(folder / "\u65E5\u672C\U0001F600.evtx").has_value());
}

TEST(MappedFile, WhatCannotBeMappedSaysWhy) {
  const ScratchFolder folder;
  EXPECT_EQ(code_of(folder / "missing.evtx"), ErrorCode::NotFound);
  EXPECT_EQ(code_of(folder.path()), ErrorCode::Unsupported);
}

#ifndef _WIN32

TEST(MappedFile, DevicesAndPipesAreRefusedWithoutWaiting) {
  const ScratchFolder folder;
  EXPECT_EQ(code_of("/dev/null"), ErrorCode::Unsupported);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(code_of(folder / "pipe"), ErrorCode::Unsupported);
}

TEST(MappedFile, AFileThatMayNotBeReadIsDenied) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "secret", "x").has_value());
  ASSERT_EQ(::chmod((folder / "secret").c_str(), 0), 0);
  EXPECT_EQ(code_of(folder / "secret"), ErrorCode::Denied);
}

#endif

}  // namespace
}  // namespace dropscope
