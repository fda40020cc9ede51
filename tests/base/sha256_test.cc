#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>
#include <utility>
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
  const std::string text = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Sha256 digest;
    for (std::size_t at = 0; at < text.size(); at += size) {
      digest.add(as_bytes(text.substr(at, size)));
    }
    EXPECT_EQ(digest.hex(), sha256_hex(as_bytes(text))) << size;
  }
  EXPECT_EQ(Sha256().hex(), sha256_hex({}));
}

TEST(Sha256, MovesWithWhatItHasSeen) {
  Sha256 first;
  first.add(as_bytes(std::string_view("ab")));
  Sha256 second = std::move(first);
  second.add(as_bytes(std::string_view("c")));
  EXPECT_EQ(second.hex(), sha256_hex(as_bytes(std::string_view("abc"))));
}

}  // namespace
}  // namespace dropscope
