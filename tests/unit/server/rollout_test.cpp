// The rules by which a version goes out in waves.
#include "server/configuration/layers.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

using Turn = Judgement::Turn;
using State = MachineConfigurationState::State;

const Time begun = at("2024-01-15T12:00:00Z");

std::string machine(std::size_t number) { return "vm-" + std::to_string(number); }

std::vector<std::int64_t> places_of(std::size_t machines, std::int64_t version) {
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < machines; ++i) places.push_back(place_of(machine(i), version));
  return places;
}

/// By wave, how many of `machines` are in it when those numbered below `there` are heard from.
std::array<std::size_t, 3> waves_of(std::size_t machines, std::size_t there) {
  const auto places = places_of(machines, 7);
  Rollout rollout{.version = 7};
  rollout.last_places = plan_waves(places, {places.begin(), places.begin() + static_cast<std::ptrdiff_t>(there)});
  std::array<std::size_t, 3> counts{};
  for (std::size_t i = 0; i < machines; ++i) ++counts[wave_of(rollout, machine(i)) - 1];
  return counts;
}

using Waves = std::array<std::size_t, 3>;

Rollout running(std::size_t wave = 1) {
  return {.version = 7, .wave = wave, .started_at = begun, .wave_began_at = begun};
}

}  // namespace

TEST_CASE("a machine or two come first, then a tenth, then all") {
  CHECK(waves_of(214, 214) == Waves{2, 21, 191});
  CHECK(waves_of(100, 100) == Waves{2, 10, 88});
  CHECK(waves_of(99, 99) == Waves{1, 9, 89});
  CHECK(waves_of(3, 3) == Waves{1, 1, 1});
  CHECK(waves_of(2, 2) == Waves{1, 1, 0});
  CHECK(waves_of(1, 1) == Waves{1, 0, 0});
}

TEST_CASE("the first waves are chosen among machines that are there") {
  const auto places = places_of(1'000, 7);
  Rollout rollout{.version = 7};
  rollout.last_places = plan_waves(places, {places[3], places[4], places[5]});
  std::vector<std::size_t> waves{wave_of(rollout, machine(3)), wave_of(rollout, machine(4)),
                                 wave_of(rollout, machine(5))};
  std::ranges::sort(waves);
  CHECK(waves == std::vector<std::size_t>{1, 1, 2});
  CHECK(waves_of(214, 0) == Waves{2, 21, 191});  // where none is, among all
}

TEST_CASE("each version has another order, and a machine that is new later has a place in it") {
  auto first = places_of(100, 7), second = places_of(100, 8);
  const auto place_in = [](const std::vector<std::int64_t>& places) {
    return std::ranges::min_element(places) - places.begin();
  };
  CHECK(place_in(first) != place_in(second));
  CHECK(std::ranges::all_of(first, [](std::int64_t place) { return place >= 0; }));
  Rollout rollout{.version = 7};
  rollout.last_places = plan_waves(first, first);
  std::size_t in_the_tenth = 0;
  constexpr std::size_t others = 10'000;
  for (std::size_t i = 100; i < 100 + others; ++i) in_the_tenth += wave_of(rollout, machine(i)) <= 2;
  CHECK(in_the_tenth > others / 50);  // about an eighth: what the 12 of the 100 stand for
  CHECK(in_the_tenth < others / 3);
}

TEST_CASE("waves that would be empty are passed over") {
  Rollout rollout = running();
  rollout.last_places = {5, 5, INT64_MAX};
  CHECK(next_wave(rollout) == 3);
  rollout.last_places = {5, 9, INT64_MAX};
  CHECK(next_wave(rollout) == 2);
  rollout.wave = 3;
  CHECK_FALSE(next_wave(rollout));
  const auto one = place_of("vm-1", 7);
  CHECK(plan_waves(std::vector{one}, {one}) == std::array<std::int64_t, 3>{INT64_MAX, INT64_MAX, INT64_MAX});
  CHECK(plan_waves({}, {}) == std::array<std::int64_t, 3>{INT64_MAX, INT64_MAX, INT64_MAX});
}

TEST_CASE("more than one failure, and more than 2 %, hold it") {
  CHECK(tolerable(0) == 1);
  CHECK(tolerable(99) == 1);
  CHECK(tolerable(149) == 2);
  CHECK(tolerable(150) == 3);
  const auto turn = [](const Progress& progress, std::chrono::seconds after) {
    return judge(running(2), progress, begun + after).turn;
  };
  CHECK(turn({.told = 23, .refused = 1, .proved = true}, 599s) == Turn::wait);
  CHECK(turn({.told = 23, .refused = 1, .proved = true}, 600s) == Turn::next);
  CHECK(turn({.told = 23, .refused = 1, .reverted = 1, .proved = true}, 1s) == Turn::hold);
  CHECK(judge(running(2), {.told = 23, .refused = 1, .reverted = 1}, begun).reason ==
        "2 of 23 machines refused or reverted it, 1 may");
  CHECK(turn({.told = 200, .refused = 4, .proved = true}, 600s) == Turn::next);
  CHECK(turn({.told = 200, .refused = 5, .proved = true}, 1s) == Turn::hold);
}

TEST_CASE("who is silent counts at the end of a wave, and a wave that proves nothing does not end") {
  const auto turn = [](const Progress& progress, std::chrono::seconds after) {
    return judge(running(2), progress, begun + after).turn;
  };
  CHECK(turn({.told = 23, .refused = 1, .silent = 1, .proved = true}, 599s) == Turn::wait);
  CHECK(turn({.told = 23, .refused = 1, .silent = 1, .proved = true}, 600s) == Turn::hold);
  CHECK(judge(running(2), {.told = 23, .silent = 2}, begun + 600s).reason ==
        "2 of 23 machines refused or reverted it, or say nothing of it, 1 may");
  CHECK(turn({.told = 1}, 24h) == Turn::wait);
  CHECK(turn({}, 24h) == Turn::wait);
  Rollout held = running();
  held.state = Rollout::State::held;
  CHECK(judge(held, {.proved = true}, begun + 24h).turn == Turn::wait);
}

TEST_CASE("a machine's word is of the rollout by its number") {
  Rollout rollout = running();
  rollout.without = {9, 12};
  const auto reception = [&](const MachineConfigurationState& said) {
    return reception_of(rollout, said, begun + 300s);
  };
  CHECK(reception({.applied_version = 6}) == Reception::none);
  CHECK(reception({.applied_version = 7}) == Reception::applied);
  CHECK(reception({.applied_version = 9}) == Reception::none);  // another scope's, without it
  CHECK(reception({.applied_version = 10}) == Reception::applied);
  CHECK(reception({.applied_version = 12}) == Reception::none);
  CHECK(reception({.applied_version = 13}) == Reception::applied);
  CHECK(reception({.applied_version = 6, .state = State::refused, .error_version = 7}) == Reception::refused);
  CHECK(reception({.applied_version = 9, .state = State::refused, .error_version = 12}) == Reception::none);
  CHECK(reception({.applied_version = 6, .state = State::reverted, .error_version = 10}) == Reception::reverted);
  CHECK(reception({.applied_version = 7, .state = State::needs_restart}) == Reception::applied);
  CHECK(reception({.applied_version = 6, .told_version = 7, .told_at = begun}) == Reception::silent);
  CHECK(reception({.applied_version = 6, .told_version = 7, .told_at = begun + 1s}) == Reception::none);
}

TEST_CASE("what somebody has tolerated does not count any more") {
  Rollout rollout = running();
  rollout.last_places = {INT64_MAX, INT64_MAX, INT64_MAX};
  const auto failed = [&](Time error_at) {
    Progress progress;
    progress.count(rollout, "vm-1", {.error_version = 7, .error_at = error_at, .told_version = 7, .told_at = begun},
                   begun + 400s);
    return progress;
  };
  rollout.tolerated_until = begun + 10s;
  CHECK(failed(begun + 10s).refused == 0);
  CHECK(failed(begun + 10s).told == 1);
  CHECK(failed(begun + 11s).refused == 1);
}

TEST_CASE("a machine never has one number of a version for two contents") {
  const Scope defaults{Scope::Kind::defaults}, own{Scope::Kind::machine, "vm-1"};
  const auto layer = [](std::string key, std::string value) { return Layer{.values = {{key, value}}}; };
  Layers before(9), layers(9);
  for (Layers* each : {&before, &layers}) {
    each->take(1, defaults, layer("idle_after_sec", "10"));
    each->take(8, own, layer("send_interval_sec", "20"));
  }
  layers.take(7, defaults, layer("idle_after_sec", "70"));
  Rollout rollout = running();
  rollout.last_places = {-1, INT64_MAX, INT64_MAX};  // all are in the second wave
  rollout.without = {8};
  const auto take = [&](Layers& into) { into.take_rollouts({rollout}, std::make_shared<const Layers>(before)); };
  const auto has = [&](std::int64_t version, const std::string& idle, const MachineConfigurationState& said = {}) {
    const auto wanted = layers.wanted("vm-1", said);
    return wanted.version == version && wanted.values.at("idle_after_sec") == idle;
  };
  take(layers);
  CHECK(layers.waits_for_wave("vm-1", {}) == 2);
  CHECK(has(8, "10"));
  CHECK(layers.wanted("vm-2").version == 1);
  rollout.wave = 2;
  take(layers);
  CHECK(has(9, "70"));
  CHECK(layers.wanted("vm-2").version == 7);  // nothing else was ever made of it

  rollout.state = Rollout::State::held;  // who has it keeps it, and takes what others change
  rollout.without = {8, 11};
  take(layers);
  layers.take(11, own, layer("send_interval_sec", "30"));
  CHECK(has(12, "70", {.applied_version = 9}));
  CHECK(has(12, "70", {.error_version = 9}));
  CHECK(has(11, "10", {.applied_version = 8}));
  CHECK(layers.waits_for_wave("vm-1", {.applied_version = 8}) == 2);
  rollout.state = Rollout::State::done;
  layers.take_rollouts({rollout}, nullptr);
  CHECK(has(12, "70", {.applied_version = 11}));
}
