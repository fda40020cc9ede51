#include "formats/csv/csv.h"

#include <gtest/gtest.h>

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

namespace dropscope::csv {
namespace {

using Fields = std::vector<std::string>;

Result<Table> parse(std::string_view text, const Limits& limits = {}) {
  return read(as_bytes(text), "clients.csv", limits);
}

TEST(Csv, ReadsRowsByColumnNameWithTheirLines) {
  const auto table = parse("Computer,User\r\nPC01,anna\r\nPC02,\"Bob, jr.\"\r\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->header, (Fields{"Computer", "User"}));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[1].line, 3u);
  EXPECT_EQ(table->rows[1].fields, (Fields{"PC02", "Bob, jr."}));
  EXPECT_EQ(table->column("USER"), 1u);
  EXPECT_EQ(table->column("office"), std::nullopt);
  EXPECT_TRUE(table->problems.empty());
}

TEST(Csv, FindsTheDelimiterOutsideQuotes) {
  EXPECT_EQ(parse("a;b;c\n1;2;3\n")->delimiter, ';');
  EXPECT_EQ(parse("a\tb\n1\t2\n")->delimiter, '\t');
  EXPECT_EQ(parse("\"a,b,c\";d\n1;2\n")->delimiter, ';');
  EXPECT_EQ(parse("only\nx\n")->delimiter, ',');
}

TEST(Csv, TakesExcelsWordForTheDelimiter) {
  const auto table = parse("sep=;\r\na,b;c\r\n1;2\r\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->header, (Fields{"a,b", "c"}));
  EXPECT_EQ(table->rows[0].line, 3u);
}

TEST(Csv, PassesOverPowerShellsTypeLine) {
  const auto table = parse("#TYPE System.Object\r\n\"a\",\"b\"\r\n\"1\",\"2\"\r\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->header, (Fields{"a", "b"}));
  EXPECT_EQ(table->rows[0].line, 3u);
}

TEST(Csv, QuotedFieldsMayHoldQuotesDelimitersAndLineEnds) {
  const auto table = parse("a,b\n\"say \"\"hi\"\"\",\"one\r\ntwo\"\nx,y\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->rows[0].fields, (Fields{"say \"hi\"", "one\r\ntwo"}));
  EXPECT_EQ(table->rows[1].line, 4u);  // The line break inside the quotes counts.
}

TEST(Csv, EveryLineEndingAndNoneAtTheEnd) {
  for (const char* text :
       {"a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4", "a,b\r1,2\r3,4", "a,b\n\n1,2\n \n3,4\n"}) {
    const auto table = parse(text);
    ASSERT_TRUE(table) << text;
    ASSERT_EQ(table->rows.size(), 2u) << text;
    EXPECT_EQ(table->rows[1].fields, (Fields{"3", "4"})) << text;
  }
}

TEST(Csv, ReadsUnicodeWithByteOrderMark) {
  const auto utf8 = parse("\xef\xbb\xbfName,Ort\nJ\xc3\xb6rg,K\xc3\xb6ln\n");
  ASSERT_TRUE(utf8);
  EXPECT_EQ(utf8->header[0], "Name");
  EXPECT_EQ(utf8->encoding, Encoding::Utf8);

  using namespace std::string_view_literals;
  const auto little = parse(
      "\xff\xfe"
      "a\0,\0b\0\n\0\xf6\0,\0\xac\x20\n\0"sv);
  ASSERT_TRUE(little);
  EXPECT_EQ(little->encoding, Encoding::Utf16Le);
  EXPECT_EQ(little->rows[0].fields, (Fields{"\xc3\xb6", "\xe2\x82\xac"}));

  const auto big = parse("\xfe\xff\0a\0,\0b\0\n\0\xf6\0,\x20\xac\0\n"sv);
  ASSERT_TRUE(big);
  EXPECT_EQ(big->encoding, Encoding::Utf16Be);
  EXPECT_EQ(big->rows[0].fields, little->rows[0].fields);
}

TEST(Csv, AssumesWindows1252WhereTheBytesAreNotUtf8AndSaysSo) {
  const auto table = parse("Name;Preis\nJ\xf6rg;5 \x80\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->encoding, Encoding::Windows1252);
  EXPECT_EQ(table->rows[0].fields, (Fields{"J\xc3\xb6rg", "5 \xe2\x82\xac"}));
}

TEST(Csv, MendsRowsOfAnotherLengthAndListsThem) {
  const auto table = parse("a,b\n1\n1,2,3\n1,2\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 3u);
  EXPECT_EQ(table->rows[0].fields, (Fields{"1", ""}));
  EXPECT_EQ(table->rows[1].fields, (Fields{"1", "2"}));
  ASSERT_EQ(table->problems.size(), 2u);
  EXPECT_EQ(table->problems[0].line, 2u);
  EXPECT_EQ(table->problems[0].what,
            "expected 2 fields as in the header, found 1; the missing ones are empty");
  EXPECT_EQ(table->problems[1].line, 3u);
}

TEST(Csv, AnUnclosedQuoteCostsItsLineAndNoMore) {
  const auto table = parse("a,b\n1,\"2\n3,4\n5,6\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].line, 3u);
  ASSERT_EQ(table->problems.size(), 1u);
  EXPECT_EQ(table->problems[0].line, 2u);
  EXPECT_NE(table->problems[0].what.find("never closed"), std::string::npos);
}

TEST(Csv, TextAfterAClosingQuoteCostsItsLine) {
  const auto table = parse("a,b\n\"1\"x,2\n3,4\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_EQ(table->rows[0].fields, (Fields{"3", "4"}));
  EXPECT_EQ(table->problems.at(0).line, 2u);
}

TEST(Csv, SaysWhyAFileIsNoTable) {
  const auto empty = parse("");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().text(),
            "clients.csv: is empty: expected a first row that names the columns");

  const auto binary = parse(std::string_view("PK\x03\x04\0\0", 6));
  ASSERT_FALSE(binary);
  EXPECT_EQ(binary.error().code, ErrorCode::Corrupt);

  const auto broken = parse("\n\n\"a,b\n1,2\n");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().where, "clients.csv:3");
}

TEST(Csv, KeepsToItsLimits) {
  Limits limits;
  limits.rows = 2;
  EXPECT_EQ(parse("a\n1\n2\n3\n", limits).error().code, ErrorCode::Limit);
  limits = {};
  limits.bytes = 3;
  EXPECT_EQ(parse("a,b\n", limits).error().code, ErrorCode::Limit);
  limits = {};
  limits.columns = 2;
  EXPECT_EQ(parse("a,b,c\n", limits).error().code, ErrorCode::Limit);
  limits = {};
  limits.field_bytes = 3;
  EXPECT_EQ(parse("a\n\"12345\"\n678\n", limits)->rows.size(), 1u);
  limits = {};
  limits.problems = 1;
  EXPECT_EQ(parse("a,b\n1\n2\n3\n", limits).error().where, "clients.csv:3");
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
std::string quoted(const std::string& field) {
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

RC_GTEST_PROP(Csv, WhatIsWrittenByTheRulesComesBack, ()) {
  const auto width = *rc::gen::inRange<std::size_t>(2, 6);
  const auto field =
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab \",;\t\r\n")));
  const auto rows =
      *rc::gen::container<std::vector<Fields>>(rc::gen::container<Fields>(width, field));
  const char delimiter = *rc::gen::element(',', ';', '\t');
  std::string text;
  const auto write = [&](const Fields& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i != 0) text += delimiter;
      text += quoted(fields[i]);
    }
    text += "\r\n";
  };
  Fields header;
  for (std::size_t i = 0; i < width; ++i) header.push_back("column" + std::to_string(i));
  write(header);
  for (const Fields& row : rows) write(row);

  const auto table = parse(text);
  RC_ASSERT(table.has_value());
  RC_ASSERT(table->delimiter == delimiter);
  RC_ASSERT(table->problems.empty());
  RC_ASSERT(table->rows.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) RC_ASSERT(table->rows[i].fields == rows[i]);
}
#endif

}  // namespace
}  // namespace dropscope::csv
