#include "formats/text/scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace dropscope::text {
namespace {

/// Of the size of the text and no more, so that the sanitizers see a step too far.
std::vector<char> exact(const std::string& text) {
  return {text.begin(), text.end()};
}

TEST(Scan, FindsTheFirstAndTheLastAsALoopDoes) {
  std::mt19937 random(1);
  const std::string alphabet =
      "ab /\x80\xff"
      "0";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, 'x');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const std::vector<char> bytes = exact(text);
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    for (const char wanted : {' ', '/', '\x80', '\xff'}) {
      const std::size_t first = std::min(text.find(wanted), text.size());
      ASSERT_EQ(find_char(begin, end, wanted) - begin, static_cast<std::ptrdiff_t>(first)) << text;
      const std::size_t last = text.rfind(wanted);
      const std::size_t behind = last == std::string::npos ? 0 : last + 1;
      ASSERT_EQ(behind_last(begin, end, wanted) - begin, static_cast<std::ptrdiff_t>(behind))
          << text;
    }
  }
}

TEST(Scan, ReadsWhatDigitsSay) {
  const auto read = [](const std::string& text, std::uint64_t& value) {
    const std::vector<char> bytes = exact(text);
    const char* p = bytes.data();
    return read_digits(p, p + bytes.size(), value) ? p - bytes.data() : -1;
  };
  std::uint64_t value = 0;
  EXPECT_EQ(read("", value), -1);
  EXPECT_EQ(read("x1", value), -1);
  EXPECT_EQ(read("1234567890123456789", value), -1);  // 19 digits.
  EXPECT_EQ(read("12345678901234567890123456", value), -1);
  EXPECT_EQ(read("999999999999999999", value), 18);
  EXPECT_EQ(value, 999'999'999'999'999'999u);
  EXPECT_EQ(read("000000000000000007/", value), 18);
  EXPECT_EQ(value, 7u);
  std::mt19937_64 random(2);
  for (int round = 0; round < 20'000; ++round) {
    const std::string digits = std::to_string(random() >> (4 + random() % 60));
    const std::string behind = std::string(random() % 10, "/ :;\x80+-"[random() % 7]);
    ASSERT_EQ(read(digits + behind, value),
              digits.size() > 18 ? -1 : static_cast<int>(digits.size()))
        << digits << behind;
    if (digits.size() <= 18) {
      EXPECT_EQ(value, std::stoull(digits));
    }
  }
}

TEST(Scan, LoadsNoMoreThanThereIs) {
  const std::vector<char> bytes = exact("abc");
  EXPECT_EQ(load_eight(bytes.data(), bytes.data() + 3), 0x636261u);
  EXPECT_EQ(load_eight(bytes.data() + 3, bytes.data() + 3), 0u);
}

}  // namespace
}  // namespace dropscope::text
