#include "formats/loss_cases/loss_cases.h"

#include <gtest/gtest.h>

namespace dropscope::loss_cases {
namespace {

TEST(LossCases, ReadsAClientWithPeers) {
  const auto one = read_line(
      R"({"id":"a","tz":"Europe/Berlin","events":[{"lost":10.5,"restored":12},{"lost":20,"restored":null}],"peers":[[1,2],[]],"note":7})");
  ASSERT_TRUE(one) << one.error().text();
  EXPECT_EQ(one->id, "a");
  EXPECT_FALSE(one->is_fleet);
  ASSERT_EQ(one->clients.size(), 1U);
  EXPECT_EQ(one->clients[0].zone, "Europe/Berlin");
  ASSERT_EQ(one->clients[0].events.size(), 2U);
  EXPECT_EQ(one->clients[0].events[0].lost, 10.5);
  EXPECT_TRUE(one->clients[0].events[0].has_restored);
  EXPECT_FALSE(one->clients[0].events[1].has_restored);
  EXPECT_EQ(one->peers.size(), 2U);
}

TEST(LossCases, ReadsAFleet) {
  const auto one = read_line(
      R"({"id":"f","clients":[{"client":"x","events":[]},{"client":"y","tz":"UTC","events":[{"lost":1}]}]})");
  ASSERT_TRUE(one) << one.error().text();
  EXPECT_TRUE(one->is_fleet);
  EXPECT_EQ(one->clients.size(), 2U);
}

TEST(LossCases, DropsARestoreBeforeItsLoss) {
  const auto one = read_line(R"({"id":"a","events":[{"lost":10,"restored":9}]})");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->dropped_restores, 1U);
  EXPECT_FALSE(one->clients[0].events[0].has_restored);
}

TEST(LossCases, SaysWhatIsWrong) {
  const auto message = [](std::string_view line) {
    const auto one = read_line(line);
    return one ? std::string("read") : one.error().message;
  };
  EXPECT_NE(message(R"({"id":"a","events":[{"lost":-5}]})").find("event 1 is -5"),
            std::string::npos);
  EXPECT_NE(message(R"({"id":"a","events":[{"lost":NaN}]})").find("NaN"), std::string::npos);
  EXPECT_NE(message(R"({"id":"a","events":[{"lost":"x"}]})").find("number"), std::string::npos);
  EXPECT_NE(message(R"({"id":"a"})").find("events"), std::string::npos);
  EXPECT_NE(message(R"({"events":[]})").find("id"), std::string::npos);
  EXPECT_NE(message(R"({"id":"a","events":[{"lost":1},)").find("JSON"), std::string::npos);
  EXPECT_NE(message(R"({"id":"a","clients":3})").find("clients"), std::string::npos);
  EXPECT_NE(message(std::string(100'000, '[')).find("deep"), std::string::npos);
}

}  // namespace
}  // namespace dropscope::loss_cases
