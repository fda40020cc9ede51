#include "formats/registry/hive.h"

#include <gtest/gtest.h>

#include "formats/registry/log_visitor.h"

namespace dropscope::registry {
namespace {

/// Puts a hive together cell by cell (FORMAT.md).
class HiveBuilder {
 public:
  HiveBuilder() : bytes_(kBaseBlockBytes + 32) { set_text(kBaseBlockBytes, "hbin"); }

  std::uint32_t cell(std::vector<std::byte> content) {
    content.resize((content.size() + 4 + 7) / 8 * 8 - 4);
    const auto offset = static_cast<std::uint32_t>(bytes_.size() - kBaseBlockBytes);
    bytes_.resize(bytes_.size() + 4 + content.size());
    store_le(at(offset), -static_cast<std::int32_t>(content.size() + 4));
    std::copy(content.begin(), content.end(),
              bytes_.end() - static_cast<std::ptrdiff_t>(content.size()));
    return offset;
  }

  std::uint32_t key(std::string_view name, std::uint32_t count = 0, std::uint32_t list = ~0u,
                    std::uint32_t values = 0, std::uint32_t value_list = ~0u) {
    std::vector<std::byte> out(76 + name.size());
    put(out, 0, "nk");
    store_le<std::uint16_t>(out.data() + 2, 0x20);
    store_le(out.data() + 20, count);
    store_le(out.data() + 28, list);
    store_le(out.data() + 36, values);
    store_le(out.data() + 40, value_list);
    store_le(out.data() + 72, static_cast<std::uint16_t>(name.size()));
    put(out, 76, name);
    return cell(out);
  }

  std::uint32_t value(std::string_view name, std::uint32_t size, std::uint32_t data, Type type) {
    std::vector<std::byte> out(20 + name.size());
    put(out, 0, "vk");
    store_le(out.data() + 2, static_cast<std::uint16_t>(name.size()));
    store_le(out.data() + 4, size);
    store_le(out.data() + 8, data);
    store_le(out.data() + 12, static_cast<std::uint32_t>(type));
    store_le<std::uint16_t>(out.data() + 16, 1);
    put(out, 20, name);
    return cell(out);
  }

  std::uint32_t list(std::string_view kind, const std::vector<std::uint32_t>& entries) {
    const std::size_t step = kind == "li" || kind == "ri" ? 4 : 8;
    std::vector<std::byte> out(4 + entries.size() * step);
    put(out, 0, kind);
    store_le(out.data() + 2, static_cast<std::uint16_t>(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i)
      store_le(out.data() + 4 + i * step, entries[i]);
    return cell(out);
  }

  std::uint32_t offsets(const std::vector<std::uint32_t>& entries) {
    std::vector<std::byte> out(entries.size() * 4);
    for (std::size_t i = 0; i < entries.size(); ++i) store_le(out.data() + 4 * i, entries[i]);
    return cell(out);
  }

  std::vector<std::byte> finish(std::uint32_t root) {
    const std::size_t data = (bytes_.size() - kBaseBlockBytes + 4095) / 4096 * 4096;
    bytes_.resize(kBaseBlockBytes + data);
    set_text(0, kHiveMagic);
    store_le<std::uint32_t>(bytes_.data() + 20, 1);
    store_le<std::uint32_t>(bytes_.data() + 24, 5);
    store_le(bytes_.data() + 36, root);
    store_le(bytes_.data() + 40, static_cast<std::uint32_t>(data));
    store_le(bytes_.data() + kBaseBlockBytes + 8, static_cast<std::uint32_t>(data));
    store_le(bytes_.data() + 508, base_block_checksum(bytes_));
    return bytes_;
  }

  std::byte* at(std::uint32_t offset) { return bytes_.data() + kBaseBlockBytes + offset; }

 private:
  static void put(std::vector<std::byte>& out, std::size_t at, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) out[at + i] = static_cast<std::byte>(text[i]);
  }
  void set_text(std::size_t at, std::string_view text) { put(bytes_, at, text); }

  std::vector<std::byte> bytes_;
};

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
