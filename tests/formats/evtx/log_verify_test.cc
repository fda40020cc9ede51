#include "formats/evtx/log_verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/files.h"
#include "base/mapped_file.h"
#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

namespace fs = std::filesystem;
using test::BinXmlBytes;
using Log = std::vector<std::byte>;
using Kinds = std::vector<std::string>;

Log written(std::size_t records, WriterOptions options = {}) {
  Writer writer(options);
  for (std::size_t i = 0; i < records; ++i) {
    EventSpec spec;
    spec.style = i % 3 == 2 ? RecordStyle::Manifest : RecordStyle::Classic;
    spec.provider = "Outlook";
    spec.event_id = static_cast<std::uint16_t>(20 + i % 7);
    spec.time = *parse_utc("2024-05-13T08:00:00Z") + std::chrono::seconds(i);
    spec.channel = "Application";
    spec.computer = "PC-1";
    spec.data = {{spec.style == RecordStyle::Classic ? "" : "Text",
                  OwnedValue::string("The connection was lost.")}};
    EXPECT_TRUE(writer.add(spec).has_value());
  }
  return writer.finish();
}

VerifyResult verify(Bytes log) {
  auto verifier = LogVerifier::open(log);
  EXPECT_TRUE(verifier.has_value());
  while (verifier->next_chunk()) {
  }
  EXPECT_EQ(verifier->position(), log.size());
  return verifier->result();
}

/// The kinds of all findings, sorted, each once.
Kinds kinds_of(const VerifyResult& result) {
  Kinds out;
  for (std::size_t i = 0; i < kFindingKinds; ++i) {
    if (result.counts[i] != 0) out.emplace_back(name_of(static_cast<FindingKind>(i)));
  }
  return out;
}
Kinds kinds_of(const Log& log) {
  return kinds_of(verify(log));
}

std::byte* chunk_of(Log& log, std::size_t number = 0) {
  return log.data() + kFileBlockBytes + number * kChunkBytes;
}

/// Makes the checksums of a chunk right again.
void seal(Log& log, std::size_t number = 0) {
  const auto begin =
      log.begin() + static_cast<std::ptrdiff_t>(kFileBlockBytes + number * kChunkBytes);
  Log chunk(begin, begin + kChunkBytes);
  BinXmlBytes::seal(chunk, load_le<std::uint32_t>(chunk.data() + 48));
  std::copy(chunk.begin(), chunk.end(), begin);
}

TEST(EvtxVerify, LogsOfTheWriterAreSound) {
  for (const std::size_t records : {std::size_t{0}, std::size_t{1}, std::size_t{700}}) {
    for (const std::uint16_t minor : {std::uint16_t{1}, std::uint16_t{2}}) {
      const Log log = written(records, {.minor_version = minor});
      const VerifyResult got = verify(log);
      EXPECT_EQ(kinds_of(got), Kinds{})
          << records << (got.findings.kept.empty() ? "" : got.findings.kept.front().what);
      EXPECT_TRUE(got.sound());
      EXPECT_EQ(got.records, records);
      EXPECT_EQ(got.lost_bytes, 0u);
    }
  }
}

TEST(EvtxVerify, ALogThatWasNotClosedIsSoundWithANote) {
  const VerifyResult got = verify(written(10, {.dirty = true}));
  EXPECT_EQ(kinds_of(got), Kinds{"not-closed"});
  EXPECT_TRUE(got.sound());
}

TEST(EvtxVerify, NoLog) {
  EXPECT_EQ(LogVerifier::open({}).error().code, ErrorCode::Corrupt);
}

TEST(EvtxVerify, EachKindOfDamageIsToldAsWhatItIs) {
  const Log sound = written(20);
  const std::size_t first = kChunkHeaderBytes;
  const auto size = load_le<std::uint32_t>(sound.data() + kFileBlockBytes + first + 4);
  struct Case {
    const char* what;
    void (*damage)(Log& log, std::size_t second);
    Kinds kinds;
  };
  const Case cases[] = {
      {"file header checksum",
       [](Log& log, std::size_t) { log[124] ^= std::byte{1}; },
       {"file-header-crc"}},
      {"next record id",
       [](Log& log, std::size_t) {
         log[24] ^= std::byte{1};
         BinXmlBytes::seal_file_header(log);
       },
       {"file-header-fields"}},
      {"counts more chunks",
       [](Log& log, std::size_t) {
         log[42] = std::byte{9};
         BinXmlBytes::seal_file_header(log);
       },
       {"file-cut"}},
      {"cut", [](Log& log, std::size_t) { log.erase(log.end() - 100, log.end()); }, {"file-cut"}},
      {"magic", [](Log& log, std::size_t) { chunk_of(log)[0] = std::byte{'X'}; }, {"chunk-magic"}},
      {"header lost",
       [](Log& log, std::size_t) { std::fill_n(chunk_of(log), kChunkHeaderBytes, std::byte{0}); },
       {"unused-chunk"}},
      {"header checksum",
       [](Log& log, std::size_t) { chunk_of(log)[124] ^= std::byte{1}; },
       {"chunk-header-crc"}},
      {"records checksum",
       [](Log& log, std::size_t) {
         const auto crc = load_le<std::uint32_t>(chunk_of(log) + 52);
         seal(log);
         store_le(chunk_of(log) + kChunkHeaderBytes + 16, crc);  // Its time.
       },
       {"records-crc"}},
      {"first record id",
       [](Log& log, std::size_t) {
         chunk_of(log)[24] = std::byte{7};
         seal(log);
       },
       {"chunk-header-fields"}},
      {"number of records",
       [](Log& log, std::size_t) {
         chunk_of(log)[16] = std::byte{99};
         seal(log);
       },
       {"chunk-header-fields"}},
      {"last record",
       [](Log& log, std::size_t) {
         chunk_of(log)[44] ^= std::byte{8};
         seal(log);
       },
       {"chunk-header-fields"}},
      {"size at the end",
       [](Log& log, std::size_t second) {
         store_le(chunk_of(log) + second - 4, std::uint32_t{7});
         seal(log);
       },
       {"record-size"}},
      {"size 0",
       [](Log& log, std::size_t second) {
         store_le(chunk_of(log) + second + 4, std::uint32_t{0});
         seal(log);
       },
       {"chain-broken"}},
      {"id goes back",
       [](Log& log, std::size_t second) {
         store_le(chunk_of(log) + second + 8, std::uint64_t{1});
         seal(log);
       },
       {"record-order"}},
      {"unknown token",
       [](Log& log, std::size_t second) {
         chunk_of(log)[second + kRecordHeaderBytes + 4] = std::byte{0x3f};
         seal(log);
       },
       {"event-unreadable"}},
      {"template id",
       [](Log& log, std::size_t second) {
         chunk_of(log)[second + kRecordHeaderBytes + 6] ^= std::byte{1};
         seal(log);
       },
       {"template-id"}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Log log = sound;
    c.damage(log, first + size);
    const VerifyResult got = verify(log);
    EXPECT_EQ(kinds_of(got), c.kinds);
    EXPECT_FALSE(got.sound());
    EXPECT_EQ(got.damages(), 1u);
  }
}

TEST(EvtxVerify, TablesThatPointAnywhere) {
  const Log sound = written(20);
  for (const bool is_template : {false, true}) {
    const std::size_t table = is_template ? 384 : 128;
    const std::size_t buckets = is_template ? kTemplateBuckets : kStringBuckets;
    std::size_t bucket = 0;
    while (load_le<std::uint32_t>(sound.data() + kFileBlockBytes + table + 4 * bucket) == 0) {
      ASSERT_LT(++bucket, buckets);
    }
    // Outside, into the header, into the free space, between two entries, and nowhere.
    for (const std::uint32_t value : {0x7fffffffu, 0x10000u, 16u, 0xff00u, 600u, 513u, 0u}) {
      SCOPED_TRACE(value);
      Log log = sound;
      store_le(chunk_of(log) + table + 4 * bucket, value);
      seal(log);
      EXPECT_EQ(kinds_of(log), Kinds{is_template ? "template-table" : "name-table"});
    }
  }
}

TEST(EvtxVerify, ATableThatLeadsInACircleIsLeft) {
  Log log = written(20);
  for (std::size_t bucket = 0; bucket < kStringBuckets; ++bucket) {
    const auto at = load_le<std::uint32_t>(chunk_of(log) + 128 + 4 * bucket);
    if (at != 0) store_le(chunk_of(log) + at, at);
  }
  seal(log);
  EXPECT_EQ(kinds_of(log), Kinds{"name-table"});
}

TEST(EvtxVerify, TheAccountHasBytesRecordsAndOffsets) {
  Log log = written(20);
  const auto size = load_le<std::uint32_t>(chunk_of(log) + kChunkHeaderBytes + 4);
  const std::size_t second = kChunkHeaderBytes + size;
  const auto second_size = load_le<std::uint32_t>(chunk_of(log) + second + 4);
  std::fill_n(chunk_of(log) + second, second_size, std::byte{0xee});
  const VerifyResult got = verify(log);
  EXPECT_EQ(got.records, 1u);
  EXPECT_EQ(got.records_doubtful, 1u);
  EXPECT_EQ(got.records_recoverable, 18u);
  EXPECT_EQ(got.lost_bytes, second_size);
  EXPECT_EQ(got.lost_records, 19u);
  EXPECT_EQ(got.chunks_damaged, 1u);
  ASSERT_EQ(got.findings.total, 2u);
  EXPECT_EQ(got.findings.kept[0].kind, FindingKind::RecordsCrc);
  EXPECT_EQ(got.findings.kept[1].kind, FindingKind::ChainBroken);
  EXPECT_EQ(got.findings.kept[1].offset, kFileBlockBytes + second);
}

// Nothing that holds an event can change unnoticed.
TEST(EvtxVerify, AnyChangedByteIsFound) {
  const Log sound = written(30);
  const auto end = load_le<std::uint32_t>(sound.data() + kFileBlockBytes + 48);
  const auto changed = [&](std::size_t at) {
    Log log = sound;
    log[at] ^= std::byte{0x5a};
    return verify(log);
  };
  // Flags have no checksum (FORMAT.md); those of the file have meanings of their own.
  for (std::size_t at = 8; at < 120; at += 7) EXPECT_FALSE(changed(at).sound()) << at;
  for (std::size_t at = 0; at < end; at += at < kChunkHeaderBytes ? 3 : 41) {
    if (at >= 120 && at < 124) continue;
    EXPECT_FALSE(changed(kFileBlockBytes + at).sound()) << at;
  }
}

TEST(EvtxVerify, FindingsAreBoundedAndAllAreCounted) {
  BinXmlBytes b;
  for (std::uint64_t id = 1; id <= 1500; ++id) b.begin_record(id).header().u8(0x3f).end_record();
  const std::vector<Log> chunks(8, b.chunk());
  const VerifyResult got = verify(BinXmlBytes::file(chunks));
  EXPECT_EQ(got.count(FindingKind::EventUnreadable), 12'000u);
  EXPECT_GE(got.findings.total, 12'000u);
  EXPECT_EQ(got.findings.kept.size(), LogVerifier::kFindingsKept);
}

TEST(EvtxVerifyCorpus, SoundAndDamagedLogs) {
  const fs::path corpus = path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evtx";
  if (!fs::exists(corpus)) GTEST_SKIP() << "no corpus";
  // Those that are damaged, with what is wrong; all others are sound.
  const std::map<std::string, Kinds> damaged = {
      {"System2.evtx", {"file-cut", "chain-broken", "not-closed"}},
      {"2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx",
       {"records-crc", "chain-broken", "record-size", "event-unreadable", "not-closed"}},
      {"2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx",
       {"records-crc", "name-table", "template-table", "chain-broken", "record-size",
        "record-order", "event-in-part", "not-closed"}},
      {"Microsoft-Windows-HelloForBusiness%4Operational.evtx",
       {"records-crc", "chain-broken", "record-size", "not-closed"}},
      {"Microsoft-Windows-LanguagePackSetup%4Operational.evtx",
       {"records-crc", "chain-broken", "record-size", "not-closed"}},
      {"sample-with-zero-data-size-event.evtx", {"records-crc", "chain-broken", "not-closed"}},
      {"sample_with_a_bad_chunk_magic.evtx",
       {"unused-chunk", "records-crc", "chain-broken", "record-size", "not-closed"}},
      {"security_bad_string_cache.evtx", {"chunk-header-crc", "name-table", "not-closed"}},
      {"sysmon.evtx", {"chunk-magic", "not-closed"}},
  };
  std::size_t logs = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (entry.path().extension() != ".evtx") continue;
    const std::string name = path_to_utf8(entry.path().filename());
    SCOPED_TRACE(name);
    ++logs;
    const auto file = MappedFile::open(entry.path());
    ASSERT_TRUE(file.has_value());
    const VerifyResult got = verify(file->bytes());
    const auto expected = damaged.find(name);
    EXPECT_EQ(got.sound(), expected == damaged.end());
    if (expected != damaged.end()) {
      EXPECT_EQ(kinds_of(got), expected->second);
    }
  }
  EXPECT_GE(logs, 20u);
}

}  // namespace
}  // namespace dropscope::evtx
