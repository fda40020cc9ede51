#include "base/shared_file.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/scratch_folder.h"

namespace dropscope {
namespace {

std::string read(const SharedFile& file, std::uint64_t offset, std::size_t size) {
  std::string out(size, '?');
  const auto got = file.read_at(
      offset, std::span<std::byte>(reinterpret_cast<std::byte*>(out.data()), out.size()));
  EXPECT_TRUE(got.has_value());
  out.resize(got.value_or(0));
  return out;
}

TEST(SharedFile, ReadsPiecesUpToTheEnd) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "0123456789").has_value());
  const auto file = SharedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(read(*file, 0, 4), "0123");
  EXPECT_EQ(read(*file, 8, 4), "89");
  EXPECT_EQ(read(*file, 10, 4), "");
  EXPECT_EQ(read(*file, 5'000'000'000, 4), "");
  EXPECT_EQ(file->state()->bytes, 10u);
}

TEST(SharedFile, ShowsWhatTheWriterAdds) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "01").has_value());
  const auto file = SharedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  std::ofstream(folder / "x", std::ios::binary | std::ios::app) << "23";
  EXPECT_EQ(file->state()->bytes, 4u);
  EXPECT_EQ(read(*file, 0, 9), "0123");
}

TEST(SharedFile, KnowsARenamedFileAndAnotherOneUnderItsName) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "old").has_value());
  const auto old = SharedFile::open(folder / "x");
  ASSERT_TRUE(old.has_value());
  std::filesystem::rename(folder / "x", folder / "archive");
  ASSERT_TRUE(write_file(folder / "x", "new").has_value());
  const auto now = SharedFile::open(folder / "x");
  const auto archive = SharedFile::open(folder / "archive");
  ASSERT_TRUE(now.has_value() && archive.has_value());
  EXPECT_NE(now->identity(), old->identity());
  EXPECT_EQ(archive->identity(), old->identity());
  EXPECT_EQ(read(*old, 0, 9), "old");
  EXPECT_FALSE(old->state()->deleted);
}

TEST(SharedFile, WhatIsNoFileIsRefused) {
  const ScratchFolder folder;
  EXPECT_EQ(SharedFile::open(folder / "missing").error().code, ErrorCode::NotFound);
  EXPECT_EQ(SharedFile::open(folder.path()).error().code, ErrorCode::Unsupported);
}

#ifndef _WIN32
TEST(SharedFile, ADeletedFileIsStillRead) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "old").has_value());
  const auto file = SharedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  std::filesystem::remove(folder / "x");
  EXPECT_TRUE(file->state()->deleted);
  EXPECT_EQ(read(*file, 0, 9), "old");
}
#endif

}  // namespace
}  // namespace dropscope
