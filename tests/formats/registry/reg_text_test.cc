#include "formats/registry/reg_text.h"

#include <gtest/gtest.h>

#include "base/utf16.h"
#include "formats/registry/log_visitor.h"

namespace dropscope::registry {
namespace {

using Lines = std::vector<std::string>;

struct Outcome {
  TextSummary summary;
  LogVisitor log;
};

Outcome read_all(std::string_view text) {
  Outcome out;
  out.summary = read_text(as_bytes(text), out.log);
  return out;
}

/// As regedit saves it.
std::string as_utf16(std::string_view utf8) {
  std::string out = "\xff\xfe";
  for (const char16_t unit : to_utf16(utf8)) {
    out += static_cast<char>(unit & 0xff);
    out += static_cast<char>(unit >> 8);
  }
  return out;
}

constexpr std::string_view kHeader = "Windows Registry Editor Version 5.00\r\n\r\n";

std::string five(std::string_view rest) {
  return std::string(kHeader) + std::string(rest);
}

TEST(RegText, ReadsEveryKindOfValue) {
  const std::string text = five(
      "[HKEY_CURRENT_USER\\Software\\A]\r\n"
      "@=\"default\"\r\n"
      "\"text\"=\"a\\\\b \\\"c\\\"\"\r\n"
      "\"number\"=dword:0000000f\r\n"
      "\"binary\"=hex:01,02,\\\r\n  03\r\n"
      "\"expand\"=hex(2):25,00,00,00\r\n"
      "\"list\"=hex(7):61,00,00,00,00,00\r\n"
      "\"long\"=hex(b):01,00,00,00,00,00,00,80\r\n"
      "\"odd\"=hex(15):ff\r\n"
      "\"none\"=hex(0):\r\n");
  for (const std::string& bytes : {text, as_utf16(text)}) {
    const Outcome out = read_all(bytes);
    EXPECT_EQ(out.log.damages, Lines{});
    EXPECT_EQ(out.log.lines,
              (Lines{"[HKEY_CURRENT_USER\\Software\\A]", "=REG_SZ:640065006600610075006c0074000000",
                     "text=REG_SZ:61005c0062002000220063002200"
                     "0000",
                     "number=REG_DWORD:0f000000", "binary=REG_BINARY:010203",
                     "expand=REG_EXPAND_SZ:25000000", "list=REG_MULTI_SZ:610000000000",
                     "long=REG_QWORD:0100000000000080", "odd=REG type 21:ff", "none=REG_NONE:"}));
    EXPECT_EQ(out.summary.version, TextVersion::Five);
    EXPECT_EQ(out.summary.counts.keys, 1u);
    EXPECT_EQ(out.summary.counts.values, 9u);
  }
}

TEST(RegText, LineEndsDoNotMatter) {
  const std::string windows = five("[HKEY_USERS\\S]\r\n\"a\"=hex:01,\\\r\n  02\r\n");
  std::string unix = windows;
  std::erase(unix, '\r');
  EXPECT_EQ(read_all(windows).log.lines, read_all(unix).log.lines);
}

TEST(RegText, TextOfVersionFourIsConverted) {
  const Outcome out = read_all(
      "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\A]\n\"a\"=hex(2):25,e4,00\n\"b\"=hex:25,e4,00\n"
      "\"c\"=\"\xe4\"\n");
  EXPECT_EQ(out.log.lines, (Lines{"[HKEY_LOCAL_MACHINE\\A]", "a=REG_EXPAND_SZ:2500e4000000",
                                  "b=REG_BINARY:25e400", "c=REG_SZ:e4000000"}));
  EXPECT_EQ(out.summary.version, TextVersion::Four);
  EXPECT_TRUE(out.summary.assumed_data);
  EXPECT_EQ(out.summary.assumed_lines, 1u);
}

TEST(RegText, DeletionsAndComments) {
  const Outcome out =
      read_all(five("; nothing\n[-HKEY_CURRENT_USER\\A]\n\"lost\"=dword:1\n"
                    "[HKEY_CURRENT_USER\\B]\n\"b\"=- ; gone\n\"c\"=dword:1 ; one\n"));
  EXPECT_EQ(out.log.lines, (Lines{"[-HKEY_CURRENT_USER\\A]", "[HKEY_CURRENT_USER\\B]", "b=-",
                                  "c=REG_DWORD:01000000"}));
  EXPECT_EQ(out.log.damages, Lines{});
}

TEST(RegText, AWrongValueCostsThatValueOnly) {
  const Outcome out = read_all(
      five("[HKEY_CURRENT_USER\\A]\n\"a\"=hex:0g,\\\n  01\n\"b\"=dword:123456789\n\"c\"=what\n"
           "\"d\n\"e\" 1\nnonsense\n\"f\"=dword:2\n"));
  EXPECT_EQ(out.log.lines, (Lines{"[HKEY_CURRENT_USER\\A]", "f=REG_DWORD:02000000"}));
  ASSERT_EQ(out.log.damages.size(), 6u);
  EXPECT_TRUE(out.log.damages[0].starts_with("4: expected bytes of two hexadecimal digits"));
  EXPECT_TRUE(out.log.damages[1].starts_with("6: expected 1 to 8 hexadecimal digits"));
  EXPECT_TRUE(out.log.damages[2].starts_with("7: expected a text in quotes"));
  EXPECT_TRUE(out.log.damages[3].starts_with("8: expected a quote at the end of a name"));
  EXPECT_TRUE(out.log.damages[4].starts_with("9: expected \"=\" after a name"));
  EXPECT_TRUE(out.log.damages[5].starts_with("10: expected a key in brackets"));
}

TEST(RegText, ACutContinuationEndsAtTheNextValue) {
  const Outcome out =
      read_all(five("[HKEY_CURRENT_USER\\A]\n\"a\"=hex:01,\\\n\"b\"=dword:1\n\"c\"=\"open\n"
                    "[HKEY_CURRENT_USER\\B]\n\"d\"=hex:01,\\\n"));
  EXPECT_EQ(out.log.lines,
            (Lines{"[HKEY_CURRENT_USER\\A]", "b=REG_DWORD:01000000", "[HKEY_CURRENT_USER\\B]"}));
  EXPECT_EQ(out.log.damages.size(), 3u);
}

TEST(RegText, ATextMayHoldLineEnds) {
  const Outcome out = read_all(five("[HKEY_CURRENT_USER\\A]\n\"a\"=\"x\ny\"\n\"b\"=dword:1\n"));
  EXPECT_EQ(out.log.lines, (Lines{"[HKEY_CURRENT_USER\\A]", "a=REG_SZ:78000d000a0079000000",
                                  "b=REG_DWORD:01000000"}));
}

TEST(RegText, EveryCutGivesABeginningOfTheWhole) {
  const std::string text =
      five("[HKEY_CURRENT_USER\\A]\n\"a\"=hex:01,\\\n  02\n\"b\"=\"text\"\n\"c\"=dword:00000001\n");
  const Lines whole = read_all(text).log.lines;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Outcome out = read_all(std::string_view(text).substr(0, size));
    ASSERT_LE(out.log.lines.size(), whole.size());
    // The last value may be shorter than it was; no other differs.
    for (std::size_t i = 0; i + 1 < out.log.lines.size(); ++i) {
      EXPECT_EQ(out.log.lines[i], whole[i]) << size;
    }
  }
}

TEST(RegText, IsRecognised) {
  EXPECT_TRUE(is_reg_text("Windows Registry Editor Version 5.00\r\n"));
  EXPECT_TRUE(is_reg_text("REGEDIT4\n"));
  EXPECT_TRUE(is_reg_text("; exported\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE]\n"));
  EXPECT_FALSE(is_reg_text("[global]\nmaxconn 1\n"));
  EXPECT_FALSE(is_reg_text("computer,user\n"));
  EXPECT_FALSE(is_reg_text(""));
}

}  // namespace
}  // namespace dropscope::registry
