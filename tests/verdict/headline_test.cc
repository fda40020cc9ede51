// The sentence at the top: no surer than what it rests on.

#include <gtest/gtest.h>

#include "verdict/statements.h"

namespace dropscope {
namespace {

class HeadlineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalogue::load();
    ASSERT_TRUE(loaded) << loaded.error().text();
    catalogue_ = std::move(*loaded);
    auto& interval = diagnosis_.interval;
    interval.rhythm = Rhythm::FixedAge;
    interval.seconds = 14'400;
    interval.probability = 0.9;
    interval.alternatives = {{Rhythm::Clock, 86'400, 0.02}, {Rhythm::Idle, 14'400, 0.31}};
  }
  [[nodiscard]] std::string headline(Outcome outcome = Outcome::FixedAge) const {
    const Case c{evidence_, catalogue_, catalogue_.profiles.front(), diagnosis_};
    return write_headline(c, outcome, {});
  }
  [[nodiscard]] Statement interval() const {
    return tell_interval({evidence_, catalogue_, catalogue_.profiles.front(), diagnosis_});
  }
  [[nodiscard]] Statement frequency() const {
    return tell_frequency({evidence_, catalogue_, catalogue_.profiles.front(), diagnosis_});
  }

  Evidence evidence_;
  Catalogue catalogue_;
  Diagnosis diagnosis_;
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(HeadlineTest, AKindThatIsSureIsToldPlainly) {
  EXPECT_TRUE(holds(headline(), "Connections end at an age of 4 h"));
  EXPECT_FALSE(holds(headline(), "% sure"));
}

TEST_F(HeadlineTest, AKindThatIsNotSureNamesTheNextOne) {
  diagnosis_.interval.probability = 0.53;
  for (const Outcome outcome : {Outcome::FixedAge, Outcome::IdleTimer, Outcome::ClockSchedule}) {
    const std::string text = headline(outcome);
    EXPECT_TRUE(holds(text, "This is only 53 % sure")) << text;
    EXPECT_TRUE(holds(text, "an inactivity timer of 4 h (31 %).")) << text;
  }
  diagnosis_.interval.alternatives.clear();
  EXPECT_FALSE(holds(headline(), "% sure"));
}

TEST_F(HeadlineTest, TwoTimersAreBothNamed) {
  diagnosis_.interval.rhythm = Rhythm::Mixed;
  diagnosis_.interval.probability = 0.53;
  diagnosis_.interval.timers = 2;
  EXPECT_EQ(headline(),
            "Two timers are at work at once: fixed times of the clock every 1 d and an inactivity "
            "timer of 4 h.");
  diagnosis_.interval.timers = 1;
  EXPECT_EQ(headline(), "Two timers are at work at once; the one that shows more has 4 h.");
}

TEST_F(HeadlineTest, AClockIsToldWithItsTimes) {
  diagnosis_.interval.rhythm = Rhythm::Clock;
  diagnosis_.interval.seconds = 3'600;
  EXPECT_TRUE(holds(headline(Outcome::ClockSchedule), "at fixed times, every 60 min: something"));
  diagnosis_.interval.times = {300, 2'700};
  const std::string_view times = "every 60 min at xx:05, xx:45 local time: something";
  EXPECT_TRUE(holds(headline(Outcome::ClockSchedule), times));
  EXPECT_TRUE(holds(interval().text, times)) << interval().text;
}

TEST_F(HeadlineTest, ACycleIsNoAge) {
  diagnosis_.interval.rhythm = Rhythm::Period;
  EXPECT_TRUE(holds(headline(), "a cycle of 4 h"));
  EXPECT_FALSE(holds(headline(), "age"));
}

TEST_F(HeadlineTest, OtherReadingsOfTheIntervalHaveTheirLengths) {
  const std::string text = interval().text;
  EXPECT_TRUE(holds(text, "Also possible: an inactivity timer of 4 h (31 %).")) << text;
}

TEST_F(HeadlineTest, QuartilesThatReadTheSameAreInSeconds) {
  diagnosis_.frequency.uptimes = {.n = 9, .p25 = 14'391, .median = 14'400, .p75 = 14'409};
  EXPECT_TRUE(holds(frequency().text, "half between 14391 s and 14409 s")) << frequency().text;
  diagnosis_.frequency.uptimes.p25 = diagnosis_.frequency.uptimes.p75 = 14'400;
  EXPECT_TRUE(holds(frequency().text, "half of them just so long")) << frequency().text;
  diagnosis_.frequency.uptimes.p75 = 18'000;
  EXPECT_TRUE(holds(frequency().text, "half between 4 h and 5 h")) << frequency().text;
}

}  // namespace
}  // namespace dropscope
