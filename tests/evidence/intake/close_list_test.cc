#include "evidence/intake/close_list.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dropscope {
namespace {

RawClose raw_close(std::uint64_t place, std::string device, std::string reason,
                   std::string owner = {}) {
  RawClose raw;
  raw.close.place = place;
  raw.close.by = CloseBy::Server;
  raw.owner = std::move(owner);
  raw.device = std::move(device);
  raw.server_name = "ex01";
  raw.user = "anna";
  raw.reason = std::move(reason);
  return raw;
}

/// Owners by name, in order of first use.
struct Owners {
  std::map<std::string, std::uint32_t> names;
  std::uint32_t operator()(const std::string& name) {
    return names.try_emplace(name, static_cast<std::uint32_t>(names.size())).first->second;
  }
};

TEST(CloseList, GivesBackWhatItWasGiven) {
  CloseList list;
  EXPECT_TRUE(list.empty());
  list.push_back(raw_close(1, "lb1", "cD"));
  list.push_back(raw_close(2, "lb2", "cD", "PC7"));
  list.set_protocol(1, "MAPI/HTTP");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].device, "lb1");
  EXPECT_EQ(list[0].owner, "");
  EXPECT_EQ(list[0].protocol, "");
  EXPECT_EQ(list[1].close.place, 2U);
  EXPECT_EQ(list[1].close.by, CloseBy::Server);
  EXPECT_EQ(list[1].device, "lb2");
  EXPECT_EQ(list[1].server_name, "ex01");
  EXPECT_EQ(list[1].user, "anna");
  EXPECT_EQ(list[1].reason, "cD");
  EXPECT_EQ(list[1].owner, "PC7");
  EXPECT_EQ(list[1].protocol, "MAPI/HTTP");
  std::vector<std::string> devices;
  for (const RawClose& raw : list) devices.push_back(raw.device);
  EXPECT_EQ(devices, (std::vector<std::string>{"lb1", "lb2"}));
}

TEST(CloseList, MovesBehindWhatIsThere) {
  StringPool strings;
  std::vector<Close> all;
  Owners owners;
  const auto name_owner = [&](const std::string& name) { return owners(name); };
  CloseList first;
  first.push_back(raw_close(1, "lb1", "cD"));
  first.push_back(raw_close(2, "lb1", "sD", "PC7"));
  first.move_to(all, strings, name_owner);
  EXPECT_TRUE(first.empty());
  CloseList second;
  // Other ids than the first list's for the same words.
  second.push_back(raw_close(3, "", "sD", "PC8"));
  second.push_back(raw_close(4, "lb1", "cD", "PC7"));
  second.move_to(all, strings, name_owner);
  CloseList none;
  none.move_to(all, strings, name_owner);

  ASSERT_EQ(all.size(), 4U);
  std::vector<std::string> shown;
  for (const Close& close : all) {
    const std::string owner = close.owner == Close::kNobody ? "-" : std::to_string(close.owner);
    shown.push_back(std::to_string(close.place) + " " + strings.at(close.device) + " " +
                    strings.at(close.server_name) + " " + strings.at(close.reason) + " " + owner);
  }
  EXPECT_EQ(shown, (std::vector<std::string>{"1 lb1 ex01 cD -", "2 lb1 ex01 sD 0", "3  ex01 sD 1",
                                             "4 lb1 ex01 cD 0"}));
  // Names of computers are not among the strings.
  EXPECT_EQ(strings.size(), 6U);
}

TEST(CloseList, IdsFollowTheOrderOfUse) {
  StringPool strings;
  std::vector<Close> all;
  CloseList list;
  list.push_back(raw_close(1, "lb1", "cD"));
  list.set_protocol(0, "unused");
  list.set_protocol(0, "HTTP");
  list.move_to(all, strings, [](const std::string&) { return 0U; });
  const StringId first = all[0].device;
  EXPECT_EQ(first, 1U);
  EXPECT_EQ(all[0].server_name, first + 1);
  EXPECT_EQ(all[0].user, first + 2);
  EXPECT_EQ(all[0].reason, first + 3);
  EXPECT_EQ(all[0].protocol, first + 4);
  EXPECT_EQ(strings.at(all[0].protocol), "HTTP");
}

}  // namespace
}  // namespace dropscope
