#include "formats/watch_record/entry.h"

#include <gtest/gtest.h>

#include <vector>

namespace dropscope::watch_record {
namespace {

Entry entry_of(Kind kind) {
  Entry out;
  out.kind = kind;
  out.time = instant_from_unix(1'790'000'000) + std::chrono::milliseconds{250};
  return out;
}

std::vector<Entry> examples() {
  Entry start = entry_of(Kind::Start);
  start.version = "1";
  start.computer = "PC01";
  start.zone = "Europe/Berlin";
  start.command = "dropscope watch mail.example:443";
  start.sessions = {{"mail.example", 443, "192.0.2.7:443"}};
  start.send_every_s = 60;
  start.keep_alive_s = 120;
  Entry first = entry_of(Kind::Up);
  first.session = 1;
  first.local = "192.0.2.9:50000";
  Entry again = first;
  again.down_s = 1.5;
  Entry moved = again;
  moved.address = "[2001:db8::7]:443";
  Entry lost = entry_of(Kind::Lost);
  lost.session = 1;
  lost.local = "[2001:db8::9]:50000";
  lost.cause = Cause::TimeOut;
  lost.text = "Connection timed out";
  lost.idle_s = 300.25;
  lost.age_s = 900;
  Entry failed = entry_of(Kind::Failed);
  failed.session = 1;
  failed.cause = Cause::Refused;
  Entry gap = entry_of(Kind::Gap);
  gap.gap_s = -3;
  Entry stop = entry_of(Kind::Stop);
  stop.reason = "interrupted";
  return {start, first, again, lost, failed, entry_of(Kind::Alive), gap, moved, stop};
}

TEST(WatchEntry, IsReadAsItWasWritten) {
  for (const Entry& before : examples()) {
    const std::string line = write(before);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    const auto after = read(line);
    ASSERT_TRUE(after) << after.error().message << " in " << line;
    EXPECT_EQ(*after, before) << line;
  }
}

TEST(WatchEntry, IsRecognisedByItsFirstLine) {
  EXPECT_TRUE(is_record(as_bytes(write(examples().front()))));
  EXPECT_FALSE(is_record(as_bytes(write(examples().back()))));
  EXPECT_FALSE(is_record({}));
}

TEST(WatchEntry, SaysWhatIsWrong) {
  const std::string start = write(examples().front());
  const std::string lost = write(examples()[3]);
  const auto changed = [](std::string line, const std::string& from, const std::string& to) {
    const std::size_t at = line.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    line.replace(at, from.size(), to);
    const auto entry = read(line);
    EXPECT_FALSE(entry) << line;
    return entry ? std::string() : entry.error().message;
  };
  EXPECT_NE(changed(lost, "time-out", "timeout").find("\"cause\""), std::string::npos);
  EXPECT_NE(changed(lost, "300.25", "-1").find("\"idle_s\""), std::string::npos);
  EXPECT_NE(changed(lost, "300.25", "1e300").find("\"idle_s\""), std::string::npos);
  EXPECT_NE(changed(lost, "[2001:db8::9]:50000", "here").find("\"local\""), std::string::npos);
  EXPECT_NE(changed(lost, "\"session\":1", "\"session\":0").find("\"session\""), std::string::npos);
  EXPECT_NE(changed(start, "\"PC01\"", "\"\"").find("\"computer\""), std::string::npos);
  EXPECT_NE(changed(start, "443,", "70000,").find("\"sessions\""), std::string::npos);
  EXPECT_NE(changed(start, ".watch/1", ".watch/2").find("reads dropscope.watch/1"),
            std::string::npos);
  EXPECT_FALSE(read("{"));
  EXPECT_FALSE(read("[]"));
  EXPECT_EQ(read(lost.substr(0, 40)).error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace dropscope::watch_record
