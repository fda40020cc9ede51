// A second opinion: what libevt's evtexport prints of a log is what ours reads. It shares no code
// with our reader. The build of Debian 12 (20200926) does not pass over the words that fill a
// file's end, so the rings here end inside of a record.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>
#include <string>

#include "base/files.h"
#include "base/text.h"
#include "formats/evt/evt.h"
#include "formats/evt/evt_writer.h"

namespace dropscope::evt {
namespace {

namespace fs = std::filesystem;

/// "number identifier strings" of each record.
std::multiset<std::string> by_evtexport(const std::string& text) {
  std::multiset<std::string> rows;
  std::string row;
  const auto finish = [&] {
    if (!row.empty()) rows.insert(row);
    row.clear();
  };
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t colon = line.find("\t: ");
    if (colon == std::string_view::npos) continue;
    const std::string_view value = trim(line.substr(colon + 3));
    if (line.starts_with("Event number")) {
      finish();
      row = value;
    } else if (line.starts_with("Event identifier")) {
      row += ' ' + std::string(value.substr(0, value.find(' ')));
    } else if (line.starts_with("Source name") || line.starts_with("Computer name") ||
               line.starts_with("User security") || line.starts_with("String: ")) {
      row += ' ' + std::string(value);
    }
  }
  finish();
  return rows;
}

std::multiset<std::string> by_us(Bytes bytes) {
  std::multiset<std::string> rows;
  auto reader = LogReader::open(bytes);
  if (!reader) return rows;
  Record record;
  char id[16];
  while (reader->next(record)) {
    std::snprintf(id, sizeof id, "0x%08x", record.event_id);
    std::string row = std::to_string(record.number) + ' ' + record.user_sid + ' ' +
                      record.computer + ' ' + record.source + ' ' + id;
    for (const std::string& text : record.strings) row += ' ' + text;
    rows.insert(row);
  }
  return rows;
}

TEST(EvtExport, ReadsWhatWeRead) {
  if (std::system("evtexport -V > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "evtexport is not installed (Debian package libevt-utils)";
  }
  const fs::path folder = fs::path(testing::TempDir()) /
                          ("dropscope_evtexport_" + std::to_string(std::random_device{}()));
  fs::create_directories(folder);
  for (const std::size_t ring : {std::size_t{65536}, std::size_t{2100}, std::size_t{2140}}) {
    for (const std::uint32_t flags : {0u, 1u}) {
      TestLog log(ring);
      for (std::uint32_t i = 1; i <= 50; ++i) {
        log.add({0x40000000u | i,
                 1'100'000'000 + i,
                 "Outlook",
                 "PC-XP",
                 {"Connection " + std::to_string(i), "Größe"},
                 {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0},
                 "data"});
      }
      const std::vector<std::byte> bytes = log.finish(flags);
      ASSERT_TRUE(write_file(folder / "log.evt", Bytes(bytes)));
      // What a dirty log's header does not lead to, evtexport calls recovered.
      const std::string command = "LC_ALL=C.UTF-8 evtexport -m all '" +
                                  (folder / "log.evt").string() + "' > '" +
                                  (folder / "out.txt").string() + "' 2>&1";
      ASSERT_EQ(std::system(command.c_str()), 0);
      const auto text = read_file(folder / "out.txt");
      ASSERT_TRUE(text);
      const auto ours = by_us(bytes);
      const auto theirs = by_evtexport(*text);
      EXPECT_FALSE(ours.empty());
      if (flags == 0) {
        EXPECT_EQ(ours, theirs) << ring;
      } else {
        // It may give a record twice, once as recovered, and leave out the one across the end.
        for (const std::string& row : theirs) EXPECT_EQ(ours.count(row), 1u) << ring << ' ' << row;
        EXPECT_GE(theirs.size() + 1, ours.size()) << ring;
      }
    }
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace dropscope::evt
