// The built-in causes: complete, consistent, and those that other programs rely on.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "evidence/catalogue/catalogue.h"
#include "evidence/catalogue/parse.h"

namespace dropscope {
namespace {

const Catalogue& catalogue() {
  static const Catalogue loaded = Catalogue::load().value();
  return loaded;
}

TEST(Causes, HoldTheIdsThatOtherProgramsKnow) {
  std::set<std::string> ids;
  for (const CauseRule& cause : catalogue().causes) ids.insert(cause.id);
  const std::set<std::string> expected = {
      "idle-timeout", "fixed-age",      "clock-schedule",  "lease",          "vpn-session",
      "wifi",         "link",           "sleep",           "proxy",          "no-internet-status",
      "admin-kill",   "server-restart", "balancer-health", "client-setting", "client-crash",
      "identity",     "isp-reconnect",  "overload",        "none",           "undetermined"};
  EXPECT_EQ(ids, expected);
}

TEST(Causes, PredictionsAreDistributions) {
  for (const CauseRule& cause : catalogue().causes) {
    for (const Prediction& p : cause.predictions) {
      EXPECT_EQ(p.likelihood.size(), states_of(p.aspect).size());
      EXPECT_NEAR(std::accumulate(p.likelihood.begin(), p.likelihood.end(), 0.0), 1, 1e-9)
          << cause.id << " " << to_string(p.aspect);
      EXPECT_GT(*std::min_element(p.likelihood.begin(), p.likelihood.end()), 0);
      EXPECT_FALSE(p.why.empty());
      EXPECT_FALSE(p.source.empty());
    }
  }
}

TEST(Causes, WhatTellsACauseIsWhatItPredicts) {
  for (const CauseRule& cause : catalogue().causes) {
    for (const Aspect aspect : cause.told_by) {
      EXPECT_NE(cause.predicts(aspect), nullptr) << cause.id << " " << to_string(aspect);
    }
  }
}

TEST(Causes, EveryNamedCauseCanBeChangedOrHandedOver) {
  for (const CauseRule& cause : catalogue().causes) {
    if (cause.id == "none" || cause.id == "undetermined" || cause.id == "admin-kill") continue;
    EXPECT_FALSE(changes_of(cause, catalogue().timers).empty()) << cause.id;
  }
}

TEST(Causes, EveryAspectThatCanBeCollectedIsAnswered) {
  std::set<Aspect> answered;
  for (const Collectable& item : catalogue().collection) {
    answered.insert(item.answers.begin(), item.answers.end());
    if (!item.answers.empty()) {
      EXPECT_FALSE(item.cost.empty()) << item.id;
    }
  }
  for (const Aspect aspect : {Aspect::Near, Aspect::Closed, Aspect::Whom, Aspect::Settings,
                              Aspect::OnWifi, Aspect::OnVpn, Aspect::IdleGate}) {
    EXPECT_EQ(answered.count(aspect), 1u) << to_string(aspect);
  }
}

std::string with(const std::string& head, const std::string& rest) {
  return "schema = 1\nid = \"x\"\ntitle = \"X\"\nsummary = \"S\"\n" + head +
         "against = [\"a\"]\nconfirm = \"c\"\nowner = \"o\"\nverify = \"v\"\nsource = \"s\"\n" +
         rest;
}

void expect_error(const std::string& text, const std::string& where, const std::string& part) {
  const auto parsed = parse_cause(text, "x.toml");
  ASSERT_FALSE(parsed) << part;
  EXPECT_EQ(parsed.error().where, where) << parsed.error().text();
  EXPECT_NE(parsed.error().message.find(part), std::string::npos) << parsed.error().message;
}

TEST(Causes, MistakesNameTheirPlace) {
  EXPECT_TRUE(parse_cause(with("prior = 1\n", ""), "x.toml"));
  expect_error(with("", ""), "x.toml:1:1", "no \"prior\"");
  expect_error(with("prior = 0\n", ""), "x.toml:5:9", "expected a number from 0.01 to 1000");
  expect_error(with("prior = 1\ntold_by = [\"nears\"]\n", ""), "x.toml:6:11", "holds \"nears\"");
  const auto predicts = [](const std::string& lines) {
    return with("prior = 1\n", "[[predicts]]\n" + lines + "why = \"w\"\nsource = \"s\"\n");
  };
  expect_error(predicts("aspect = \"smell\"\nparts = { none = 1 }\nrest = 1\n"), "x.toml:12:10",
               "is \"smell\"; expected one of: rhythm");
  expect_error(predicts("aspect = \"near\"\nparts = { wlan = 1 }\nrest = 1\n"), "x.toml:13:11",
               "is not a key of \"parts\" of \"near\"");
  expect_error(predicts("aspect = \"near\"\nparts = {}\nrest = 1\n"), "x.toml:13:9", "is empty");
  expect_error(predicts("aspect = \"near\"\nparts = { wifi = 0 }\nrest = 1\n"), "x.toml:13:18",
               "expected a number");
  expect_error(predicts("aspect = \"near\"\nparts = { wifi = 1 }\n"), "x.toml:11:1", "no \"rest\"");
  expect_error(with("prior = 1\ntimer_kinds = [\"idle\"]\n", ""), "x.toml:1:1", "both or neither");
}

TEST(Causes, AVariantIsAPartOfItsCause) {
  const auto variant = [](const std::string& share) {
    return "[[variant]]\ntitle = \"t\"\nshare = " + share +
           "\ntold_by = [\"near\"]\nsource = \"s\"\n";
  };
  const std::string predicts =
      "[[variant.predicts]]\naspect = \"near\"\nparts = { wifi = 9 }\nrest = 1\nwhy = \"w\"\n"
      "source = \"s\"\n";
  const auto parsed = parse_cause(with("prior = 1\n", variant("0.3") + predicts), "x.toml");
  ASSERT_TRUE(parsed) << parsed.error().text();
  const CauseRule& cause = parsed->value;
  ASSERT_EQ(cause.variants.size(), 1u);
  EXPECT_EQ(cause.variants[0].told_by, std::vector<Aspect>{Aspect::Near});
  EXPECT_EQ(cause.predicts(Aspect::Near), nullptr);
  ASSERT_NE(cause.variants[0].predicts(Aspect::Near), nullptr);
  EXPECT_EQ(cause.variants[0].predicts(Aspect::Hours), nullptr);
  expect_error(with("prior = 1\n", variant("0.95")), "x.toml:13:9", "expected a number");
  expect_error(with("prior = 1\n", variant("0.5") + variant("0.5")), "x.toml:16:1",
               "add up to 1.00");
  expect_error(with("prior = 1\n", variant("0.5") + predicts + predicts), "x.toml:22:1",
               "is predicted twice");
}

TEST(Causes, WhatTellsAVariantIsWhatItPredicts) {
  for (const CauseRule& cause : catalogue().causes) {
    for (const CauseVariant& variant : cause.variants) {
      EXPECT_FALSE(variant.told_by.empty()) << variant.title;
      for (const Aspect aspect : variant.told_by) {
        EXPECT_NE(variant.predicts(aspect), nullptr) << variant.title;
      }
    }
  }
}

}  // namespace
}  // namespace dropscope
