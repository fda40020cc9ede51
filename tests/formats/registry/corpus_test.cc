// Published hives, against the counts and the names that hivex gives for them.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "formats/archive/archive.h"
#include "formats/registry/hive.h"
#include "formats/registry/hive_log.h"
#include "formats/registry/log_visitor.h"

namespace dropscope::registry {
namespace {

namespace fs = std::filesystem;

fs::path corpus() {
  return fs::path(DROPSCOPE_CORPUS_DIR) / "evidence/registry";
}

/// Unpacked; empty when this build reads no xz.
std::string load(const std::string& name) {
  auto content = read_file(corpus() / name);
  if (!content) return {};
  if (!archive::is_archive(as_bytes(*content))) return std::move(*content);
  std::string out;
  (void)archive::for_each_member(as_bytes(*content), {}, [&](archive::Member&& member) {
    if (member.problem.empty()) out = std::move(member.content);
  });
  return out;
}

struct Expected {
  const char* name;
  std::uint64_t keys;
  std::uint64_t values;
  HiveKind kind;
};

constexpr std::array kHives = {
    Expected{"NTUSER-WIN7.DAT", 2287, 5470, HiveKind::User},
    Expected{"dfwinreg-NTUSER.DAT", 1596, 2310, HiveKind::User},
    Expected{"NTUSER.DAT.xz", 1811, 4094, HiveKind::User},
    Expected{"SYSTEM_2.xz", 20014, 49779, HiveKind::System},
    Expected{"transactions_NTUSER.DAT.xz", 2589, 4119, HiveKind::User},
    Expected{"NTUSER1.DAT", 594, 878, HiveKind::User},
    Expected{"SAM_hasBigEndianDWord", 91, 103, HiveKind::Unknown},
    Expected{"SECURITYNoRoot", 7, 2, HiveKind::Unknown},
};

TEST(HiveCorpus, CountsAgreeWithHivex) {
  if (!fs::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  for (const Expected& expected : kHives) {
    SCOPED_TRACE(expected.name);
    const std::string content = load(expected.name);
    if (content.empty()) continue;
    const auto hive = Hive::open(as_bytes(content));
    ASSERT_TRUE(hive) << hive.error().text();
    LogVisitor log;
    const Counts counts = hive->walk("R", log);
    EXPECT_EQ(counts.keys, expected.keys);
    EXPECT_EQ(counts.values, expected.values);
    EXPECT_EQ(hive->kind(), expected.kind);
    EXPECT_TRUE(log.damages.empty()) << log.damages.front();
  }
}

TEST(HiveCorpus, WhatIsNoSoundHiveIsSaid) {
  if (!fs::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  for (const char* const name : {"USER.DAT", "NotAHive"}) {
    EXPECT_FALSE(Hive::open(as_bytes(load(name)))) << name;
  }
  const std::string damaged = load("SAMBadHBinHeader");
  const auto hive = Hive::open(as_bytes(damaged));
  ASSERT_TRUE(hive);
  LogVisitor log;
  (void)hive->walk("R", log);
  ASSERT_EQ(log.damages.size(), 1u);
  EXPECT_NE(log.damages[0].find("found \"gbin\""), std::string::npos);
}

TEST(HiveCorpus, TransactionLogsAreApplied) {
  if (!fs::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  const std::string hive = load("transactions_NTUSER.DAT.xz");
  const std::string first = load("transactions_ntuser.dat.log1.xz");
  const std::string second = load("transactions_ntuser.dat.log2.xz");
  if (hive.empty()) GTEST_SKIP() << "this build reads no xz";
  EXPECT_TRUE(is_hive_log(as_bytes(first)));
  EXPECT_FALSE(is_hive_log(as_bytes(hive)));
  const Recovery one = apply_logs(as_bytes(hive), {as_bytes(first), as_bytes(second)});
  const Recovery other = apply_logs(as_bytes(hive), {as_bytes(second), as_bytes(first)});
  EXPECT_EQ(one.hive, other.hive);
  EXPECT_EQ(one.entries, 23u);
  EXPECT_EQ(one.pages, 132u);
  const auto opened = Hive::open(one.hive);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->header().clean());
  LogVisitor log;
  const Counts counts = opened->walk("R", log);
  EXPECT_TRUE(log.damages.empty());
  EXPECT_EQ(counts.keys, 3104u);  // As hivex counts in the hive that was put together.
  EXPECT_EQ(counts.values, 4695u);
  // A log that does not continue the hive changes nothing.
  EXPECT_TRUE(apply_logs(as_bytes(hive), {as_bytes(first).first(600)}).hive.empty());
}

/// Every key's name.
TEST(HiveCorpus, NamesAgreeWithHivex) {
  if (!fs::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  if (std::system("command -v hivexml > /dev/null 2>&1") != 0) GTEST_SKIP() << "no hivexml";
  const fs::path path = corpus() / "NTUSER-WIN7.DAT";
  const fs::path out = fs::path(testing::TempDir()) / "dropscope_hivex.xml";
  const std::string command = "hivexml '" + path.string() + "' > '" + out.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto written = read_file(out);
  fs::remove(out);
  ASSERT_TRUE(written);
  const std::string& xml = *written;
  std::multiset<std::string> theirs;
  for (std::size_t at = xml.find("<node name=\""); at != std::string::npos;
       at = xml.find("<node name=\"", at + 1)) {
    const std::size_t begin = at + 12;
    theirs.insert(xml.substr(begin, xml.find('"', begin) - begin));
  }
  const std::string content = load("NTUSER-WIN7.DAT");
  const auto hive = Hive::open(as_bytes(content));
  ASSERT_TRUE(hive);
  LogVisitor log;
  (void)hive->walk("CMI-CreateHive{D43B12B8-09B5-40DB-B4F6-F6DFEB78DAEC}", log);
  std::multiset<std::string> ours;
  for (const std::string& line : log.lines) {
    if (!line.starts_with('[') || !line.ends_with(']')) continue;
    std::string name = line.substr(line.rfind('\\') + 1);
    name.pop_back();
    if (line.find('\\') == std::string::npos) name.erase(0, 1);
    std::string escaped;
    for (const char c : name) {
      escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    }
    ours.insert(escaped);
  }
  EXPECT_EQ(ours.size(), theirs.size());
  EXPECT_EQ(ours, theirs);
}

}  // namespace
}  // namespace dropscope::registry
