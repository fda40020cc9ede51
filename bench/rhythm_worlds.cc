#include "rhythm_worlds.h"

#include <cmath>

#include "eighth_world/world.h"
#include "fifth_world/world.h"
#include "fourth_world/world.h"
#include "ninth_world/world.h"
#include "second_world/world.h"
#include "seventh_world/world.h"
#include "sixth_world/world.h"
#include "third_world/world.h"

namespace dropscope::rhythm_cases {
namespace {

using rhythm::Class;

rhythm::Client client_of(second_world::Client&& from) {
  rhythm::Client out;
  out.zone = TimeZone::find(from.zone).value_or(TimeZone());
  for (const second_world::Loss& loss : from.events) {
    out.losses.push_back({loss.lost, loss.restored.value_or(0), loss.restored.has_value()});
  }
  out.peers = std::move(from.peers);
  return out;
}

second_world::Dice dice_of(std::uint64_t seed, std::uint64_t index) {
  return second_world::Dice(seed * 1'000'003 + index);
}

Case second_case(std::uint64_t seed, std::uint64_t index) {
  second_world::Dice dice = dice_of(seed, index);
  const auto truth = static_cast<second_world::Class>(index % second_world::kClassCount);
  const auto grade = static_cast<unsigned>(index / second_world::kClassCount % kGrades);
  const double size = dice.chance(0.4) ? dice.uniform(4, 12.99) : dice.log_uniform(8, 500.99);
  second_world::World world =
      second_world::make_world(truth, static_cast<int>(size), static_cast<int>(grade), dice);
  Case out;
  out.truth = static_cast<Class>(truth);
  out.grade = grade;
  out.events = static_cast<std::size_t>(size);
  if (rhythm::is_regular(out.truth)) out.intervals = world.intervals;
  if (truth == second_world::Random) out.null = Null::Plain;
  if (truth == second_world::Burst) out.null = Null::Clusters;
  if (truth == second_world::Modulated) {
    out.null = world.resume ? Null::Resume : Null::WorkingHours;
    out.also = {Class::Random};
  }
  if (truth == second_world::Clock) out.also = {Class::Period};
  if (truth == second_world::Period && size < 8) out.also = {Class::Age};
  if (truth == second_world::Age && size < 8) out.also = {Class::Period};
  if (truth == second_world::Mixed) {
    out.also = {Class::Idle, Class::Age, Class::Clock, Class::Period};
  }
  out.client = client_of(std::move(world.input));
  return out;
}

Fleet second_fleet(std::uint64_t seed, std::uint64_t index) {
  second_world::Dice dice = dice_of(seed + 500'000, index);
  const auto truth = static_cast<second_world::Class>(index % second_world::kClassCount);
  second_world::FleetWorld world = second_world::make_fleet(truth, dice);
  Fleet out;
  out.truth = static_cast<Class>(truth);
  if (rhythm::is_regular(out.truth)) out.intervals = world.intervals;
  for (second_world::Client& client : world.clients) {
    out.clients.push_back(client_of(std::move(client)));
  }
  return out;
}

}  // namespace

std::string_view world_name(World world) {
  constexpr std::array<std::string_view, kWorlds.size()> kNames = {
      "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"};
  return kNames[static_cast<std::size_t>(world)];
}

std::optional<World> world_of(std::string_view name) {
  for (const World world : kWorlds) {
    if (world_name(world) == name) return world;
  }
  return std::nullopt;
}

Case case_of(World world, std::uint64_t seed, std::uint64_t index) {
  switch (world) {
    case World::First:
      break;
    case World::Second:
      return second_case(seed, index);
    case World::Third:
      return third_world::make_case(seed, index);
    case World::Fourth:
      return fourth_world::make_case(seed, index);
    case World::Fifth:
      return fifth_world::make_case(seed, index);
    case World::Sixth:
      return sixth_world::make_case(seed, index);
    case World::Seventh:
      return seventh_world::make_case(seed, index);
    case World::Eighth:
      return eighth_world::make_case(seed, index);
    case World::Ninth:
      return ninth_world::make_case(seed, index);
  }
  return make_case(seed, index);
}

Fleet fleet_of(World world, std::uint64_t seed, std::uint64_t index) {
  switch (world) {
    case World::First:
      break;
    case World::Second:
      return second_fleet(seed, index);
    case World::Third:
      return third_world::make_fleet(seed, index);
    case World::Fourth:
      return fourth_world::make_fleet(seed, index);
    case World::Fifth:
      return fifth_world::make_fleet(seed, index);
    case World::Sixth:
      return sixth_world::make_fleet(seed, index);
    case World::Seventh:
      return seventh_world::make_fleet(seed, index);
    case World::Eighth:
      return eighth_world::make_fleet(seed, index);
    case World::Ninth:
      return ninth_world::make_fleet(seed, index);
  }
  return make_fleet(seed, index);
}

}  // namespace dropscope::rhythm_cases
