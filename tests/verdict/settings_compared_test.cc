// Whether the settings of computers that lose the connection are told from those of the others.

#include "verdict/settings_compared.h"

#include <gtest/gtest.h>

namespace dropscope {
namespace {

class SettingsComparedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    add_rule("keep-alive", true);
    add_rule("retries", true);
    add_rule("colour", false);
  }

  void add_rule(const std::string& id, bool matters) {
    SettingRule rule;
    rule.id = id;
    rule.title = "Title of " + id;
    rule.default_text = "default";
    rule.matters_if_changed = matters;
    catalogue_.settings.push_back(rule);
  }

  void set(std::uint32_t computer, const std::string& id, const std::string& value) {
    Setting setting;
    setting.computer = computer;
    setting.id = evidence_.strings.add(id);
    setting.value = evidence_.strings.add(value);
    evidence_.settings.push_back(setting);
  }

  /// The registry of this computer was read where the setting would stand, and it is not there.
  void set_absent(std::uint32_t computer, const std::string& id) {
    evidence_.absent_settings.push_back({0, computer, evidence_.strings.add(id)});
  }

  /// The first `losing` of `all` computers lose 20 times in ten days. All settings of each were
  /// read.
  AspectFinding compare(std::uint32_t losing, std::uint32_t all) {
    std::map<std::uint32_t, double> losses;
    std::map<std::uint32_t, double> days;
    for (std::uint32_t c = 0; c < all; ++c) {
      if (c < losing) losses[c] = 20;
      days[c] = 10;
      set(c, "colour", c % 2 == 0 ? "red" : "blue");
      for (const SettingRule& rule : catalogue_.settings) set_absent(c, rule.id);
    }
    return compare_settings(evidence_, catalogue_, losses, days);
  }

  Catalogue catalogue_;
  Evidence evidence_;
};

double same_over_differ(const AspectFinding& finding) {
  return finding.fit.at(state_index(Aspect::Settings, "same")) /
         finding.fit.at(state_index(Aspect::Settings, "differ"));
}

TEST_F(SettingsComparedTest, OneThatAllLosersHaveAndNobodyElseDiffers) {
  for (const std::uint32_t c : {0u, 1u, 2u, 3u, 4u}) set(c, "keep-alive", "off");
  const AspectFinding finding = compare(5, 10);
  ASSERT_TRUE(finding.known());
  // One table in 252 by chance; below 1 in 100 nothing is believed.
  EXPECT_DOUBLE_EQ(same_over_differ(finding), 0.01);
  EXPECT_EQ(finding.words,
            "\"Title of keep-alive\" is off on 5 of 5 that lose the connection, and on 0 of 5 that "
            "keep it");
}

TEST_F(SettingsComparedTest, TwoComputersTellLittle) {
  set(0, "keep-alive", "off");
  EXPECT_DOUBLE_EQ(same_over_differ(compare(1, 2)), 0.5);
}

TEST_F(SettingsComparedTest, SomeThatKeepTheConnectionMayHaveTheValueToo) {
  for (const std::uint32_t c : {0u, 1u, 2u, 3u}) set(c, "keep-alive", "off");
  // 3 of 3 that lose have it, and so does 1 of 5 that keep it: 4·3·2 / (8·7·6).
  const AspectFinding finding = compare(3, 8);
  ASSERT_TRUE(finding.known());
  EXPECT_NEAR(same_over_differ(finding), 1.0 / 14, 1e-12);
}

TEST_F(SettingsComparedTest, ChanceCountsOnceForEverySettingThatDiffers) {
  for (const std::uint32_t c : {0u, 1u, 2u}) set(c, "keep-alive", "off");
  // "retries" varies too, and tells nobody apart.
  for (const std::uint32_t c : {0u, 4u}) set(c, "retries", "9");
  const AspectFinding finding = compare(3, 7);
  ASSERT_TRUE(finding.known());
  // 3 of 7: one table in 35, and there were two to choose from.
  EXPECT_NEAR(same_over_differ(finding), 2.0 / 35, 1e-12);
}

TEST_F(SettingsComparedTest, WhatManySettingsWouldGiveByChanceIsNotSaid) {
  set(0, "keep-alive", "off");
  for (int i = 0; i < 3; ++i) {
    const std::string id = "other" + std::to_string(i);
    add_rule(id, true);
    set(1, id, "changed");
  }
  // One in three for each, and four settings differ.
  const AspectFinding finding = compare(1, 3);
  ASSERT_TRUE(finding.known());
  EXPECT_GT(same_over_differ(finding), 1);
}

TEST_F(SettingsComparedTest, OneThatDoesNotBearOnLossesIsNotCompared) {
  for (const std::uint32_t c : {0u, 2u, 4u}) set(c, "keep-alive", "off");
  catalogue_.settings[0].matters_if_changed = false;
  const AspectFinding finding = compare(1, 6);
  EXPECT_EQ(finding.words,
            "settings that bear on connections are the same on computers that lose it and that "
            "keep it");
}

// An export that does not hold the place of a setting is no evidence of its default.
TEST_F(SettingsComparedTest, WhatWasNotReadIsNotTheDefault) {
  for (const std::uint32_t c : {0u, 1u, 2u, 3u, 4u}) set(c, "keep-alive", "off");
  std::map<std::uint32_t, double> losses;
  std::map<std::uint32_t, double> days;
  for (std::uint32_t c = 0; c < 10; ++c) {
    if (c < 5) losses[c] = 20;
    days[c] = 10;
    set(c, "colour", "red");
  }
  EXPECT_FALSE(compare_settings(evidence_, catalogue_, losses, days).known());
  EXPECT_EQ(setting_values(evidence_, catalogue_.settings[0]).size(), 5u);
  // Once it is known of some of those that keep the connection, they count.
  for (const std::uint32_t c : {5u, 6u, 7u}) set_absent(c, "keep-alive");
  const AspectFinding finding = compare_settings(evidence_, catalogue_, losses, days);
  ASSERT_TRUE(finding.known());
  EXPECT_NEAR(same_over_differ(finding), 1.0 / 56, 1e-12);  // 5 of 8.
}

TEST_F(SettingsComparedTest, UnknownWhereNobodyKeepsTheConnection) {
  for (const std::uint32_t c : {0u, 1u}) set(c, "keep-alive", "off");
  EXPECT_FALSE(compare(4, 4).known());
}

TEST_F(SettingsComparedTest, WhoLosesItFarLessOftenThanTheOthersKeepsIt) {
  for (const std::uint32_t c : {0u, 1u, 2u, 3u}) {
    set(c, "keep-alive", "off");
    set(c + 4, "keep-alive", "on");
  }
  std::map<std::uint32_t, double> losses;
  std::map<std::uint32_t, double> days;
  for (std::uint32_t c = 0; c < 8; ++c) {
    losses[c] = c < 4 ? 50 : 1;
    days[c] = 10;
  }
  const AspectFinding finding = compare_settings(evidence_, catalogue_, losses, days);
  ASSERT_TRUE(finding.known());
  EXPECT_LT(same_over_differ(finding), 0.05);
}

}  // namespace
}  // namespace dropscope
