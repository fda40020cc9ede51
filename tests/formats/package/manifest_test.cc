#include "formats/package/manifest.h"

#include <gtest/gtest.h>

namespace dropscope::package {
namespace {

Manifest sample() {
  Manifest manifest;
  manifest.version = "0.1.0";
  manifest.redacted = true;
  manifest.items = {{"report.html", "report", std::string(64, 'a'), 12}};
  manifest.origins = {
      {"PC01/Application.evtx", "evtx", "", 100, 10, 3, {"evidence/a.evtx"}, "cut"}};
  manifest.left_out = {{"trace.pcap", "binary"}};
  manifest.asked_for = {"A screen shot."};
  return manifest;
}

TEST(Manifest, WhatIsWrittenIsRead) {
  const std::string json = write_manifest(sample());
  EXPECT_TRUE(is_manifest(kManifestName, json));
  EXPECT_FALSE(is_manifest("other.json", json));
  const auto read = read_manifest(json);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(write_manifest(*read), json);
}

TEST(Manifest, TellsWhatIsWrong) {
  const auto error_of = [](std::string_view json) {
    const auto read = read_manifest(json);
    return read ? Error{} : read.error();
  };
  EXPECT_EQ(error_of("{").code, ErrorCode::Corrupt);
  EXPECT_EQ(error_of("[]").code, ErrorCode::Corrupt);
  EXPECT_NE(error_of("{}").message.find("\"schema\""), std::string::npos);
  EXPECT_EQ(error_of(R"({"schema": "dropscope.package/9"})").code, ErrorCode::Unsupported);
  std::string json = write_manifest(sample());
  json.replace(json.find("\"bytes\": 12"), 11, "\"bytes\": -1");
  EXPECT_NE(error_of(json).message.find("\"bytes\" of an item"), std::string::npos);
}

}  // namespace
}  // namespace dropscope::package
