#include "present/digest.h"

#include <gtest/gtest.h>

#include "present/svg/timeline.h"
#include "sample_diagnosis.h"

namespace dropscope {

namespace {

Instant at(std::int64_t s) {
  return instant_from_unix(1'700'000'000 + s);
}

Evidence evidence_with_log(std::int64_t first, std::int64_t last) {
  Evidence e;
  e.computers.push_back({});
  Coverage c;
  c.channel = e.strings.add("Application");
  c.first = at(first);
  c.last = at(last);
  e.coverage.push_back(c);
  return e;
}

}  // namespace

TEST(ConnectionStates, LayersWithoutGaps) {
  const Evidence e = evidence_with_log(100, 1000);
  ComputerEpisodes episodes;
  episodes.watches = {{at(100), at(500)}, {at(700), at(1000)}};
  episodes.uptimes = {{at(150), at(300), Edge::AppStart, Edge::Lost, 0, 0}};
  episodes.outages = {{at(300), at(320), Edge::Restored, 0, 0}};
  const std::vector<StateSpan> spans = connection_states(e, episodes, at(0), at(1100));
  const std::vector<std::pair<std::int64_t, State>> expected = {
      {0, State::Unobserved}, {100, State::Idle},       {150, State::Connected},
      {300, State::Lost},     {320, State::Idle},       {500, State::Off},
      {700, State::Idle},     {1000, State::Unobserved}};
  ASSERT_EQ(spans.size(), expected.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    EXPECT_EQ(spans[i].begin, at(expected[i].first)) << i;
    EXPECT_EQ(spans[i].state, expected[i].second) << i;
    if (i > 0) {
      EXPECT_EQ(spans[i].begin, spans[i - 1].end);
    }
  }
  EXPECT_EQ(spans.back().end, at(1100));
}

TEST(ConnectionStates, NothingKnownIsUnobserved) {
  Evidence e;
  const std::vector<StateSpan> spans = connection_states(e, {}, at(0), at(10));
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].state, State::Unobserved);
  EXPECT_TRUE(connection_states(e, {}, at(10), at(10)).empty());
}

TEST(Digest, CountsSourcesAndComputers) {
  const testing::Sample s = testing::fleet_sample();
  const Digest digest(s.input());
  EXPECT_EQ(digest.computers.size(), 40u);
  EXPECT_EQ(digest.computers_with_losses, 31u);
  EXPECT_EQ(digest.sources_damaged, 1u);
  EXPECT_EQ(digest.sources_unreadable, 1u);
  EXPECT_GE(digest.computers[0].diagnosis->frequency.losses,
            digest.computers[1].diagnosis->frequency.losses);
  EXPECT_EQ(uptime_lengths(digest, true).size(), s.diagnosis.frequency.uptimes.n);
}

TEST(ChooseDays, EndsWithTheLastLossAndSaysWhatIsLeftOut) {
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  const Span observed = {at(0), at(100 * 86400)};
  ComputerEpisodes episodes;
  episodes.outages.push_back({at(50 * 86400), at(50 * 86400 + 60), Edge::Restored, 0, 0});
  const DayRows rows = choose_days(observed, episodes, berlin, 42);
  ASSERT_EQ(rows.days.size(), 42u);
  EXPECT_EQ(rows.left_out, 59u);
  EXPECT_LE(rows.days.back(), episodes.outages[0].lost);
  EXPECT_GT(rows.days.back() + std::chrono::hours(25), episodes.outages[0].lost);
}

// The last Sunday of October has 25 hours in Berlin, the last of March 23; each is one row.
TEST(ChooseDays, FollowsDaylightSaving) {
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  for (const char* begin : {"2024-10-25T12:00:00Z", "2024-03-29T12:00:00Z"}) {
    const Instant first = parse_utc(begin).value();
    const DayRows rows = choose_days({first, first + std::chrono::hours(24 * 4)}, {}, berlin, 42);
    ASSERT_EQ(rows.days.size(), 5u);
    for (const Instant day : rows.days) EXPECT_EQ(berlin.to_local(day).hour, 0);
  }
}

}  // namespace dropscope
