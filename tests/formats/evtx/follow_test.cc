#include "formats/evtx/follow.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <string>

#include "base/scratch_folder.h"
#include "formats/evtx/live_log.h"

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

namespace dropscope::evtx {
namespace {

using test::LiveLog;
using Serials = std::vector<std::uint64_t>;
using Kinds = std::vector<ChangeKind>;

/// A follower with what it has given so far.
class Watch {
 public:
  explicit Watch(const std::filesystem::path& path, bool from_start = true) {
    auto opened = LogFollower::open(path, {from_start, 5});
    EXPECT_TRUE(opened.has_value()) << opened.error().text();
    if (opened) follower_.emplace(std::move(*opened));
  }

  /// One look; gives what it brought.
  Serials poll(std::size_t stop_after = 0) {
    Serials now;
    changes.clear();
    const bool going = follower_->poll(
        [&](const LogRecord& record, std::string_view problem) {
          now.push_back(to_filetime(record.written));
          last = record;
          last.event.reset();
          problems += problem;
          if (record.event) {
            EXPECT_EQ(record.event->event_id(), 26u);
          }
          return now.size() != stop_after;
        },
        [&](const Change& change) { changes.push_back(change); });
    EXPECT_EQ(going, stop_after == 0 || now.size() < stop_after);
    all.insert(all.end(), now.begin(), now.end());
    return now;
  }
  /// Looks until something comes, at most `most` times.
  Serials poll_until_new(int most) {
    Serials now;
    for (int i = 0; i < most && now.empty(); ++i) now = poll();
    return now;
  }

  [[nodiscard]] Kinds kinds() const {
    Kinds out;
    for (const Change& change : changes) out.push_back(change.kind);
    return out;
  }

  Serials all;
  std::vector<Change> changes;  ///< Of the last look.
  LogRecord last;
  std::string problems;

 private:
  std::optional<LogFollower> follower_;
};

Serials range(std::uint64_t first, std::uint64_t last) {
  Serials out(last - first + 1);
  std::iota(out.begin(), out.end(), first);
  return out;
}

TEST(EvtxFollow, GivesWhatIsThereAndThenWhatComes) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(7);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 7));
  EXPECT_EQ(watch.poll(), Serials{});
  log.append(2);
  EXPECT_EQ(watch.poll(), range(8, 9));
  log.append(8);
  EXPECT_EQ(watch.poll(), range(10, 17));
  EXPECT_TRUE(watch.changes.empty());
  EXPECT_EQ(watch.last.id, 17u);
  EXPECT_EQ(watch.last.offset % 8, 0u);
  EXPECT_GT(watch.last.offset, kFileBlockBytes + 3 * kChunkBytes);
  EXPECT_FALSE(watch.last.doubtful);
}

TEST(EvtxFollow, FromTheEndOnlyWhatComes) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(7);
  Watch watch(log.path(), false);
  EXPECT_EQ(watch.poll(), Serials{});
  log.append(4);
  EXPECT_EQ(watch.poll(), range(8, 11));
  LiveLog empty(folder / "b.evtx");
  Watch other(empty.path(), false);
  EXPECT_EQ(other.poll(), Serials{});
  empty.append(2);
  EXPECT_EQ(other.poll(), range(1, 2));
}

TEST(EvtxFollow, StopsWhereItIsTold) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(12);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(7), range(1, 7));
  EXPECT_EQ(watch.poll(), range(8, 12));
}

TEST(EvtxFollow, GoesAroundWithTheLog) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  Watch watch(log.path());
  for (std::uint64_t next = 1; next < 200; next += 9) {
    log.append(9);
    EXPECT_EQ(watch.poll(), range(next, next + 8));
    EXPECT_TRUE(watch.changes.empty()) << watch.changes.front().what;
  }
}

TEST(EvtxFollow, TellsWhatWasOverwrittenBetweenTwoLooks) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(3);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 3));
  log.append(40);
  const Serials left = log.serials();
  EXPECT_EQ(watch.poll(), left);
  ASSERT_EQ(watch.kinds(), Kinds{ChangeKind::Lost});
  EXPECT_EQ(watch.changes[0].first_id, 4u);
  EXPECT_EQ(watch.changes[0].last_id, left.front() - 1);
  EXPECT_NE(watch.changes[0].what.find("records 4 to "), std::string::npos);
}

/// Wine does not say that a file that is open has been deleted.
#ifdef _WIN32
constexpr bool kDeletedLooksRenamed = true;
#else
constexpr bool kDeletedLooksRenamed = false;
#endif

TEST(EvtxFollow, ClearedLogs) {
  for (const bool new_file : {false, true}) {
    for (const bool restart : {false, true}) {
      for (const std::size_t before : {3u, 13u, 33u}) {
        for (const std::size_t after : {0u, 2u, 14u, 50u}) {
          SCOPED_TRACE(testing::Message() << new_file << restart << " " << before << " " << after);
          const ScratchFolder folder;
          LiveLog log(folder / "a.evtx");
          log.append(before);
          Watch watch(log.path());
          EXPECT_EQ(watch.poll(), log.serials());
          log.clear(new_file, restart);
          if (after > 0) log.append(after);
          EXPECT_EQ(watch.poll(), log.serials());
          // What looks like a log that has gone around is taken for that.
          const bool like_round = !new_file && !restart && (before == 3 ? after == 2 : after == 14);
          if (after < 20 && !like_round) {
            ASSERT_FALSE(watch.changes.empty());
            const ChangeKind kind = watch.changes[0].kind;
            EXPECT_TRUE(kind == ChangeKind::Cleared ||
                        (new_file && kDeletedLooksRenamed && kind == ChangeKind::Archived));
          }
          EXPECT_EQ(watch.poll(), Serials{});
          EXPECT_TRUE(watch.changes.empty());
          log.append(1);
          EXPECT_EQ(watch.poll(), Serials{log.written()});
          EXPECT_TRUE(watch.changes.empty());
        }
      }
    }
  }
}

TEST(EvtxFollow, AnArchivedLogIsReadToItsEnd) {
  for (const bool restart : {false, true}) {
    const ScratchFolder folder;
    LiveLog log(folder / "a.evtx");
    log.append(4);
    Watch watch(log.path());
    EXPECT_EQ(watch.poll(), range(1, 4));
    log.append(3);
    log.archive(restart);
    log.append(2);
    EXPECT_EQ(watch.poll(), range(5, 9));
    EXPECT_EQ(watch.kinds(), Kinds{ChangeKind::Archived});
    EXPECT_EQ(watch.poll(), Serials{});
  }
}

TEST(EvtxFollow, AFileThatIsAwayForAWhile) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(2);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 2));
  log.append(1);
  std::filesystem::rename(log.path(), folder / "away");
  EXPECT_EQ(watch.poll(), Serials{3}) << "what was written before it went";
  EXPECT_EQ(watch.kinds(), Kinds{ChangeKind::Missing});
  EXPECT_EQ(watch.poll(), Serials{});
  EXPECT_TRUE(watch.changes.empty()) << "told once";
  std::filesystem::rename(folder / "away", log.path());
  log.append(1);
  EXPECT_EQ(watch.poll(), Serials{4});
  EXPECT_EQ(watch.kinds(), Kinds{ChangeKind::Returned});
}

TEST(EvtxFollow, AFullerCopyUnderTheNameGoesOn) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  LiveLog copy(folder / "copy.evtx");
  log.append(8);
  copy.append(12);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 8));
  log.replace_by(copy.path());
  EXPECT_EQ(watch.poll(), range(9, 12));
  EXPECT_TRUE(watch.changes.empty());
}

TEST(EvtxFollow, ACopyThatIsStillBeingWrittenIsWaitedFor) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(12);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 12));
  log.append(2);
  auto part = log.bytes();
  part.resize(kFileBlockBytes + kChunkBytes);
  log.write(part);
  EXPECT_EQ(watch.poll(), Serials{});
  log.write({});
  EXPECT_EQ(watch.poll(), Serials{});
  EXPECT_EQ(watch.kinds(), Kinds{ChangeKind::Missing});
  log.save();
  EXPECT_EQ(watch.poll(), range(13, 14));
  EXPECT_EQ(watch.kinds(), Kinds{ChangeKind::Returned});
}

/// The log, with a chunk whose records were written and whose checksum was not.
std::vector<std::byte> with_stale_crc(const LiveLog& log) {
  auto bytes = log.bytes();
  store_le(bytes.data() + kFileBlockBytes + log.current() * kChunkBytes + 52, 0xbad0bad0u);
  return bytes;
}

TEST(EvtxFollow, RecordsUnderAWrongChecksumAreGivenWhenTheyStay) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(2);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 2));
  log.append(1);
  log.write(with_stale_crc(log));
  EXPECT_EQ(watch.poll(), Serials{});
  EXPECT_EQ(watch.poll(), Serials{3});
  EXPECT_TRUE(watch.last.doubtful);
  // A busy log whose checksum is never right: each look confirms what the one before saw.
  for (std::uint64_t next = 4; next < 12; ++next) {
    log.append(1);
    log.write(with_stale_crc(log));
    watch.poll();
  }
  EXPECT_EQ(watch.all, range(1, 10));
  log.save();
  watch.poll();
  EXPECT_EQ(watch.all, range(1, 11));
}

// As after a crash: the header of the chunk ends before its last record, and the log is dirty.
TEST(EvtxFollow, RecordsThatAreNewerThanTheirHeaderAreGivenWhenTheyStay) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(2);
  const auto before = log.bytes();
  log.append(1);
  auto stale = log.bytes();
  const auto chunk = static_cast<std::ptrdiff_t>(kFileBlockBytes);
  std::copy_n(before.begin() + chunk, kChunkHeaderBytes, stale.begin() + chunk);
  stale[120] = std::byte{kFlagDirty};
  log.write(stale);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 2));
  EXPECT_EQ(watch.poll(), Serials{3});
  EXPECT_EQ(watch.last.doubts, bit_of(Doubt::BeyondFreeSpace));
  EXPECT_EQ(watch.poll(), Serials{});
  EXPECT_TRUE(watch.changes.empty());
  log.save();  // The header is brought up to date.
  EXPECT_EQ(watch.poll(), Serials{});
  log.append(4);
  EXPECT_EQ(watch.poll(), range(4, 7));
  EXPECT_TRUE(watch.changes.empty());
  log.clear(false, true);
  log.append(1);
  EXPECT_EQ(watch.poll(), Serials{8});
  EXPECT_EQ(watch.kinds(), Kinds{ChangeKind::Cleared});
}

TEST(EvtxFollow, APartlyWrittenRecordIsWaitedFor) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(2);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 2));
  log.append(1);
  const auto whole = log.bytes();
  auto torn = whole;
  // The header covers the record, and its second half is not there yet.
  const std::size_t chunk = kFileBlockBytes;
  const auto end = load_le<std::uint32_t>(torn.data() + chunk + 48);
  std::fill(torn.begin() + static_cast<std::ptrdiff_t>(chunk + end - 60),
            torn.begin() + static_cast<std::ptrdiff_t>(chunk + end), std::byte{0});
  log.write(torn);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(watch.poll(), Serials{});
  log.write(whole);
  EXPECT_EQ(watch.poll(), Serials{3});
  EXPECT_FALSE(watch.last.doubtful);
  EXPECT_TRUE(watch.problems.empty());
}

TEST(EvtxFollow, WhatStaysTornIsGivenAsDoubtful) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(2);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 2));
  log.append(1);
  auto torn = log.bytes();
  const auto end = load_le<std::uint32_t>(torn.data() + kFileBlockBytes + 48);
  store_le(torn.data() + kFileBlockBytes + end - 4, std::uint32_t{0});
  log.write(torn);
  EXPECT_EQ(watch.poll_until_new(10), Serials{3});
  EXPECT_TRUE(watch.last.doubtful);
  log.append(1);
  EXPECT_EQ(watch.poll_until_new(10), Serials{4});
}

TEST(EvtxFollow, ABrokenChainIsToldOnceAndPassed) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(3);
  auto bytes = log.bytes();
  // Size 0 in the second record.
  const std::size_t first = kFileBlockBytes + kChunkHeaderBytes;
  const std::size_t second = first + load_le<std::uint32_t>(bytes.data() + first + 4);
  store_le(bytes.data() + second + 4, std::uint32_t{0});
  log.write(bytes);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll_until_new(10), Serials{1});
  Kinds told;
  for (int i = 0; i < 20; ++i) {
    watch.poll();
    for (const ChangeKind kind : watch.kinds()) told.push_back(kind);
  }
  EXPECT_EQ(told, Kinds{ChangeKind::Damaged});
}

TEST(EvtxFollow, AWrongIdInADamagedChunkDoesNotHideWhatFollows) {
  const ScratchFolder folder;
  LiveLog log(folder / "a.evtx");
  log.append(4);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, 4));
  log.append(3);
  auto bytes = log.bytes();
  // The second chunk claims ids beyond everything; its checksum is wrong by that.
  store_le(bytes.data() + kFileBlockBytes + kChunkBytes + 32, ~std::uint64_t{1});
  store_le(bytes.data() + kFileBlockBytes + kChunkBytes + kChunkHeaderBytes + 8, ~std::uint64_t{1});
  log.write(bytes);
  for (int i = 0; i < 8; ++i) watch.poll();
  log.save();
  watch.poll_until_new(8);
  EXPECT_EQ(watch.all, range(1, 7));
}

TEST(EvtxFollow, WhatIsNoLogIsRefused) {
  const ScratchFolder folder;
  EXPECT_EQ(LogFollower::open(folder / "none", {}).error().code, ErrorCode::NotFound);
  ASSERT_TRUE(write_file(folder / "x", "PK").has_value());
  EXPECT_EQ(LogFollower::open(folder / "x", {}).error().code, ErrorCode::Corrupt);
}

// In a log of more than 1,024 chunks only the likely headers are read.
TEST(EvtxFollow, LargeLogs) {
  const ScratchFolder folder;
  constexpr std::size_t kChunks = 1100;
  LiveLog log(folder / "a.evtx", kChunks, 1);
  log.append(kChunks);
  Watch watch(log.path());
  EXPECT_EQ(watch.poll(), range(1, kChunks));
  std::uint64_t next = kChunks + 1;
  for (const std::size_t count : {1u, 2u, 30u, 1u}) {
    log.append(count);
    EXPECT_EQ(watch.poll(), range(next, next + count - 1));
    next += count;
  }
  log.append(kChunks + 10);
  EXPECT_EQ(watch.poll(), log.serials());
  EXPECT_EQ(watch.kinds(), Kinds{ChangeKind::Lost});
  log.append(1);
  EXPECT_EQ(watch.poll(), Serials{log.written()});
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK

// Whatever the service does between looks: each record that is in the file at a look has been given
// after it, none twice, all in the order in which they were written.
RC_GTEST_PROP(EvtxFollowProperty, EveryRecordThatExistsAtALookIsGivenOnce, ()) {
  const ScratchFolder folder;
  const auto chunks = *rc::gen::inRange<std::size_t>(1, 5);
  const auto records = *rc::gen::inRange<std::size_t>(1, 6);
  LiveLog log(folder / "a.evtx", chunks, records);
  log.append(*rc::gen::inRange<std::size_t>(0, 12));
  Watch watch(log.path());
  const auto steps = *rc::gen::container<std::vector<std::pair<int, std::size_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange<std::size_t>(1, 16)));
  for (const auto& [what, count] : steps) {
    switch (what) {
      case 0:
        log.clear(count % 2 == 0, count % 3 == 0);
        break;
      case 1:
        log.archive(count % 2 == 0);
        break;
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
        log.append(count);
        break;
      default: {
        watch.poll();
        const Serials there = log.serials();
        for (const std::uint64_t serial : there) {
          RC_ASSERT(std::count(watch.all.begin(), watch.all.end(), serial) == 1);
        }
      }
    }
    for (std::size_t i = 1; i < watch.all.size(); ++i) RC_ASSERT(watch.all[i - 1] < watch.all[i]);
    const std::uint64_t newest = watch.all.empty() ? 0 : watch.all.back();
    RC_ASSERT(newest <= log.written());
  }
}

#endif

}  // namespace
}  // namespace dropscope::evtx
