#include "base/guid.h"

#include <gtest/gtest.h>

namespace dropscope {
namespace {

TEST(Guid, TheFirstThreeGroupsAreStoredLowByteFirst) {
  const std::array<std::uint8_t, 16> stored = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                               0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
  const Guid guid = Guid::from_bytes(reinterpret_cast<const std::byte*>(stored.data()));
  EXPECT_EQ(guid.to_string(), "{00112233-4455-6677-8899-aabbccddeeff}");
  EXPECT_EQ(Guid::parse("{00112233-4455-6677-8899-aabbccddeeff}"), guid);
}

TEST(Guid, BracesAndCaseDoNotMatterWhenReading) {
  const auto guid = Guid::parse("{0ead09bd-2157-539a-8d6d-c87f95b64d70}");
  ASSERT_TRUE(guid.has_value());
  EXPECT_EQ(Guid::parse("0EAD09BD-2157-539A-8D6D-C87F95B64D70"), guid);
}

TEST(Guid, ReadsNothingElse) {
  for (const char* text :
       {"", "{}", "{0ead09bd-2157-539a-8d6d-c87f95b64d70", "0ead09bd-2157-539a-8d6d-c87f95b64d70}",
        "0ead09bd2157539a8d6dc87f95b64d70", "0ead09bd-2157-539a-8d6d-c87f95b64d7",
        "0ead09bd-2157-539a-8d6d-c87f95b64d7g", "0ead09bd-2157-539a-8d6d_c87f95b64d70",
        "0ead09bd-2157-539a-8d6d-c87f95b64d700", "(0ead09bd-2157-539a-8d6d-c87f95b64d70)",
        "0ead-09bd2157-539a-8d6d-c87f95b64d70"}) {
    EXPECT_FALSE(Guid::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace dropscope
