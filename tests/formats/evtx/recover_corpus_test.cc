// Recovery from real logs.

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>

#include "base/files.h"
#include "base/mapped_file.h"
#include "formats/evtx/recover.h"
#include "formats/evtx/xml.h"

namespace dropscope::evtx {
namespace {

/// What recovery gives on the real logs. The numbers of records agree with a count of the bytes by
/// a script that shares no code with this; those behind breaks in chunks with LogReader's.
struct Row {
  const char* file;
  std::uint64_t slack, gap, lost;
  std::uint64_t whole, part, none;
  std::uint64_t also_live, cut;
};
constexpr Row kRows[] = {
    {"cut/System2.evtx", 0, 0, 0, 0, 0, 0, 0, 1},
    {"damaged-and-odd/2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx",
     90, 63, 0, 40, 113, 0, 0, 0},
    {"damaged-and-odd/"
     "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx",
     246, 21, 0, 266, 1, 0, 0, 2},
    {"damaged-and-odd/2-vss_7-System.evtx", 25, 0, 0, 0, 0, 25, 0, 0},
    {"damaged-and-odd/Application_no_crc32.evtx", 34, 0, 0, 0, 0, 34, 0, 0},
    {"damaged-and-odd/new-user-security.evtx", 2, 0, 0, 0, 0, 2, 0, 2},
    {"damaged-and-odd/sample-with-zero-data-size-event.evtx", 33, 114, 0, 114, 0, 33, 33, 1},
    {"damaged-and-odd/sample_with_a_bad_chunk_magic.evtx", 50, 31, 82, 81, 0, 82, 0, 1},
    {"damaged-and-odd/security.evtx", 30, 0, 0, 0, 28, 2, 30, 0},
    {"damaged-and-odd/sysmon.evtx", 0, 0, 0, 0, 0, 0, 0, 0},
    {"damaged-and-odd/system.evtx", 79, 0, 0, 0, 44, 35, 79, 0},
    {"windows-truth/Application.evtx", 61, 0, 0, 9, 0, 52, 61, 0},
};

class EvtxRecoverCorpus : public testing::TestWithParam<Row> {};

TEST_P(EvtxRecoverCorpus, CountsAreThoseOfTheBytes) {
  const auto path = path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evtx" / path_from_utf8(GetParam().file);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) GTEST_SKIP() << "no corpus: " << path_to_utf8(path);
  const auto file = MappedFile::open(path);
  ASSERT_TRUE(file) << file.error().text();
  auto scan = RecoverScan::open(file->bytes());
  RecoveredRecord record;
  std::string xml;
  while (scan.next(record)) {
    if (!record.event) continue;
    xml.clear();
    const bool whole = append_xml(xml, record.event->reader(), record.event->fragment());
    EXPECT_EQ(whole, record.rendered == Rendered::Whole) << record.offset;
  }
  const RecoverSummary& sum = scan.summary();
  const Row& row = GetParam();
  EXPECT_EQ(sum.found_in, (std::array{row.slack, row.gap, row.lost, std::uint64_t{0}}));
  EXPECT_EQ(sum.whole, row.whole);
  EXPECT_EQ(sum.part, row.part);
  EXPECT_EQ(sum.none, row.none);
  EXPECT_EQ(sum.also_live, row.also_live);
  EXPECT_EQ(sum.cut, row.cut);
}

INSTANTIATE_TEST_SUITE_P(Files, EvtxRecoverCorpus, testing::ValuesIn(kRows),
                         [](const testing::TestParamInfo<Row>& row) {
                           std::string name;
                           for (const char c : std::string_view(row.param.file)) {
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           }
                           return name;
                         });

}  // namespace
}  // namespace dropscope::evtx
