#include "evidence/intake/content_pass.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "base/scratch_folder.h"

namespace dropscope {
namespace {

std::string some_bytes(std::size_t size) {
  std::string out(size, '\0');
  unsigned state = 7;
  for (char& c : out) {
    state = state * 1103515245U + 12345U;
    c = static_cast<char>(state >> 16);
  }
  return out;
}

TEST(ContentPass, TheDigestIsThatOfAllBytesHoweverTheyWereReached) {
  const std::string text = some_bytes((3U << 20) + 17);
  const std::string expected = sha256_hex(as_bytes(text));
  for (const std::size_t step : {std::size_t{100}, std::size_t{99'991}, text.size()}) {
    ContentPass pass(as_bytes(text), nullptr);
    for (std::size_t at = 0; at <= text.size(); at += step) pass.reached(at);
    EXPECT_EQ(pass.sha256(), expected) << step;
  }
}

TEST(ContentPass, ReadersMayStopGoBackOrSayNothing) {
  const std::string text = some_bytes(2U << 20);
  const std::string expected = sha256_hex(as_bytes(text));
  ContentPass silent(as_bytes(text), nullptr);
  EXPECT_EQ(silent.sha256(), expected);
  ContentPass back(as_bytes(text), nullptr);
  for (const std::size_t at : {1'500'000U, 20U, 1'600'000U, 3U << 20}) back.reached(at);
  EXPECT_EQ(back.sha256(), expected);
  ContentPass none({}, nullptr);
  none.reached(0);
  EXPECT_EQ(none.sha256(), sha256_hex({}));
}

TEST(ContentPass, GivesTheBytesAndCountsEachOnce) {
  const std::string text = some_bytes(100'000);
  const std::string expected = sha256_hex(as_bytes(text));
  std::vector<std::byte> block(30'000);
  // From front to back; with a part twice; with a part left out.
  const std::vector<std::vector<std::size_t>> orders = {
      {0, 30'000, 60'000}, {0, 0, 10'000, 40'000, 70'000}, {0, 50'000, 70'000}, {60'000}};
  for (const auto& order : orders) {
    ContentPass pass(as_bytes(text), nullptr);
    for (const std::size_t at : order) {
      pass.read(at, block);
      EXPECT_EQ(std::memcmp(block.data(), text.data() + at, block.size()), 0);
    }
    EXPECT_EQ(pass.sha256(), expected) << order.size();
  }
}

TEST(ContentPass, ReadsThroughAMap) {
  const std::string text = some_bytes(3'000'001);
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", text).has_value());
  const auto map = MappedFile::open(folder / "x");
  ASSERT_TRUE(map) << map.error().message;
  ContentPass pass(map->bytes(), &*map);
  std::vector<std::byte> block(1'000'000);
  pass.read(0, block);
  EXPECT_EQ(std::memcmp(block.data(), text.data(), block.size()), 0);
  pass.reached(2'000'000);
  EXPECT_EQ(pass.sha256(), sha256_hex(as_bytes(text)));
  EXPECT_FALSE(map->fault());
}

}  // namespace
}  // namespace dropscope
