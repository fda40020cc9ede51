// Properties of the world: what each cause may and may not do to a connection.

#include "simulate/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

namespace dropscope::simulation {
namespace {

Scenario scenario_of(const std::string& more) {
  Result<Scenario> s = parse_scenario(
      "schema = 1\nname = \"t\"\nstart = \"2025-09-01\"\ntime_zone = \"Europe/Berlin\"\n" + more,
      "s.toml");
  EXPECT_TRUE(s) << s.error().text();
  return s ? *s : Scenario{};
}

ClientHistory history_of(const Scenario& s, unsigned client = 0) {
  return live(s, make_outages(s), make_client(s, client));
}

double uptime(const Loss& loss) {
  return seconds_between(loss.connected, loss.lost);
}

std::vector<Instant> lost_times(const ClientHistory& history) {
  std::vector<Instant> times;
  for (const Loss& loss : history.losses) times.push_back(loss.lost);
  return times;
}

constexpr const char* kIdle =
    "days = 14\n[fleet]\ncomputers = 20\n[client]\non_at_night = 0.5\n"
    "[activity]\nuser_every_min = 14\nmail_every_min = 60\n"
    "[[cause]]\nkind = \"idle\"\nseconds = 3600\n";

TEST(World, IdleTimerNeverEndsAConnectionEarly) {
  Scenario s = scenario_of(kIdle);
  std::size_t near_timer = 0;
  std::size_t all = 0;
  for (unsigned c = 0; c < 20; ++c) {
    ClientHistory h = history_of(s, c);
    for (const Loss& loss : h.losses) {
      EXPECT_GE(uptime(loss), 3600);
      // No traffic in the hour before the device closed it.
      auto next = std::upper_bound(h.traffic.begin(), h.traffic.end(),
                                   loss.closed - std::chrono::minutes(60));
      EXPECT_TRUE(next == h.traffic.end() || *next > loss.closed - std::chrono::seconds(1));
      ++all;
      near_timer += uptime(loss) < 3640;
    }
  }
  EXPECT_GT(all, 300u);
  EXPECT_GT(near_timer * 3, all) << "uptimes pile up just above the timer";
  EXPECT_LT(near_timer * 10, all * 9) << "and have a tail";
}

TEST(World, LossesOfOneClientAreInOrderAndInsideOutlook) {
  Scenario s = scenario_of(
      "days = 20\n[fleet]\ncomputers = 10\n[client]\nsleeps_after_min = 30\nslow_reconnect = 0.2\n"
      "[[cause]]\nkind = \"idle\"\nseconds = 1800\n[[cause]]\nkind = \"random\"\nper_day = 6\n"
      "[[cause]]\nkind = \"wifi\"\nper_day = 2\nwhere = { adapter = \"Ethernet\" "
      "}\n[[cause]]\nkind = \"sleep\"\n"
      "[[cause]]\nkind = \"outage\"\nper_day = 0.5\n[[cause]]\nkind = \"burst\"\nper_day = 0.3\n");
  std::map<int, int> of_cause;
  for (unsigned c = 0; c < 10; ++c) {
    ClientHistory h = history_of(s, c);
    for (std::size_t i = 0; i < h.losses.size(); ++i) {
      const Loss& loss = h.losses[i];
      ++of_cause[loss.cause];
      EXPECT_LE(loss.connected, loss.closed);
      EXPECT_LE(loss.closed, loss.lost);
      if (loss.restored) {
        EXPECT_LT(loss.lost, *loss.restored);
      }
      if (i > 0 && h.losses[i - 1].restored) {
        EXPECT_LE(*h.losses[i - 1].restored, loss.lost);
      }
      bool inside = std::any_of(h.calendar.outlook.begin(), h.calendar.outlook.end(),
                                [&](const OutlookSession& o) {
                                  return o.span.from <= loss.lost && loss.lost < o.span.to;
                                });
      bool powered = std::any_of(
          h.calendar.powered.begin(), h.calendar.powered.end(),
          [&](const PoweredSpan& p) { return p.span.from <= loss.lost && loss.lost < p.span.to; });
      EXPECT_TRUE(inside && powered);
    }
  }
  for (int cause = 0; cause < 6; ++cause) EXPECT_GT(of_cause[cause], 0) << "cause " << cause;
}

TEST(World, SilentDropIsNoticedByUseOrKeepAlive) {
  Scenario s = scenario_of(
      "days = 14\n[client]\non_at_night = 1\non_at_weekend = 1\n[activity]\nmail_night_every_min = "
      "600\n"
      "[[cause]]\nkind = \"idle\"\nseconds = 3600\nsilent = true\n");
  ClientHistory h = history_of(s);
  ASSERT_GT(h.losses.size(), 20u);
  std::size_t at_keep_alive = 0;
  for (const Loss& loss : h.losses) {
    EXPECT_GT(seconds_between(loss.closed, loss.lost), 5);
    // Two hours after the last traffic, plus ten probes, at the latest.
    EXPECT_LE(seconds_between(loss.closed, loss.lost), 3600 + 10 + 1.0);
    at_keep_alive += uptime(loss) > 7205 && uptime(loss) < 7230;
  }
  EXPECT_GT(at_keep_alive * 3, h.losses.size());
}

TEST(World, KeepAliveShorterThanTheTimerPreventsLosses) {
  Scenario s = scenario_of(
      "days = 14\n[client]\non_at_night = 1\nkeep_alive_s = 900\n[[cause]]\nkind = "
      "\"idle\"\nseconds = 3600\n");
  EXPECT_TRUE(history_of(s).losses.empty());
}

TEST(World, ProtocolLabelChangesNothingUnlessItShapesTraffic) {
  auto text = [](const char* protocol, const char* shapes) {
    return std::string("days = 14\n[client]\non_at_night = 0.6\nprotocol = \"") + protocol +
           "\"\nprotocol_shapes_traffic = " + shapes +
           "\n[[cause]]\nkind = \"idle\"\nseconds = 3600\n";
  };
  std::vector<Instant> tcp = lost_times(history_of(scenario_of(text("RPC/TCP", "false"))));
  std::vector<Instant> mapi = lost_times(history_of(scenario_of(text("MAPI/HTTP", "false"))));
  ASSERT_FALSE(tcp.empty());
  EXPECT_EQ(tcp, mapi);
  EXPECT_EQ(tcp, lost_times(history_of(scenario_of(text("RPC/TCP", "true")))));
  EXPECT_TRUE(history_of(scenario_of(text("MAPI/HTTP", "true"))).losses.empty());
  EXPECT_TRUE(history_of(scenario_of(text("RPC/HTTP", "true"))).losses.empty());
}

TEST(World, NoiseOfOtherKindsDoesNotMoveLosses) {
  std::vector<Instant> quiet = lost_times(history_of(scenario_of(kIdle)));
  EXPECT_EQ(quiet,
            lost_times(history_of(scenario_of(
                std::string(kIdle) + "[noise]\napplication_per_day = 500\nalerts_per_day = 9\n"))));
}

TEST(World, ComputerIsTheSameInALargerFleet) {
  Scenario small = scenario_of(kIdle);
  Scenario large = small;
  large.fleet.computers = 5000;
  EXPECT_EQ(lost_times(history_of(small, 7)), lost_times(history_of(large, 7)));
}

TEST(World, FixedAgeDoesNotCareAboutTraffic) {
  Scenario s = scenario_of(
      "days = 14\n[client]\non_at_night = 0.5\n[activity]\nuser_every_min = 1\nmail_every_min = 2\n"
      "[[cause]]\nkind = \"fixed-age\"\nseconds = 5400\njitter_s = 3\n");
  ClientHistory h = history_of(s);
  ASSERT_GT(h.losses.size(), 30u);
  for (const Loss& loss : h.losses) EXPECT_NEAR(uptime(loss), 5400, 4);
}

TEST(World, ClockFollowsTheWallOverAChangeOfOffset) {
  Result<Scenario> s = parse_scenario(
      "schema = 1\nname = \"t\"\nstart = \"2025-10-20\"\ndays = 14\ntime_zone = \"Europe/Berlin\"\n"
      "[client]\non_at_night = 1\non_at_weekend = 1\nslow_reconnect = 0\n"
      "[[cause]]\nkind = \"clock\"\nat = [\"03:30\", \"15:00\"]\njitter_s = 5\n",
      "s.toml");
  ASSERT_TRUE(s) << s.error().text();
  ClientHistory h = history_of(*s);
  EXPECT_GE(h.losses.size(), 26u);
  for (const Loss& loss : h.losses) {
    CivilTime local = s->zone.to_local(loss.lost);
    EXPECT_TRUE((local.hour == 3 && local.minute == 30) || (local.hour == 15 && local.minute == 0));
    EXPECT_LT(local.second, 7);
  }
}

TEST(World, PeriodKeepsItsPhaseAcrossReconnects) {
  Scenario s = scenario_of(
      "days = 7\n[client]\non_at_night = 1\non_at_weekend = 1\nslow_reconnect = 0\n"
      "[[cause]]\nkind = \"period\"\nseconds = 5000\njitter_s = 0\n");
  ClientHistory h = history_of(s);
  ASSERT_GT(h.losses.size(), 50u);
  for (std::size_t i = 1; i < h.losses.size(); ++i) {
    EXPECT_NEAR(seconds_between(h.losses[i - 1].closed, h.losses[i].closed), 5000, 0.001);
  }
}

TEST(World, OutageTakesEverybodyAndOutlookRetriesOnItsGrid) {
  Scenario s = scenario_of(
      "days = 3\n[fleet]\ncomputers = 10\n[client]\nabsent = 0\nslow_reconnect = 0\n"
      "[[cause]]\nkind = \"outage\"\nat = \"2025-09-02 10:00\"\nduration_s = 1200\nspread_s = "
      "30\n");
  for (unsigned c = 0; c < 10; ++c) {
    ClientHistory h = history_of(s, c);
    ASSERT_EQ(h.losses.size(), 1u);
    const Loss& loss = h.losses[0];
    EXPECT_EQ(s.zone.format(loss.closed).substr(0, 15), "2025-09-02 10:0");
    ASSERT_TRUE(loss.restored);
    // 300 s are too early, the next attempt is 900 s later.
    EXPECT_NEAR(seconds_between(loss.lost, *loss.restored), 1200 + 2, 3);
  }
}

TEST(World, FixedLossesStopAfterThatMany) {
  Scenario s = scenario_of(std::string("fixed_losses = 4\n") + kIdle);
  for (unsigned c = 0; c < 5; ++c) EXPECT_EQ(history_of(s, c).losses.size(), 4u);
}

TEST(World, CausesAreLimitedToTheirPlaceAndTime) {
  Scenario s = scenario_of(
      "days = 14\n[fleet]\ncomputers = 20\nlaptops = 0.5\n[[fleet.office]]\nname = "
      "\"A\"\n[[fleet.office]]\n"
      "name = \"B\"\n[client]\non_at_night = 1\n[[cause]]\nkind = \"idle\"\nseconds = 1200\n"
      "start = \"2025-09-03\"\nend = \"2025-09-05 12:00\"\nwhere = { office = \"B\", kind = "
      "\"laptop\" }\n");
  std::size_t concerned = 0;
  for (unsigned c = 0; c < 20; ++c) {
    Client client = make_client(s, c);
    ClientHistory h = history_of(s, c);
    if (client.office == "B" && client.kind == "laptop") {
      ++concerned;
      EXPECT_FALSE(h.losses.empty());
    } else {
      EXPECT_TRUE(h.losses.empty()) << client.name;
    }
    for (const Loss& loss : h.losses) {
      EXPECT_GE(s.zone.format(loss.closed), "2025-09-03");
      EXPECT_LT(s.zone.format(loss.closed), "2025-09-05 12:01");
    }
  }
  EXPECT_GT(concerned, 2u);
}

TEST(World, OfficesHaveTheirSharesAndZones) {
  Scenario s = scenario_of(
      "days = 2\n[fleet]\ncomputers = 100\n[[fleet.office]]\nname = \"Berlin\"\nshare = 3\n"
      "[[fleet.office]]\nname = \"New York\"\nshare = 1\ntime_zone = \"America/New_York\"\n");
  std::map<std::string, int> count;
  for (unsigned c = 0; c < 100; ++c) ++count[make_client(s, c).office];
  EXPECT_EQ(count["Berlin"], 75);
  EXPECT_EQ(count["New York"], 25);
  EXPECT_EQ(make_client(s, 99).zone.name(), "America/New_York");
  EXPECT_EQ(make_client(s, 99).name, "PCNEW100");
}

// The example that the documentation and the demo rest on.
TEST(World, IdleExampleHasAsManyLossesAsItPromises) {
  std::filesystem::path folder =
      std::filesystem::path(DROPSCOPE_SOURCE_DIR) / "tests" / "scenarios";
  Result<Scenario> tcp = load_scenario(folder / "idle-60min.toml");
  Result<Scenario> mapi = load_scenario(folder / "idle-60min-mapi.toml");
  ASSERT_TRUE(tcp) << tcp.error().text();
  ASSERT_TRUE(mapi) << mapi.error().text();
  ClientHistory h = history_of(*tcp);
  EXPECT_GE(h.losses.size(), 60u);
  EXPECT_LE(h.losses.size(), 110u);
  EXPECT_EQ(lost_times(h), lost_times(history_of(*mapi)));
  EXPECT_EQ(make_client(*mapi, 0).protocol, "MAPI/HTTP");
}

}  // namespace
}  // namespace dropscope::simulation
