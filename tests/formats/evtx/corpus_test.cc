// The reader on real logs: the counts in the corpus's README, Windows' own XML, and what becomes of
// the same logs when they are cut and overwritten.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "base/files.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/exercise.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/xml.h"

namespace dropscope::evtx {
namespace {

namespace fs = std::filesystem;
using test::BinXmlBytes;
using test::Exercise;
using test::Exercised;

fs::path corpus() {
  return path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evtx";
}

/// Names of all logs below the corpus, relative to it; "none" when there is no corpus.
std::vector<std::string> log_names() {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::recursive_directory_iterator it(corpus(), error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".evtx") {
      out.push_back(path_to_utf8(fs::relative(it->path(), corpus())));
    }
  }
  std::sort(out.begin(), out.end());
  if (out.empty()) out.emplace_back("none");
  return out;
}

struct Counts {
  std::uint64_t bytes = 0;
  std::uint64_t chunks = 0;
  std::uint64_t records = 0;
};

/// The table "file | bytes | chunks | records (walk) | …" of the corpus's README, by file name.
std::map<std::string, Counts> table() {
  std::map<std::string, Counts> out;
  std::ifstream readme(corpus().parent_path() / "README.md");
  std::string line;
  while (std::getline(readme, line)) {
    std::vector<std::string> cells;
    std::size_t begin = 0;
    for (std::size_t at; (at = line.find('|', begin)) != std::string::npos; begin = at + 1) {
      std::string cell = line.substr(begin, at - begin);
      std::erase_if(cell, [](char c) { return c == ' ' || c == '`'; });
      cells.push_back(cell);
    }
    if (cells.size() != 6 || !cells[1].ends_with(".evtx")) continue;
    const auto number = [&](std::size_t i) {
      return static_cast<std::uint64_t>(parse_int(cells[i]).value_or(-1));
    };
    out[cells[1]] = {number(2), number(3), number(4)};
  }
  return out;
}

class EvtxCorpus : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "none") {
      GTEST_SKIP() << "no event logs in " << path_to_utf8(corpus())
                   << "; put the corpus there to run this test";
    }
    auto mapped = MappedFile::open(corpus() / path_from_utf8(GetParam()));
    ASSERT_TRUE(mapped) << mapped.error().text();
    file_ = std::move(*mapped);
  }
  [[nodiscard]] std::string file_name() const {
    return path_to_utf8(path_from_utf8(GetParam()).filename());
  }

  MappedFile file_;
};

TEST_P(EvtxCorpus, CountsAreThoseOfTheReadme) {
  const auto counts = table();
  // The README names one of the two copies of this log.
  const std::string name =
      file_name() == "MSExchange_Management_wec.evtx" ? "issue_201.evtx" : file_name();
  const auto row = counts.find(name);
  ASSERT_NE(row, counts.end()) << "no row for " << name << " in the corpus's README";
  const Exercised result = Exercise::run(file_.bytes(), false);
  EXPECT_EQ(result.complaint, "");
  EXPECT_EQ(file_.bytes().size(), row->second.bytes);
  EXPECT_EQ(result.summary.chunks, row->second.chunks);
  EXPECT_EQ(result.summary.records, row->second.records);
}

TEST_P(EvtxCorpus, TimesAndIdsArePlausible) {
  auto reader = LogReader::open(file_.bytes());
  ASSERT_TRUE(reader);
  const Instant first = *parse_utc("2005-01-01T00:00:00Z");
  const Instant last = *parse_utc("2026-12-31T00:00:00Z");
  LogRecord record;
  std::uint64_t without_time = 0;
  std::uint64_t other_id = 0;
  std::uint64_t events = 0;
  while (reader->next(record)) {
    if (!record.event || record.doubtful) continue;
    ++events;
    EXPECT_GE(record.written, first) << record.id;
    EXPECT_LE(record.written, last) << record.id;
    const auto time = record.event->time_created();
    if (!time || *time < first || *time > last) ++without_time;
    if (record.event->number(Field::RecordId) != record.id) ++other_id;
    EXPECT_FALSE(record.event->provider().empty()) << record.id;
    EXPECT_FALSE(record.event->field(Field::Channel).bytes.empty()) << record.id;
  }
  EXPECT_EQ(without_time, 0u);
  // Logs of forwarded and of exported events number their records anew and keep the id of the
  // source.
  EXPECT_TRUE(other_id == 0 || other_id == events) << other_id << " of " << events;
}

TEST_P(EvtxCorpus, RecoveredRecordsComeOnTopOfTheLive) {
  const Exercised live = Exercise::run(file_.bytes(), false);
  const Exercised all = Exercise::run(file_.bytes(), true);
  EXPECT_EQ(all.complaint, "");
  EXPECT_EQ(all.summary.records, live.summary.records);
  EXPECT_EQ(all.recovered, live.summary.records_recoverable);
}

/// The file header and the given chunks as a log of its own: damage is local to a chunk, and a
/// small log can be damaged often.
std::vector<std::byte> excerpt(Bytes file, std::size_t from, std::size_t count) {
  std::vector<std::byte> out(file.begin(), file.begin() + kFileBlockBytes);
  const std::size_t begin = kFileBlockBytes + from * kChunkBytes;
  const Bytes part = file.subspan(begin, std::min(count * kChunkBytes, file.size() - begin));
  out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::size_t chunk_count(Bytes file) {
  return (file.size() - kFileBlockBytes + kChunkBytes - 1) / kChunkBytes;
}

TEST_P(EvtxCorpus, SurvivesCutsAnywhere) {
  std::mt19937 engine(26);
  const std::size_t chunks = chunk_count(file_.bytes());
  std::uint64_t last_records = 0;
  const auto log = excerpt(file_.bytes(), engine() % chunks, 1);
  std::vector<std::size_t> sizes = {0, 1, 7, 8, 127, 128, 4095, 4096, 4097, 4607, 4608, 4609};
  for (int i = 0; i < 80; ++i) sizes.push_back(engine() % (log.size() + 1));
  sizes.push_back(log.size());
  std::sort(sizes.begin(), sizes.end());
  for (const std::size_t size : sizes) {
    // A copy that ends with the cut, so that reading past it would be noticed by a sanitizer.
    const std::vector<std::byte> cut(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(size));
    const Exercised result = Exercise::run(cut, true);
    ASSERT_EQ(result.complaint, "") << size;
    ASSERT_EQ(result.opened, size >= kFileHeaderBytes);
    // What was whole before stays.
    ASSERT_GE(result.summary.records, last_records) << size;
    last_records = result.summary.records;
  }
}

/// Makes the checksums right again, so that nothing is doubtful that can be read.
void repair_checksums(std::vector<std::byte>& log) {
  BinXmlBytes::seal_file_header(log);
  for (std::size_t at = kFileBlockBytes; at + kChunkBytes <= log.size(); at += kChunkBytes) {
    std::vector<std::byte> chunk(log.begin() + static_cast<std::ptrdiff_t>(at),
                                 log.begin() + static_cast<std::ptrdiff_t>(at + kChunkBytes));
    const auto free_space = load_le<std::uint32_t>(chunk.data() + 48);
    if (free_space < kChunkHeaderBytes || free_space > kChunkBytes) continue;
    BinXmlBytes::seal(chunk, free_space);
    std::copy(chunk.begin(), chunk.end(), log.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

TEST_P(EvtxCorpus, SurvivesEditsAnywhere) {
  std::mt19937 engine(1601);
  const std::size_t chunks = chunk_count(file_.bytes());
  for (int round = 0; round < 200; ++round) {
    auto log = excerpt(file_.bytes(), engine() % chunks, 1);
    const auto used = log.size() > kFileBlockBytes + 52
                          ? load_le<std::uint32_t>(log.data() + kFileBlockBytes + 48)
                          : 0u;
    const std::size_t span = kFileBlockBytes + std::clamp<std::size_t>(used, 4096, kChunkBytes);
    for (std::uint32_t edits = 1 + engine() % 64; edits > 0; --edits) {
      // Most edits hit what is read; sizes, types and offsets like small and large numbers.
      const std::size_t at = engine() % 8 == 0 ? engine() % log.size()
                                               : std::min(log.size() - 1, 4096 + engine() % span);
      static constexpr int kLiked[] = {0, 1, 2, 4, 0x21, 0x7f, 0x80, 0x81, 0xff};
      log[at] = static_cast<std::byte>(engine() % 2 == 0 ? kLiked[engine() % 9]
                                                         : static_cast<int>(engine() % 256));
    }
    if (round % 2 == 0) repair_checksums(log);
    const Exercised result = Exercise::run(log, round % 4 < 2);
    ASSERT_EQ(result.complaint, "") << "round " << round;
    if (round % 10 == 0) {
      ASSERT_EQ(result.xml_hash, Exercise::run(log, round % 4 < 2).xml_hash)
          << "two readings differ in round " << round;
    }
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) name += c;
  }
  return name;
}
INSTANTIATE_TEST_SUITE_P(Files, EvtxCorpus, testing::ValuesIn(log_names()), test_name);

std::string without(std::string text, std::string_view begin, std::string_view end) {
  for (std::size_t at; (at = text.find(begin)) != std::string::npos;) {
    text.erase(at, text.find(end, at) + end.size() - at);
  }
  return text;
}

TEST(EvtxCorpusTruth, XmlIsThatOfWindowsByteForByte) {
  const fs::path folder = corpus() / "windows-truth";
  std::error_code error;
  if (!fs::exists(folder, error)) GTEST_SKIP() << "no corpus at " << path_to_utf8(folder);
  const auto truth = read_file(folder / "Application.xml");
  ASSERT_TRUE(truth);
  // By record id, without the rendered message, which is not in the log.
  std::map<std::uint64_t, std::string> events;
  for (std::size_t at = 0; (at = truth->find("<Event xmlns", at)) != std::string::npos;) {
    const std::size_t end = truth->find("</Event>", at) + 8;
    const std::string event =
        without(truth->substr(at, end - at), "<RenderingInfo", "</RenderingInfo>");
    const std::size_t id = event.find("<EventRecordID>") + 15;
    const auto number = parse_int(event.substr(id, event.find('<', id) - id));
    ASSERT_TRUE(number);
    events[static_cast<std::uint64_t>(*number)] = event;
    at = end;
  }
  ASSERT_EQ(events.size(), 366u);

  const auto file = MappedFile::open(folder / "Application.evtx");
  ASSERT_TRUE(file);
  auto reader = LogReader::open(file->bytes());
  ASSERT_TRUE(reader);
  LogRecord record;
  std::set<std::uint64_t> seen;
  while (reader->next(record)) {
    ASSERT_TRUE(record.event);
    std::string xml;
    ASSERT_TRUE(append_xml(xml, record.event->reader(), record.event->fragment()));
    // The published export has line feeds only.
    std::erase(xml, '\r');
    EXPECT_EQ(xml, events[record.id]);
    seen.insert(record.id);
  }
  EXPECT_EQ(seen.size(), events.size());
}

}  // namespace
}  // namespace dropscope::evtx
