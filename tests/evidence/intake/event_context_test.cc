// What events near a loss say: where an id's meaning is disputed, the text decides.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/event_collector.h"

namespace dropscope {
namespace {

struct Told {
  std::string provider;
  std::uint16_t id;
  std::string channel;
  std::vector<std::string> items;
  std::string message;
};

std::string context_of(const Told& told) {
  static const Catalogue kCatalogue = [] {
    auto loaded = Catalogue::load();
    EXPECT_TRUE(loaded) << loaded.error().text();
    return std::move(*loaded);
  }();
  static const EventMatcher kMatcher(kCatalogue);
  SourceIntake out;
  EventCollector collector(kMatcher, out);
  EventRecord record;
  record.time = instant_from_unix(1'700'000'000);
  record.event_id = told.id;
  record.provider = told.provider;
  record.channel = told.channel;
  record.computer = "PC01";
  record.message = told.message;
  std::vector<DataItem> items;
  for (const std::string& item : told.items) items.push_back({"", item});
  collector.add(record, items);
  if (out.events.empty()) return "not kept";
  EXPECT_EQ(out.events[0].event.meaning, Meaning::Context);
  return std::string(to_string(out.events[0].event.context));
}

constexpr const char* kWlan = "Microsoft-Windows-WLAN-AutoConfig";
constexpr const char* kWlanLog = "Microsoft-Windows-WLAN-AutoConfig/Operational";
constexpr const char* kNcsi = "Microsoft-Windows-NCSI";
constexpr const char* kNcsiLog = "Microsoft-Windows-NCSI/Operational";

TEST(EventContext, IdsThatAreClearDecide) {
  EXPECT_EQ(context_of({kWlan, 8003, kWlanLog, {"Corp"}, ""}), "wifi-down");
  EXPECT_EQ(context_of({kWlan, 8001, kWlanLog, {"Corp"}, ""}), "wifi-up");
  EXPECT_EQ(context_of({"RasClient", 20226, "Application", {"vpn"}, ""}), "vpn-end");
  EXPECT_EQ(context_of({"e1dexpress", 27, "System", {"Intel(R)"}, ""}), "link-down");
  EXPECT_EQ(context_of({"Microsoft-Windows-Dhcp-Client", 1003, "System", {}, ""}), "dhcp-lost");
  EXPECT_EQ(context_of({"Microsoft-Windows-NetworkProfile",
                        10001,
                        "Microsoft-Windows-NetworkProfile/Operational",
                        {"corp"},
                        ""}),
            "network-down");
  EXPECT_EQ(context_of({"MSExchangeIS", 9646, "Application", {"anna"}, ""}), "server-limit");
}

TEST(EventContext, TheTextDecidesWhereIdsAreDisputed) {
  for (const std::uint16_t id : std::vector<std::uint16_t>{11002, 11005, 11006}) {
    EXPECT_EQ(context_of({kWlan, id, kWlanLog, {"Corp"}, "Wireless security failed."}),
              "wifi-failed");
    EXPECT_EQ(context_of({kWlan, id, kWlanLog, {"Corp"}, "Wireless security succeeded."}),
              "wifi-security");
    EXPECT_EQ(context_of({kWlan, id, kWlanLog, {"Corp"}, ""}), "wifi-security");
  }
  EXPECT_EQ(context_of({kNcsi, 4042, kNcsiLog, {}, "Capability: None ChangeReason: 3"}),
            "no-internet");
  EXPECT_EQ(context_of({kNcsi, 4042, kNcsiLog, {"ActiveHttpProbeSucceeded"}, ""}), "internet");
  EXPECT_EQ(context_of({kNcsi, 4042, kNcsiLog, {"7"}, ""}), "internet-state");
}

TEST(EventContext, WordsOfTheProductAreNeeded) {
  const std::string scm = "Service Control Manager";
  EXPECT_EQ(context_of({scm, 7031, "System", {"Microsoft Exchange RPC Client Access"}, ""}),
            "server-service");
  EXPECT_EQ(context_of({scm, 7031, "System", {"Print Spooler"}, ""}), "not kept");
  EXPECT_EQ(
      context_of({"Microsoft-Windows-WAS", 5074, "System", {"MSExchangeRpcProxyAppPool"}, ""}),
      "server-recycle");
  EXPECT_EQ(context_of({"Microsoft-Windows-WAS", 5074, "System", {"DefaultAppPool"}, ""}),
            "not kept");
  EXPECT_EQ(context_of({"MsiInstaller", 1033, "Application", {"Microsoft Office 16"}, ""}),
            "program-changed");
}

TEST(EventContext, EveryContextOfTheBuiltInDataHasAKind) {
  const auto loaded = Catalogue::load();
  ASSERT_TRUE(loaded);
  for (const EventRule& rule : loaded->computer_events) {
    EXPECT_EQ(rule.context != ContextKind::None, rule.meaning == Meaning::Context)
        << rule.provider << ' ' << rule.ids.front();
  }
}

}  // namespace
}  // namespace dropscope
