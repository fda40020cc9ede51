// A log beyond 4 GiB, where 32-bit offsets and the header's 16-bit count of chunks end. It is made
// with a hole between its first and its last chunks, which takes no room on the disk.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "base/mapped_file.h"
#include "base/scratch_folder.h"
#include "formats/evtx/follow.h"
#include "formats/evtx/live_log.h"
#include "formats/evtx/reader.h"

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace dropscope::evtx {
namespace {

namespace fs = std::filesystem;
using test::BinXmlBytes;
using test::LiveLog;

/// The first chunk behind 4 GiB.
constexpr std::uint64_t kFarChunk = (std::uint64_t{4} << 30) / kChunkBytes;
constexpr std::uint64_t kRoomBytes = std::uint64_t{1} << 30;

std::uint64_t offset_of(std::uint64_t chunk) {
  return kFileBlockBytes + chunk * kChunkBytes;
}

void write_at(const fs::path& path, std::uint64_t offset, const std::vector<std::byte>& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

class EvtxLargeLog : public testing::Test {
 protected:
  void SetUp() override {
#ifdef _WIN32
    GTEST_SKIP() << "files have no holes here unless they are asked for";
#else
    if (sizeof(std::size_t) < 8) GTEST_SKIP() << "the address space is too small for the map";
    std::error_code error;
    if (fs::space(folder_.path(), error).available < kRoomBytes || error) {
      GTEST_SKIP() << "less than " << kRoomBytes << " bytes free";
    }
    const auto begin = BinXmlBytes::file({LiveLog::chunk_bytes({{1, 1}, {2, 2}, {3, 3}})});
    ASSERT_TRUE(write_file(path_, Bytes(begin)).has_value());
    fs::resize_file(path_, offset_of(kFarChunk + 3), error);
    struct stat status {};
    if (error || ::stat(path_.c_str(), &status) != 0 ||
        static_cast<std::uint64_t>(status.st_blocks) * 512 > kRoomBytes) {
      GTEST_SKIP() << "this file system has no holes";
    }
    write_at(path_, offset_of(kFarChunk), LiveLog::chunk_bytes({{4, 4}, {5, 5}}));
    write_at(path_, offset_of(kFarChunk + 2), LiveLog::chunk_bytes({{6, 6}}));
#endif
  }

  ScratchFolder folder_;
  fs::path path_ = folder_ / "large.evtx";
};

TEST_F(EvtxLargeLog, AllRecordsAreReadAtTheirOffsets) {
  const auto file = MappedFile::open(path_);
  ASSERT_TRUE(file.has_value()) << file.error().text();
  EXPECT_GT(file->bytes().size(), std::uint64_t{4} << 30);
  const auto start = std::chrono::steady_clock::now();
  auto reader = LogReader::open(file->bytes());
  ASSERT_TRUE(reader.has_value());
  std::vector<std::uint64_t> ids;
  std::vector<std::uint64_t> chunks;
  LogRecord record;
  while (reader->next(record)) {
    ids.push_back(record.id);
    chunks.push_back((record.offset - kFileBlockBytes) / kChunkBytes);
    ASSERT_TRUE(record.event.has_value());
    EXPECT_EQ(record.event->event_id(), 26u);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(chunks, (std::vector<std::uint64_t>{0, 0, 0, kFarChunk, kFarChunk, kFarChunk + 2}));
  EXPECT_EQ(reader->summary().chunks, 3u);
  EXPECT_EQ(reader->summary().chunks_unused, kFarChunk);
  EXPECT_EQ(reader->summary().damages, 0u);
  EXPECT_FALSE(file->fault().has_value());
  // The hole is passed over by its chunk headers: half a second in a debug build, and eight where
  // all of it was read in. A bound with room for a busy machine.
  std::printf("4 GiB of unused chunks passed over in %.3f s\n", took.count());
  EXPECT_LT(took.count(), 60.0);
}

TEST_F(EvtxLargeLog, IsFollowed) {
  auto follower = LogFollower::open(path_, {true, 5});
  ASSERT_TRUE(follower.has_value());
  std::vector<std::uint64_t> ids;
  std::uint64_t last_offset = 0;
  const auto poll = [&] {
    follower->poll(
        [&](const LogRecord& record, std::string_view) {
          ids.push_back(record.id);
          last_offset = record.offset;
          return true;
        },
        [](const Change& change) { ADD_FAILURE() << change.what; });
  };
  poll();
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(last_offset, offset_of(kFarChunk + 2) + kChunkHeaderBytes);
  write_at(path_, offset_of(kFarChunk + 2), LiveLog::chunk_bytes({{6, 6}, {7, 7}}));
  write_at(path_, offset_of(kFarChunk + 3), LiveLog::chunk_bytes({{8, 8}}));
  write_at(path_, offset_of(kFarChunk + 4), LiveLog::chunk_bytes({{9, 9}}));
  poll();
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

}  // namespace
}  // namespace dropscope::evtx
