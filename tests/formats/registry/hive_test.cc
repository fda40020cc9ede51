#include "formats/registry/hive.h"

#include <gtest/gtest.h>

#include "formats/registry/hive_builder.h"
#include "formats/registry/log_visitor.h"

namespace dropscope::registry {
namespace {

using Lines = std::vector<std::string>;
constexpr std::uint32_t kInline = 0x8000'0000;

TEST(Hive, ReadsKeysAndValuesThroughEveryKindOfList) {
  HiveBuilder hive;
  const std::uint32_t value = hive.value("Number", kInline | 4, 0x01020304, Type::Number);
  const std::uint32_t a = hive.key("A", 0, ~0u, 1, hive.offsets({value}));
  const std::uint32_t b = hive.key("B\xe4");
  const std::uint32_t c = hive.key("C");
  const std::uint32_t all =
      hive.list("ri", {hive.list("lh", {a}), hive.list("lf", {b}), hive.list("li", {c})});
  const auto bytes = hive.finish(hive.key("root", 3, all));
  const auto opened = Hive::open(bytes);
  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_TRUE(opened->header().clean());
  EXPECT_EQ(opened->root_keys(), (Lines{"A", "B\xc3\xa4", "C"}));
  LogVisitor log;
  const Counts counts = opened->walk("HKCU", log);
  EXPECT_EQ(log.lines, (Lines{"[HKCU]", "[HKCU\\A]", "Number=REG_DWORD:04030201",
                              "[HKCU\\B\xc3\xa4]", "[HKCU\\C]"}));
  EXPECT_EQ(log.damages, Lines{});
  EXPECT_EQ(counts.keys, 3u);
  EXPECT_EQ(counts.values, 1u);
}

TEST(Hive, PutsLongValuesTogether) {
  HiveBuilder hive;
  const std::vector<std::byte> first(16'344, std::byte{1});
  const std::vector<std::byte> second(100, std::byte{2});
  const std::uint32_t pieces = hive.offsets({hive.cell(first), hive.cell(second)});
  const std::uint32_t record = hive.cell([&] {
    std::vector<std::byte> db(8);
    db[0] = std::byte{'d'};
    db[1] = std::byte{'b'};
    store_le<std::uint16_t>(db.data() + 2, 2);
    store_le(db.data() + 4, pieces);
    return db;
  }());
  const std::uint32_t value = hive.value("Long", 16'444, record, Type::Binary);
  const auto bytes = hive.finish(hive.key("root", 0, ~0u, 1, hive.offsets({value})));
  LogVisitor log;
  const auto opened = Hive::open(bytes);
  ASSERT_TRUE(opened);
  (void)opened->walk("R", log);
  ASSERT_EQ(log.lines.size(), 2u);
  EXPECT_EQ(log.lines[1].size(), std::string("Long=REG_BINARY:").size() + 2 * 16'444);
  EXPECT_TRUE(log.lines[1].ends_with("0202"));
}

TEST(Hive, AKeyBelowItselfIsReadOnce) {
  HiveBuilder hive;
  const std::uint32_t loop = hive.key("Loop", 1, 0);
  const std::uint32_t list = hive.list("li", {loop});
  store_le(hive.at(loop) + 4 + 28, list);
  const auto bytes = hive.finish(hive.key("root", 1, hive.list("li", {loop})));
  LogVisitor log;
  const auto opened = Hive::open(bytes);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->walk("R", log).keys, 1u);
  EXPECT_EQ(log.damages.size(), 1u);
}

TEST(Hive, SaysWhatItIsNot) {
  const auto message = [](std::string_view text) {
    const auto hive = Hive::open(as_bytes(text));
    return hive ? std::string() : hive.error().message;
  };
  EXPECT_NE(message("CREG").find("Windows 95"), std::string::npos);
  EXPECT_NE(message("MZ").find("is no registry hive"), std::string::npos);
  EXPECT_NE(message("regf").find("is cut"), std::string::npos);
  EXPECT_NE(message("").find("is no registry hive"), std::string::npos);
}

/// Any byte may be wrong: no crash, and nothing read twice.
TEST(Hive, SurvivesEveryWrongByte) {
  HiveBuilder hive;
  const std::uint32_t value = hive.value("V", 6, hive.cell(std::vector<std::byte>(6)), Type::Text);
  const std::uint32_t a = hive.key("A", 0, ~0u, 1, hive.offsets({value}));
  const auto good = hive.finish(hive.key("root", 1, hive.list("lh", {a})));
  for (std::size_t i = 0; i < kBaseBlockBytes + 512; ++i) {
    for (const std::byte wrong : {std::byte{0}, std::byte{0x7f}, std::byte{0xff}}) {
      auto bytes = good;
      bytes[i] = wrong;
      const auto opened = Hive::open(bytes);
      LogVisitor log;
      if (opened) {
        EXPECT_LE(opened->walk("R", log).keys, 2u);
      }
    }
  }
}

}  // namespace
}  // namespace dropscope::registry
