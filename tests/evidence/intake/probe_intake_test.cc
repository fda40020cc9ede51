#include "evidence/intake/probe_intake.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "evidence/intake/intake.h"
#include "evidence/intake/memory.h"
#include "evidence/intake/read_text.h"

namespace dropscope {
namespace {

std::string result(const std::string& mechanism, const std::string& seconds,
                   const std::string& accuracy, bool unanswered = false) {
  return R"({"schema": "dropscope.probe/1", "tool": {"version": "1"}, "host": "mail.example",)"
         R"( "port": 25, "address": "192.0.2.7:25", "finding": {"mechanism": ")" +
         mechanism + R"(", "seconds": )" + seconds + R"(, "accuracy_s": )" + accuracy +
         R"(, "complete": true}, "seen": {"unanswered": )" + (unanswered ? "true" : "false") + "}}";
}

TEST(ProbeIntake, ATimeOutHasBounds) {
  const SourceIntake in = read_text(result("proxy-or-server", "300", "2"));
  EXPECT_EQ(in.source.kind, "probe");
  EXPECT_EQ(in.source.state, SourceState::Read);
  ASSERT_TRUE(in.probe);
  EXPECT_EQ(in.probe->host, "mail.example");
  EXPECT_EQ(in.probe->port, 25);
  EXPECT_EQ(in.probe->low_s, 298);
  EXPECT_EQ(in.probe->high_s, 302);
  EXPECT_EQ(in.probe->survived_s, 298);
  EXPECT_FALSE(in.probe->near_only);
}

TEST(ProbeIntake, NoTimeOutIsALengthThatWasSurvived) {
  const SourceIntake in = read_text(result("none-found", "3700", "null", true));
  ASSERT_TRUE(in.probe);
  EXPECT_FALSE(in.probe->low_s);
  EXPECT_EQ(in.probe->survived_s, 3700);
  EXPECT_TRUE(in.probe->near_only);
}

TEST(ProbeIntake, WhatEndedAtOnceTellsNoLength) {
  const SourceIntake in = read_text(result("closed-at-once", "0.2", "0.1"));
  ASSERT_TRUE(in.probe);
  EXPECT_FALSE(in.probe->low_s);
  EXPECT_EQ(in.probe->survived_s, 0);
}

TEST(ProbeIntake, ADamagedResultIsNamed) {
  const SourceIntake in = read_text(result("proxy-or-server", "null", "2"));
  EXPECT_FALSE(in.probe);
  EXPECT_EQ(in.source.state, SourceState::Unreadable);
  EXPECT_NE(in.source.problem.find("seconds"), std::string::npos) << in.source.problem;
}

TEST(ProbeIntake, WhereAndWhenItWasMeasuredIsKept) {
  std::string told = result("proxy-or-server", "300", "2");
  EXPECT_FALSE(read_text(told).probe->began);
  EXPECT_TRUE(read_text(told).probe->computer.empty());
  told.insert(told.find("\"host\""),
              R"("computer": "PC07", "began": "2026-11-20T10:00:00Z", "ended": null, )");
  const SourceIntake in = read_text(told);
  ASSERT_TRUE(in.probe) << in.source.problem;
  EXPECT_EQ(in.probe->computer, "PC07");
  EXPECT_EQ(in.probe->began, parse_utc("2026-11-20T10:00:00Z"));
  EXPECT_FALSE(in.probe->ended);
  told.replace(told.find("2026-11-20"), 10, "yesterday!");
  EXPECT_NE(read_text(told).source.problem.find("\"began\""), std::string::npos);
}

TEST(ProbeIntake, EvidenceKeepsThemWithTheirSources) {
  const std::vector<MemoryFile> files = {{"a.json", result("none-found", "60", "null")},
                                         {"b.txt", "nothing"},
                                         {"c.json", result("fixed-age", "900", "1")}};
  const Evidence evidence = read_evidence(files, built_in_catalogue());
  ASSERT_EQ(evidence.probes.size(), 2u);
  EXPECT_EQ(evidence.sources[evidence.probes[0].source].path, "a.json");
  EXPECT_EQ(evidence.sources[evidence.probes[1].source].path, "c.json");
}

}  // namespace
}  // namespace dropscope
