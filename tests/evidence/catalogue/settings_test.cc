// The settings that are built in, and mistakes in settings files.

#include <gtest/gtest.h>

#include <algorithm>

#include "evidence/catalogue/catalogue.h"
#include "evidence/catalogue/parse.h"

namespace dropscope {
namespace {

constexpr std::string_view kGood = R"(schema = 1

[[setting]]
id = "a"
title = "A"
keys = ['HKCU\Software\{any}']
values = ["A"]
form = "number"
why = "w"
changed_by = "c"
confidence = "unverified"
source = "s"

[[setting.meaning]]
bits = 3
set = "any"
text = "on"
)";

std::string error_of(std::string_view from, std::string_view to) {
  std::string content(kGood);
  const std::size_t at = content.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  content.replace(at, from.size(), to);
  const auto parsed = parse_settings(content, "a.toml");
  return parsed ? "no error" : parsed.error().text();
}

TEST(SettingsFile, BuiltInRulesCoverTheProfile) {
  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  for (const char* const id :
       {"cached-mode", "outlook-anywhere-flags", "outlook-anywhere-proxy",
        "outlook-anywhere-principal", "outlook-anywhere-authentication", "home-server",
        "mapi-http-disabled", "rpc-encryption", "rpc-minimum-connection-timeout",
        "tcp-keep-alive-time", "office-version", "office-install-root", "outlook-logging",
        "network-probe", "computer-hostname", "computer-name", "computer-active-name",
        "time-zone"}) {
    const auto& settings = catalogue->settings;
    EXPECT_TRUE(std::any_of(settings.begin(), settings.end(), [&](const SettingRule& rule) {
      return rule.id == id;
    })) << id;
  }
}

TEST(SettingsFile, MistakesHaveTheirPlace) {
  EXPECT_TRUE(parse_settings(kGood, "a.toml"));
  EXPECT_EQ(error_of("form = \"number\"", "form = \"numbers\""),
            "a.toml:8:8: \"form\" is \"numbers\"; expected one of: number, text, name");
  EXPECT_EQ(error_of("set = \"any\"", "set = \"some\""),
            "a.toml:16:7: \"set\" is \"some\"; expected one of: all, any, none");
  EXPECT_TRUE(error_of("HKCU\\", "HKXX\\").starts_with("a.toml:6:8: \"keys\" holds"));
  EXPECT_TRUE(error_of("{any}", "{any}x").starts_with("a.toml:6:8: \"keys\" holds"));
  EXPECT_TRUE(error_of("bits = 3", "bits = 3\nvalue = 1").find("both or neither") !=
              std::string::npos);
  EXPECT_TRUE(error_of("text = \"on\"", "text = \"on\"\ngives = \"x\"").find("\"gives\" needs") !=
              std::string::npos);
  EXPECT_TRUE(error_of("title", "titel").find("did you mean") != std::string::npos ||
              error_of("title", "titel").find("has no \"title\"") != std::string::npos);
}

}  // namespace
}  // namespace dropscope
