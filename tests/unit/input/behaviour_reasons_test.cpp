#include "input/behaviour_reasons.hpp"
#include "features_fixture.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

struct Asked : Desk {
  std::vector<std::string> reasons() {
    track.finish(stretches);
    std::vector<std::string> said;
    explain(track, feature_values(track.now(), track.carried()), said);
    return said;
  }
  bool says(std::string_view word, std::string_view sentence) {
    const auto said = reasons();
    for (std::size_t i = 0; i + 1 < said.size(); ++i)
      if (said[i] == word && said[i + 1] == sentence) return true;
    CAPTURE(said);
    return false;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Asked, "nothing to see, nothing to say") { CHECK(reasons().empty()); }

TEST_CASE_FIXTURE(Asked, "clicks at an interval") {
  for (int i = 0; i < 40; ++i) click(10), wait(490);
  CHECK(says("constant_interval", "clicks every 0.50 s without moving"));
  CHECK(says("unmoved_clicks", "40 clicks of late without moving"));
}

TEST_CASE_FIXTURE(Asked, "keys at an interval") {
  for (int i = 0; i < 40; ++i) key(), wait(6), key_up(), wait(6);
  CHECK(says("constant_interval", "key intervals vary by less than 2 ms"));
  CHECK(says("instant_keys", "keys follow each other within 30 ms"));
  CHECK(says("equal_holds", "keys are held for 6 ms each"));
}

TEST_CASE_FIXTURE(Asked, "a key each five seconds") {
  for (int i = 0; i < 12; ++i) key(), wait(12), key_up(), wait(4988);
  CHECK(says("constant_interval", "a key is pressed every 5.0 s"));
}

TEST_CASE_FIXTURE(Asked, "a wheel that goes to and fro") {
  for (int i = 0; i < 10; ++i) scroll(i % 2 ? 1 : -1), wait(2000);
  CHECK(says("constant_interval", "wheel turns every 2.0 s"));
  CHECK(says("alternating_wheel", "wheel turns to and fro"));
}

TEST_CASE_FIXTURE(Asked, "a nudge each half a minute") {
  for (int i = 0; i < 10; ++i) move(1, 0), wait(10), move(-1, 0), wait(29'990);
  CHECK(says("constant_interval", "pointer moves for an instant every 30.0 s"));
  CHECK(says("confined_motion", "pointer moves by a few pixels, and rests"));
}

TEST_CASE_FIXTURE(Asked, "jumps") {
  for (int i = 0; i < 10; ++i) move(float(i % 2 ? 300 : -250), float(90 * (i % 3))), wait(1000 + 330 * (i % 4));
  CHECK(says("jumping_pointer", "pointer jumps from place to place"));
}

TEST_CASE_FIXTURE(Asked, "straight lines") {
  for (int i = 0; i < 8; ++i) glide(float(200 + 31 * i), float(40 * i), 1000), wait(900 + 170 * (i % 3));
  CHECK(says("straight_motion", "pointer moves in straight lines at constant speed"));
  CHECK(says("smooth_motion", "pointer moves more smoothly than a hand does"));
}

TEST_CASE_FIXTURE(Asked, "a loop") {
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 12; ++i) glide(float(40 + 37 * i), float(20 * i - 60), 400 + 50 * (i % 4)), wait(500 + 90 * i);
    us = 1'000'000 + (round + 1) * std::int64_t{45'000'000};
  }
  CHECK(says("replayed_motion", "pointer path repeats every 45.0 s"));
}

TEST_CASE_FIXTURE(Asked, "one key at a time") {
  for (int i = 0; i < 80; ++i) key(), wait(60 + 7 * (i % 5)), key_up(), wait(50 + 13 * (i * i % 11));
  CHECK(says("one_key_at_a_time", "80 keys of late, none pressed before the one before was released"));
}
