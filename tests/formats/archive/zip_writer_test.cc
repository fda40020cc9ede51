#include "formats/archive/zip_writer.h"

#include <gtest/gtest.h>

#include <map>

#include "formats/archive/archive.h"

namespace dropscope::archive {
namespace {

std::map<std::string, std::string> unpacked(const std::string& zip) {
  std::map<std::string, std::string> members;
  const auto read = for_each_member(as_bytes(zip), Limits{}, [&](Member&& member) {
    EXPECT_EQ(member.problem, "");
    members[member.name] = std::move(member.content);
  });
  EXPECT_TRUE(read.has_value());
  return members;
}

Instant stamp() {
  return parse_utc("2025-09-12T15:06:47Z").value();
}

TEST(ZipWriter, WhatIsWrittenIsRead) {
  const std::map<std::string, std::string> members = {
      {"empty", ""}, {"folder/repeats.txt", std::string(100'000, 'a')}, {"Größe.txt", "\x01x\xff"}};
  ZipWriter writer(stamp());
  for (const auto& [name, content] : members) {
    ASSERT_TRUE(writer.add(name, as_bytes(content)).has_value());
  }
  const std::string zip = writer.finish();
  EXPECT_LT(zip.size(), 2000u) << "repetition is packed";
  EXPECT_EQ(unpacked(zip), members);
}

TEST(ZipWriter, SameMembersGiveSameBytes) {
  const auto make = [](Instant when) {
    ZipWriter writer(when);
    EXPECT_TRUE(writer.add("a", as_bytes(std::string_view("content"))).has_value());
    return writer.finish();
  };
  EXPECT_EQ(make(stamp()), make(stamp()));
  EXPECT_NE(make(stamp()), make(parse_utc("2025-09-12T15:06:49Z").value()));
  // DOS has no time before 1980; the bytes of the first day are the nearest.
  EXPECT_EQ(make(Instant{}), make(parse_utc("1980-01-01T00:00:00Z").value()));
}

TEST(ZipWriter, RefusesNamesThatLeadOut) {
  ZipWriter writer(stamp());
  for (const std::string_view name : {"", "../x", "a/../../x", "/etc/passwd"}) {
    const auto added = writer.add(name, {});
    ASSERT_FALSE(added.has_value()) << name;
    EXPECT_EQ(added.error().code, ErrorCode::Invalid);
  }
  EXPECT_TRUE(unpacked([&] {
                EXPECT_TRUE(writer.add("fine", {}).has_value());
                return writer.finish();
              }())
                  .count("fine") == 1);
}

}  // namespace
}  // namespace dropscope::archive
