#include "verdict/compare.h"

#include <gtest/gtest.h>

namespace dropscope {
namespace {

using diagnosis_json::Document;

Document week(std::uint64_t losses, double per_day, double low, double high) {
  Document document;
  document.cause = "idle-timeout";
  document.title = "Idle time-out";
  document.probability = 0.9;
  document.rhythm = "idle";
  document.interval_s = 3600, document.interval_lo = 3590, document.interval_hi = 3610;
  document.rate = {losses, 100, per_day, low, high};
  document.impacted = {"PC01", "PC02"};
  document.computers = {{"PC01", document.rate}};
  return document;
}

Movement of(const Comparison& comparison, std::string_view id) {
  for (const Compared& each : comparison.aspects) {
    if (each.id == id) return each.movement;
  }
  ADD_FAILURE() << "no aspect " << id;
  return Movement::Unknown;
}

TEST(Compare, ADocumentWithItselfIsTheSame) {
  const Document document = week(50, 12, 9, 15);
  const Comparison comparison = compare(document, document);
  for (const Compared& each : comparison.aspects)
    EXPECT_EQ(each.movement, Movement::Same) << each.id;
  EXPECT_TRUE(comparison.impacted_new.empty());
  EXPECT_TRUE(comparison.computers.empty());
}

TEST(Compare, RatesDifferWhenTheirIntervalsDoNotOverlap) {
  const Document many = week(50, 12, 9, 15);
  EXPECT_EQ(compare(many, week(20, 5, 3, 7.5)).movement, Movement::Better);
  EXPECT_EQ(compare(week(20, 5, 3, 7.5), many).movement, Movement::Worse);
  EXPECT_EQ(compare(many, week(35, 8.5, 6, 12)).movement, Movement::Same);
  const Comparison stopped = compare(many, week(0, 0, 0, 0.9));
  EXPECT_NE(stopped.headline.find("have stopped"), std::string::npos);
  ASSERT_EQ(stopped.computers.size(), 1u);
  EXPECT_EQ(stopped.computers[0].movement, Movement::Better);
  Document unwatched = many;
  unwatched.rate.watched_hours = 0;
  EXPECT_EQ(compare(many, unwatched).movement, Movement::Unknown);
}

TEST(Compare, CauseIntervalAndClients) {
  const Document before = week(50, 12, 9, 15);
  Document after = before;
  after.cause = "lease", after.title = "Lease";
  after.interval_s = 7200, after.interval_lo = 7190, after.interval_hi = 7210;
  after.impacted = {"PC02", "PC03"};
  after.computers = {{"PC03", before.rate}};
  const Comparison comparison = compare(before, after);
  EXPECT_EQ(of(comparison, "cause"), Movement::Changed);
  EXPECT_EQ(of(comparison, "interval"), Movement::Changed);
  EXPECT_EQ(of(comparison, "impacted"), Movement::Changed);
  EXPECT_EQ(comparison.impacted_new, std::vector<std::string>{"PC03"});
  EXPECT_EQ(comparison.impacted_gone, std::vector<std::string>{"PC01"});
  EXPECT_EQ(comparison.computers_new, std::vector<std::string>{"PC03"});
  EXPECT_EQ(comparison.computers_gone, std::vector<std::string>{"PC01"});
  // Intervals that overlap are one interval.
  after = before;
  after.interval_s = 3605, after.interval_lo = 3600, after.interval_hi = 3620;
  EXPECT_EQ(of(compare(before, after), "interval"), Movement::Same);
}

}  // namespace
}  // namespace dropscope
