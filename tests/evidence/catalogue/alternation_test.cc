// Two texts that nobody knows are told apart by how they alternate, and left alone when that is
// doubtful.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evidence/catalogue/classify.h"

namespace dropscope {
namespace {

/// Evidence in a language without a data file. Letters stand for events:
///   L and R  the two unknown texts     S  the application starts    X  it crashes
///   z        the computer sleeps       b  it boots                  T  a third unknown text
///   K        a known loss              .  ten minutes pass          _  ten hours pass
/// Each event takes ten seconds.
struct World {
  Evidence evidence;
  Catalogue catalogue;
  std::uint16_t event_id = 26;

  World() {
    Profile profile;
    profile.id = "outlook";
    catalogue.profiles.push_back(profile);
  }

  void computer(std::string_view script) {
    const auto index = static_cast<std::uint32_t>(evidence.computers.size());
    evidence.computers.push_back({});
    std::int64_t seconds = 0;
    const StringId provider = evidence.strings.add("Outlook");
    for (const char c : script) {
      if (c == '.') seconds += 600;
      if (c == '_') seconds += 36'000;
      if (c == '.' || c == '_' || c == ' ') continue;
      Event event;
      event.time = instant_from_unix(1'700'000'000 + seconds);
      event.computer = index;
      event.provider = provider;
      event.event_id = event_id;
      switch (c) {
        case 'L':
          event.text = evidence.strings.add("A kapcsolat megszakadt");
          break;
        case 'R':
          event.text = evidence.strings.add("A kapcsolat helyreállt");
          break;
        case 'T':
          event.text = evidence.strings.add("Jelszó szükséges");
          break;
        case 'S':
          event.meaning = Meaning::Started;
          break;
        case 'X':
          event.meaning = Meaning::Crashed;
          break;
        case 'K':
          event.meaning = Meaning::Lost;
          event.recognition = Recognition::Exact;
          break;
        case 'z':
          event.meaning = Meaning::Sleep;
          break;
        case 'b':
          event.meaning = Meaning::Boot;
          break;
        default:
          ADD_FAILURE() << "unknown letter " << c;
      }
      if (event.meaning != Meaning::Unclassified && event.recognition == Recognition::None) {
        event.recognition = Recognition::Id;
      }
      evidence.events.push_back(event);
      seconds += 10;
    }
  }

  std::size_t run(std::size_t min_pairs = 3) {
    return classify_by_alternation(evidence, catalogue, min_pairs);
  }

  /// What became of the events with this text: "lost", "restored", "unclassified" or "mixed".
  [[nodiscard]] std::string became(std::string_view text) const {
    std::string out;
    for (const Event& event : evidence.events) {
      if (evidence.strings.at(event.text) != text) continue;
      const std::string name(to_string(event.meaning));
      EXPECT_EQ(event.recognition, event.meaning == Meaning::Unclassified
                                       ? Recognition::None
                                       : Recognition::Alternation);
      if (out.empty()) out = name;
      if (out != name) out = "mixed";
    }
    return out;
  }
  [[nodiscard]] std::string lost() const { return became("A kapcsolat megszakadt"); }
  [[nodiscard]] std::string restored() const { return became("A kapcsolat helyreállt"); }
};

std::string outcome(std::string_view script, std::size_t min_pairs = 3) {
  World world;
  world.computer(script);
  const std::size_t marked = world.run(min_pairs);
  if (marked == 0) return "refused";
  EXPECT_EQ(marked,
            world.evidence.events.size() -
                static_cast<std::size_t>(std::count_if(
                    world.evidence.events.begin(), world.evidence.events.end(),
                    [](const Event& e) { return e.recognition != Recognition::Alternation; })));
  return world.lost() + " " + world.restored();
}

TEST(Alternation, TheTextThatEndsTheLongerGapsIsTheLoss) {
  EXPECT_EQ(outcome("L.R...... L.R...... L.R"), "lost restored");
  // Also when the log begins in the middle of an outage.
  EXPECT_EQ(outcome("R...... L.R...... L.R...... L."), "lost restored");
}

TEST(Alternation, TheFirstAfterAStartIsTheLoss) {
  // Outages as long as uptimes: the gaps say nothing, two starts do.
  EXPECT_EQ(outcome("S.L..R..L..R S..L..R"), "lost restored");
  EXPECT_EQ(outcome("S.L..R S..L..R S..L..R"), "lost restored");
}

TEST(Alternation, OneStartAloneIsNotEnough) {
  EXPECT_EQ(outcome("S.L..R..L..R..L..R"), "refused");
}

TEST(Alternation, OneStartWithTheGapsIs) {
  EXPECT_EQ(outcome("S.L.R......L.R......L.R"), "lost restored");
}

TEST(Alternation, SignsThatDisagreeDecideNothing) {
  // The line is down longer than it is up, so the gaps point the other way.
  EXPECT_EQ(outcome("S.L......R.L......R S.L......R.L......R"), "refused");
}

TEST(Alternation, SimilarGapsDecideNothing) {
  EXPECT_EQ(outcome("L..R..L..R..L..R..L..R"), "refused");
  EXPECT_EQ(outcome("L..R....L..R....L..R....L..R"), "refused");
}

TEST(Alternation, NeedsEnoughPairs) {
  EXPECT_EQ(outcome("L.R......L.R"), "refused");
  EXPECT_EQ(outcome("L.R......L.R......L"), "refused");
  EXPECT_EQ(outcome("L.R......L.R......L.R", 4), "refused");
  EXPECT_EQ(outcome("L.R......L.R......L.R......L.R", 4), "lost restored");
}

TEST(Alternation, MustBeStrict) {
  EXPECT_EQ(outcome("L.R......L.R......L.R......L.LR"), "refused");
  EXPECT_EQ(outcome("L.R......L.R...... R......L.R......L.R"), "refused");
}

TEST(Alternation, ARestartBeginsANewSession) {
  // Outlook was closed while disconnected, and connects in silence at its next start.
  EXPECT_EQ(outcome("S..L.R......L S......L.R......L.R......L.R"), "lost restored");
  EXPECT_EQ(outcome("L.R......L X......L.R......L.R"), "lost restored");
  EXPECT_EQ(outcome("L.R......L b......L.R......L.R"), "lost restored");
}

TEST(Alternation, AGapWithASleepInItIsNotMeasured) {
  // Each evening the loss comes just before the sleep; the nights must not count as outages.
  EXPECT_EQ(outcome("L.R......L z_R......L z_R......L z_R......L.R......L.R......L.R"),
            "lost restored");
  EXPECT_EQ(outcome("L_R......L_R......L_R......L_R......L.R......L.R"), "restored lost")
      << "without the sleep events the nights do look like uptimes";
}

TEST(Alternation, ExactlyTwoTexts) {
  EXPECT_EQ(outcome("L.R......L.R......T L.R......L.R"), "refused");
  EXPECT_EQ(outcome("L.L.L.L.L.L.L"), "refused");
}

TEST(Alternation, IdsAreKeptApart) {
  // The third text belongs to another kind of alert and does not disturb.
  World world;
  world.computer("L.R......L.R......L.R");
  world.event_id = 25;
  world.computer("T.T");
  for (Event& event : world.evidence.events) event.computer = 0;
  EXPECT_EQ(world.run(), 6u);
  EXPECT_EQ(world.lost(), "lost");
  EXPECT_EQ(world.became("Jelszó szükséges"), "unclassified");
}

TEST(Alternation, AKnownLanguageOnTheComputerForbidsIt) {
  EXPECT_EQ(outcome("K L.R......L.R......L.R"), "refused");
}

TEST(Alternation, WhatATextMeansHoldsOnAllComputers) {
  World world;
  world.computer("L.R......L.R......L.R");
  world.computer("L.R");         // Too few to tell.
  world.computer("R......L.T");  // Three texts.
  EXPECT_EQ(world.run(), 10u);
  EXPECT_EQ(world.lost(), "lost");
  EXPECT_EQ(world.restored(), "restored");
  EXPECT_EQ(world.became("Jelszó szükséges"), "unclassified");
}

TEST(Alternation, AChanceAlternationInAFleetIsRefused) {
  World world;
  for (int i = 0; i < 5; ++i) world.computer("L.R......R.R......L.L");
  world.computer("L.R......L.R......L.R");
  EXPECT_EQ(world.run(), 0u);
}

TEST(Alternation, DoubtfulEventsDoNotVote) {
  World world;
  world.computer("L.R......L.R......L.R");
  world.evidence.events[2].doubtful = true;
  EXPECT_EQ(world.run(), 0u) << "without the doubtful loss two restores follow each other";
}

TEST(Alternation, LeavesOtherEventsAlone) {
  World world;
  world.computer("S.L.R......z.L.R......L.R");
  world.evidence.events[1].profile = 7;  // Of a profile that does not exist.
  world.run();
  EXPECT_EQ(world.evidence.events[0].meaning, Meaning::Started);
  EXPECT_EQ(world.evidence.events[1].meaning, Meaning::Unclassified);
  EXPECT_EQ(world.evidence.events[3].meaning, Meaning::Sleep);
}

TEST(Alternation, NothingToDo) {
  World world;
  EXPECT_EQ(world.run(), 0u);
  world.computer("");
  world.computer("SKz");
  EXPECT_EQ(world.run(), 0u);
  world.catalogue.profiles.clear();
  EXPECT_EQ(world.run(), 0u);
}

TEST(Alternation, RunningTwiceChangesNothingMore) {
  World world;
  world.computer("L.R......L.R......L.R");
  EXPECT_EQ(world.run(), 6u);
  EXPECT_EQ(world.run(), 0u);
  EXPECT_EQ(world.lost(), "lost");
}

TEST(StringPool, GivesIdsInOrderOfFirstUse) {
  StringPool pool;
  EXPECT_EQ(pool.add(""), 0u);
  EXPECT_EQ(pool.add("b"), 1u);
  EXPECT_EQ(pool.add("a"), 2u);
  EXPECT_EQ(pool.add("b"), 1u);
  StringPool moved = std::move(pool);
  for (int i = 0; i < 10'000; ++i) moved.add(std::to_string(i));
  EXPECT_EQ(moved.add("a"), 2u);
  EXPECT_EQ(moved.at(1), "b");
  EXPECT_EQ(moved.size(), 10'003u);
}

}  // namespace
}  // namespace dropscope
