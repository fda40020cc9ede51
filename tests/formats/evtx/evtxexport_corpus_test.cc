// Two readers on real logs: what libevtx's evtxexport prints of each record (number, time, level,
// user, computer, source, event id) is what ours reads.
//
// The build of evtxexport in Debian 12 (20181227) does not read all of the corpus. Where it stops
// or leaves records out is listed by file in kPartlyRead, with the reason, and held to the number
// of records that it does give: that another build gives more is then seen, too. Every record that
// it gives is compared.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "base/utf16.h"
#include "formats/evtx/evtxexport.h"
#include "formats/evtx/reader.h"

namespace dropscope::evtx {
namespace {

namespace fs = std::filesystem;

/// One record as both can tell it.
struct Row {
  std::uint64_t number = 0;
  Instant written{};
  std::uint64_t level = 0;
  std::uint64_t event_id = 0;
  std::string user;
  std::string computer;
  std::string source;
  bool operator==(const Row&) const = default;
};

std::string describe(const Row& row) {
  return "record " + std::to_string(row.number) + " written " + format_utc(row.written, 7) +
         " level " + std::to_string(row.level) + " id " + std::to_string(row.event_id) + " user [" +
         row.user + "] computer [" + row.computer + "] source [" + row.source + "]";
}

/// "Jun 03, 2025 00:42:22.465914500 UTC"
std::optional<Instant> parse_written(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 35 || !text.ends_with(" UTC")) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(0, 3));
  if (month == kMonths.end()) return std::nullopt;
  const std::string number = std::to_string(month - kMonths.begin() + 101).substr(1);
  return parse_utc(std::string(text.substr(8, 4)) + "-" + number + "-" +
                   std::string(text.substr(4, 2)) + "T" + std::string(text.substr(13, 18)) + "Z");
}

/// The number in parentheses at the end: "Information (4)".
std::optional<std::uint64_t> parse_in_parentheses(std::string_view text) {
  const std::size_t open = text.rfind('(');
  if (open == std::string_view::npos || !text.ends_with(")")) return std::nullopt;
  const auto value = parse_int(text.substr(open + 1, text.size() - open - 2));
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

/// Reads "Name\t\t: value" lines. Texts of events come behind "Number of strings" and may span
/// lines, so nothing is looked at from there to the next record.
std::vector<Row> their_rows(std::string_view output) {
  std::vector<Row> rows;
  bool in_head = false;
  for (const std::string_view line : split(output, '\n')) {
    const std::size_t colon = line.find("\t: ");
    if (colon == std::string_view::npos) continue;
    std::string_view name = line.substr(0, colon);
    while (name.ends_with('\t')) name.remove_suffix(1);
    const std::string_view value = line.substr(colon + 3);
    if (name == "Event number") {
      rows.emplace_back().number = static_cast<std::uint64_t>(parse_int(value).value_or(-1));
      in_head = true;
    } else if (!in_head) {
      continue;
    } else if (name == "Number of strings") {
      in_head = false;
    } else if (name == "Written time") {
      const auto time = parse_written(value);
      EXPECT_TRUE(time) << line;
      rows.back().written = time.value_or(Instant{});
    } else if (name == "Event level") {
      rows.back().level = parse_in_parentheses(value).value_or(999);
    } else if (name == "Event identifier") {
      rows.back().event_id = parse_in_parentheses(value).value_or(999'999);
    } else if (name == "User security identifier") {
      rows.back().user = value;
    } else if (name == "Computer name") {
      rows.back().computer = value;
    } else if (name == "Source name") {
      rows.back().source = value;
    }
  }
  return rows;
}

std::vector<Row> our_rows(Bytes log) {
  std::vector<Row> rows;
  auto reader = LogReader::open(log);
  EXPECT_TRUE(reader);
  if (!reader) return rows;
  LogRecord record;
  while (reader->next(record)) {
    if (!record.event) continue;
    Row row;
    row.number = record.id;
    row.written = record.written;
    row.level = record.event->number(Field::Level);
    row.event_id = record.event->event_id();
    row.user = record.event->field(Field::UserId).to_text();
    row.computer = to_utf8(record.event->field(Field::Computer).as_utf16());
    // It shows the name under which a classic program registered itself where there is one.
    const Utf16View registered = record.event->field(Field::EventSourceName).as_utf16();
    row.source = to_utf8(registered.empty() ? record.event->provider() : registered);
    rows.push_back(std::move(row));
  }
  return rows;
}

struct PartlyRead {
  std::string_view file;
  std::size_t records;  ///< What evtxexport gives.
  bool ends_well;
  std::string_view reason;
};

constexpr std::string_view kSizesDiffer =
    "it leaves out a record whose size at its end is not that at its beginning: the last one "
    "before "
    "a place where the chain of records breaks";
constexpr std::string_view kEntityInAttribute =
    "it stops at an entity reference in an attribute (unsupported type: 0x49)";
constexpr std::string_view kLiteralAttribute =
    "it stops at the literal text in an attribute outside of a template (unsupported type: 0x05)";

constexpr auto kPartlyRead = std::to_array<PartlyRead>({
    {"System2.evtx", 194, true, "it does not read a chunk that is cut: 89 records"},
    {"2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx", 1910, true,
     kSizesDiffer},
    {"2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx", 1774,
     true, kSizesDiffer},
    {"Microsoft-Windows-HelloForBusiness%4Operational.evtx", 5, true, kSizesDiffer},
    {"Microsoft-Windows-LanguagePackSetup%4Operational.evtx", 16, true, kSizesDiffer},
    {"sample_with_a_bad_chunk_magic.evtx", 267, true, kSizesDiffer},
    {"E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx", 89,
     false, kEntityInAttribute},
    {"E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx", 24, false,
     kEntityInAttribute},
    {"MSExchange_Management_wec.evtx", 0, false, kLiteralAttribute},
    {"issue_201.evtx", 0, false, kLiteralAttribute},
});

TEST(Evtxexport, AgreesOnTheCorpus) {
  const fs::path corpus = path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evtx";
  if (!fs::is_directory(corpus)) {
    GTEST_SKIP() << "no corpus: there is no folder " << path_to_utf8(corpus);
  }
  if (!test::installed("evtxexport")) {
    GTEST_SKIP() << "evtxexport (libevtx-utils) is not installed";
  }
  const test::TemporaryFolder folder("evtxexport_corpus");
  std::size_t logs = 0;
  std::size_t compared = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (entry.path().extension() != ".evtx") continue;
    const std::string name = path_to_utf8(entry.path().filename());
    SCOPED_TRACE(name);
    const auto file = MappedFile::open(entry.path());
    ASSERT_TRUE(file) << file.error().text();
    const std::vector<Row> ours = our_rows(file->bytes());
    const test::ToolOutput output =
        test::output_of("evtxexport", entry.path(), folder.file("out.txt"));
    const std::vector<Row> theirs = their_rows(output.text);

    const auto* partly = std::find_if(kPartlyRead.begin(), kPartlyRead.end(),
                                      [&](const PartlyRead& row) { return row.file == name; });
    if (partly == kPartlyRead.end()) {
      EXPECT_TRUE(output.ended_well);
      EXPECT_EQ(theirs.size(), ours.size());
    } else {
      EXPECT_EQ(output.ended_well, partly->ends_well) << partly->reason;
      EXPECT_EQ(theirs.size(), partly->records) << partly->reason;
    }
    // In the same order; only where it leaves records out may we have more in between.
    std::size_t next = 0;
    for (const Row& row : theirs) {
      while (partly != kPartlyRead.end() && next < ours.size() && ours[next].number != row.number) {
        ++next;
      }
      ASSERT_LT(next, ours.size()) << "ours does not have " << describe(row);
      EXPECT_EQ(ours[next], row) << "ours:   " << describe(ours[next])
                                 << "\ntheirs: " << describe(row);
      ++next;
      ++compared;
    }
    ++logs;
  }
  RecordProperty("records", static_cast<int>(compared));
  EXPECT_GE(logs, 25u);
  EXPECT_GE(compared, 18'000u);
}

}  // namespace
}  // namespace dropscope::evtx
