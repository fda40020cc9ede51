#include "evidence/intake/capture_ages.h"

#include <gtest/gtest.h>

namespace dropscope {
namespace {

constexpr std::uint16_t kPort = 443;

/// A close `age` seconds after its opening and `silence` after its last data.
void add(CloseList& closes, double age, double silence, std::uint16_t port = kPort,
         CloseWhy why = CloseWhy::Idle) {
  const auto ticks = [](double seconds) {
    return std::chrono::duration_cast<Ticks>(std::chrono::duration<double>(seconds));
  };
  RawClose raw;
  raw.close.opened = instant_from_unix(1'700'000'000) + std::chrono::minutes{closes.size()};
  raw.close.time = raw.close.opened + ticks(age);
  raw.close.idle = ticks(silence);
  raw.close.server.port = port;
  raw.close.by = CloseBy::Server;
  raw.close.why = why;
  closes.push_back(raw);
}

std::size_t ages(const CloseList& closes) {
  std::size_t count = 0;
  for (const RawClose& raw : closes) count += raw.close.why == CloseWhy::Age ? 1U : 0U;
  return count;
}

TEST(CaptureAges, OneAgeAndManySilencesAreAnAge) {
  CloseList closes;
  for (const double silence : {11.0, 95.0, 312.0, 640.0, 900.0, 47.0}) add(closes, 7'201, silence);
  add(closes, 1'300, 60);
  tell_ages(closes);
  EXPECT_EQ(ages(closes), 6u);
  EXPECT_EQ(closes.kept(6).why, CloseWhy::Idle);
}

TEST(CaptureAges, OneSilenceIsAnIdleTimer) {
  CloseList closes;
  for (const double age : {3'600.0, 5'400.0, 3'601.0, 9'000.0, 20'000.0}) add(closes, age, 3'600);
  tell_ages(closes);
  EXPECT_EQ(ages(closes), 0u);
}

TEST(CaptureAges, ConnectionsThatWereNeverUsedStay) {
  CloseList closes;
  for (int i = 0; i < 8; ++i) add(closes, 3'600, 3'599);
  tell_ages(closes);
  EXPECT_EQ(ages(closes), 0u);
}

TEST(CaptureAges, FewEndsOrOneAgeAmongManyStay) {
  CloseList few;
  for (const double silence : {11.0, 95.0, 312.0, 640.0}) add(few, 7'201, silence);
  tell_ages(few);
  EXPECT_EQ(ages(few), 0u);
  CloseList many;
  for (const double silence : {11.0, 95.0, 312.0, 640.0, 900.0}) add(many, 7'201, silence);
  for (int i = 1; i <= 6; ++i) add(many, 400.0 * i, 40.0 * i);
  tell_ages(many);
  EXPECT_EQ(ages(many), 0u);
}

TEST(CaptureAges, EachServerHasItsOwnAndOtherEndsAreLeft) {
  CloseList closes;
  for (int i = 1; i <= 5; ++i) add(closes, 7'201, 90.0 * i, kPort);
  for (int i = 1; i <= 5; ++i) add(closes, 1'000.0 * i, 600, 135);
  for (int i = 1; i <= 5; ++i) add(closes, 900, 90.0 * i, 80, CloseWhy::Reset);
  tell_ages(closes);
  EXPECT_EQ(ages(closes), 5u);
}

TEST(CaptureAges, NothingOfNothing) {
  CloseList closes;
  tell_ages(closes);
  EXPECT_TRUE(closes.empty());
}

}  // namespace
}  // namespace dropscope
