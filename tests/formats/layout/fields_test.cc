#include "formats/layout/fields.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope::layout {
namespace {

const std::vector<Wanted> kWanted = {
    {"", 2, 0}, {"", 6, 1}, {"src", 0, 2}, {"msg", 0, 3}, {"reason", 0, 4}};

Values read(std::string_view line) {
  Values values(kWanted.size());
  (void)read_cef(line, kWanted, values);
  return values;
}

TEST(ReadCef, AValueEndsWhereAnotherKeyBegins) {
  const Values values = read(
      "<14>1 2024-05-08T01:10:31-07:00 fw1 - - - - CEF:0|Vendor \\| Sons|FW|1.0|end|TRAFFIC|1|"
      "msg=two words, a=b and x\\=y src=192.0.2.1 reason=aged out");
  EXPECT_EQ(values[0], "Vendor \\| Sons");
  EXPECT_EQ(values[1], "TRAFFIC");
  // "a=b" has the form of a member: CEF wants such an equals sign escaped.
  EXPECT_EQ(values[3], "two words,");
  EXPECT_EQ(values[2], "192.0.2.1");
  EXPECT_EQ(values[4], "aged out");
}

TEST(ReadCef, AnEqualsSignWithoutAKeyBelongsToTheValue) {
  const Values values = read("CEF: 0|V|P|1|c|n|5|msg=/path?=1&==2 src= reason=");
  EXPECT_EQ(values[3], "/path?=1&==2");
  EXPECT_EQ(values[2], "");
  EXPECT_EQ(values[4], "");
}

TEST(ReadCef, MembersOfLeefEndAtItsDelimiter) {
  EXPECT_EQ(read("LEEF:1.0|V|P|1|id|src=192.0.2.1\tmsg=a b = c\treason=x")[3], "a b = c");
  EXPECT_EQ(read("LEEF:2.0|V|P|1|id|^|src=192.0.2.1^msg=a b^reason=x")[3], "a b");
  EXPECT_EQ(read("LEEF:2.0|V|P|1|id|x7C|src=192.0.2.1|msg=a b|reason=x")[4], "x");
  EXPECT_EQ(read("LEEF:2.0|V|P|1|id|0x09|src=192.0.2.1\tmsg=a b\treason=x")[3], "a b");
  EXPECT_EQ(read("LEEF:2.0|V|P|1|id| |src=192.0.2.1 msg=a b reason=x")[3], "a b");
  // Without a delimiter of its own.
  EXPECT_EQ(read("LEEF:2.0|V|P|1|id|src=192.0.2.1\tmsg=a b")[2], "192.0.2.1");
}

TEST(ReadCef, WhatIsCutOffHasNoMembers) {
  for (const char* line : {"", "CEF:", "CEF:0|V|P|1|c|n", "LEEF:2.0|V", "src=192.0.2.1"}) {
    EXPECT_EQ(read(line)[2], "") << line;
  }
}

}  // namespace
}  // namespace dropscope::layout
