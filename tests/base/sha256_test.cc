#include "base/sha256.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace dropscope {
namespace {

// The examples that NIST publishes for FIPS 180-4: the empty message, one block, two blocks, and a
// million times "a".
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(as_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(as_bytes(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, ThreadsMayStartIt) {
  std::vector<std::string> digests(8);
  std::vector<std::thread> threads;
  for (auto& digest : digests) {
    threads.emplace_back([&digest] { digest = sha256_hex(as_bytes("abc")); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& digest : digests) EXPECT_EQ(digest, digests.front());
}

TEST(Sha256, PiecesDoNotChangeIt) {
  const std::string text(1000, 'x');
  int pieces = 0;
  EXPECT_EQ(sha256_hex(as_bytes(text), 300, [&] { ++pieces; }), sha256_hex(as_bytes(text)));
  EXPECT_EQ(pieces, 4);
  EXPECT_EQ(sha256_hex({}, 300, [] {}), sha256_hex({}));
}

}  // namespace
}  // namespace dropscope
