// zlib is the second opinion: it shares no code with the library that the program uses.

#include "formats/evtx/crc32.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <vector>

namespace dropscope::evtx {
namespace {

std::uint32_t by_zlib(std::uint32_t before, Bytes bytes) {
  return static_cast<std::uint32_t>(::crc32(before, reinterpret_cast<const Bytef*>(bytes.data()),
                                            static_cast<uInt>(bytes.size())));
}

std::vector<std::byte> noise(std::size_t size) {
  std::mt19937 random(7);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

TEST(Crc32, GivesThePublishedCheckValue) {
  // Ross Williams, "A painless guide to CRC error detection algorithms", section 15, CRC-32.
  EXPECT_EQ(crc32_of(0, as_bytes("123456789")), 0xcbf43926u);
}

TEST(Crc32, AgreesWithZlibAtEverySizeAndAlignment) {
  // The library takes another path for short, unaligned and long input; a chunk is the longest.
  const std::vector<std::byte> bytes = noise(65536 + 64);
  for (std::size_t start : {0u, 1u, 3u, 8u, 15u, 33u}) {
    for (std::size_t size = 0; size <= 1100; ++size) {
      const Bytes part = Bytes(bytes).subspan(start, size);
      ASSERT_EQ(crc32_of(0, part), by_zlib(0, part)) << start << ", " << size;
    }
    const Bytes chunk = Bytes(bytes).subspan(start, 65536 - 512);
    EXPECT_EQ(crc32_of(0, chunk), by_zlib(0, chunk)) << start;
  }
}

TEST(Crc32, TakesPartsTogether) {
  const std::vector<std::byte> bytes = noise(700);
  const std::uint32_t whole = crc32_of(0, bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(crc32_of(crc32_of(0, Bytes(bytes).first(cut)), Bytes(bytes).subspan(cut)), whole)
        << cut;
  }
}

TEST(Crc32, NothingAddedChangesNothing) {
  EXPECT_EQ(crc32_of(0xdeadbeef, Bytes()), 0xdeadbeefu);
  EXPECT_EQ(crc32_of(0, Bytes()), 0u);
}

}  // namespace
}  // namespace dropscope::evtx
