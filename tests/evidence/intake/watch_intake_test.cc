#include "evidence/intake/watch_intake.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "evidence/intake/intake.h"
#include "evidence/intake/memory.h"
#include "evidence/intake/read_text.h"
#include "formats/watch_record/entry.h"

namespace dropscope {
namespace {

using watch_record::Cause;
using watch_record::Entry;
using watch_record::Kind;

constexpr std::int64_t kBegin = 1'790'000'000;

std::string line(Kind kind, std::int64_t at_s, int session = 0, Cause cause = Cause::Fin,
                 double idle_s = 0) {
  Entry out;
  out.kind = kind;
  out.time = instant_from_unix(kBegin + at_s);
  out.session = session;
  out.cause = cause;
  out.idle_s = out.age_s = idle_s;
  if (kind == Kind::Gap) out.gap_s = idle_s;
  if (kind == Kind::Start) {
    out.computer = "PC01.corp.example";
    out.zone = "Europe/Berlin";
    out.sessions = {{"mail.example", 443, "192.0.2.7:443"},
                    {"mail.example", 443, "192.0.2.7:443"},
                    {"mail.example", 25, "192.0.2.7:25"}};
  }
  return watch_record::write(out);
}

Evidence evidence_of(const std::string& record) {
  const std::vector<MemoryFile> files = {{"watch.jsonl", record}};
  return read_evidence(files, built_in_catalogue());
}

std::vector<Meaning> meanings_of(const Evidence& evidence, const std::string& computer) {
  std::vector<Meaning> out;
  for (const Event& event : evidence.events) {
    if (evidence.computers[event.computer].name == computer) out.push_back(event.meaning);
  }
  return out;
}

TEST(WatchIntake, ALossIsOneOfTheAddressThatTheHostHasByThen) {
  Entry moved;
  moved.kind = Kind::Up;
  moved.time = instant_from_unix(kBegin + 302);
  moved.session = 3;
  moved.address = "192.0.2.8:25";
  const Evidence evidence =
      evidence_of(line(Kind::Start, 0) + line(Kind::Up, 1, 3) +
                  line(Kind::Lost, 301, 3, Cause::Fin, 300) + watch_record::write(moved) +
                  line(Kind::Lost, 602, 3, Cause::Fin, 300) + line(Kind::Stop, 700));
  ASSERT_EQ(evidence.closes.size(), 2U);
  EXPECT_EQ(evidence.closes[0].server.to_string(), "192.0.2.7:25");
  EXPECT_EQ(evidence.closes[1].server.to_string(), "192.0.2.8:25");
}

TEST(WatchIntake, EachSessionIsAClientOfItsOwn) {
  const Evidence evidence = evidence_of(
      line(Kind::Start, 0) + line(Kind::Up, 1, 1) + line(Kind::Up, 1, 2) + line(Kind::Up, 1, 3) +
      line(Kind::Lost, 301, 2, Cause::Fin, 300) + line(Kind::Up, 302, 2) + line(Kind::Stop, 400));
  ASSERT_EQ(evidence.computers.size(), 3U);
  EXPECT_EQ(evidence.computers[0].name, "PC01 to mail.example:25");
  EXPECT_EQ(evidence.computers[1].name, "PC01 to mail.example:443 (1)");
  EXPECT_EQ(evidence.computers[2].name, "PC01 to mail.example:443 (2)");
  EXPECT_EQ(evidence.computers[0].time_zone, "Europe/Berlin");
  const std::vector<Meaning> lost = {Meaning::Started, Meaning::Restored, Meaning::Lost,
                                     Meaning::Restored, Meaning::Stopped};
  const std::vector<Meaning> kept = {Meaning::Started, Meaning::Restored, Meaning::Stopped};
  EXPECT_EQ(meanings_of(evidence, "PC01 to mail.example:443 (2)"), lost);
  EXPECT_EQ(meanings_of(evidence, "PC01 to mail.example:25"), kept);
  ASSERT_EQ(evidence.closes.size(), 1U);
  const Close& close = evidence.closes[0];
  EXPECT_EQ(close.owner, 2U);
  EXPECT_EQ(close.by, CloseBy::Unknown);
  EXPECT_EQ(close.why, CloseWhy::Idle);
  EXPECT_EQ(*close.idle, std::chrono::seconds{300});
  EXPECT_EQ(evidence.strings.at(close.device), "watch on PC01");
}

TEST(WatchIntake, WhatTheSocketSawIsKept) {
  const Evidence evidence = evidence_of(line(Kind::Start, 0) + line(Kind::Lost, 10, 1, Cause::Rst) +
                                        line(Kind::Lost, 20, 1, Cause::TimeOut) +
                                        line(Kind::Lost, 30, 1, Cause::Fin, 0.2));
  ASSERT_EQ(evidence.closes.size(), 3U);
  EXPECT_EQ(evidence.closes[0].why, CloseWhy::Reset);
  EXPECT_EQ(evidence.closes[1].why, CloseWhy::Silence);
  EXPECT_EQ(evidence.closes[2].why, CloseWhy::Finished);
}

TEST(WatchIntake, RunsAreSpansOfTheirOwn) {
  const Evidence evidence = evidence_of(line(Kind::Start, 0) + line(Kind::Stop, 100) +
                                        line(Kind::Start, 5000) + line(Kind::Alive, 5600));
  ASSERT_EQ(evidence.coverage.size(), 6U);
  const Coverage& first = evidence.coverage[0];
  const Coverage& second = evidence.coverage[1];
  EXPECT_EQ(first.records, 2U);
  EXPECT_EQ(second.records, 1U);
  EXPECT_EQ(seconds_between(first.first, first.last), 100);
  EXPECT_EQ(seconds_between(second.first, second.last), 600);
  // Record ids that do not follow each other: something is missing between the two.
  EXPECT_GT(second.first_record_id, first.last_record_id + 1);
}

TEST(WatchIntake, AGapIsASleepAndASetClockAStep) {
  const Evidence evidence =
      evidence_of(line(Kind::Start, 0) + line(Kind::Gap, 5000, 0, Cause::Fin, 3000) +
                  line(Kind::Gap, 6000, 0, Cause::Fin, -60));
  const std::vector<Meaning> expected = {Meaning::Started, Meaning::Sleep, Meaning::Resume,
                                         Meaning::ClockStep};
  EXPECT_EQ(meanings_of(evidence, "PC01 to mail.example:25"), expected);
}

TEST(WatchIntake, DamageIsCountedAndTheRestIsRead) {
  const std::string lost = line(Kind::Lost, 10, 1, Cause::Rst);
  const SourceIntake in = read_text(line(Kind::Start, 0) + lost.substr(0, 30) + "\n" +
                                    line(Kind::Lost, 20, 9, Cause::Rst) + lost);
  EXPECT_EQ(in.source.kind, "watch");
  EXPECT_EQ(in.source.state, SourceState::Damaged);
  EXPECT_EQ(in.source.damage_count, 2U);
  EXPECT_EQ(in.source.records, 2U);
  EXPECT_NE(in.source.damage[1].what.find("from 1 to 3, found 9"), std::string::npos)
      << in.source.damage[1].what;
  EXPECT_EQ(in.closes.size(), 1U);
}

}  // namespace
}  // namespace dropscope
