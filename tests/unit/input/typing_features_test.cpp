#include "features_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace activitytrack;
using namespace activitytrack::test;
using doctest::Approx;

TEST_CASE_FIXTURE(Desk, "keys at a constant interval, one at a time") {
  for (int i = 0; i < 40; ++i) key(), wait(6), key_up(), wait(94);
  CHECK(feature("keys") == Approx(std::log1p(40)));
  CHECK(feature("same_key_gaps") == 1);
  CHECK(feature("key_gap_mean") == Approx(std::log(101)));
  CHECK(feature("key_gap_spread") == Approx(0).epsilon(0.01));
  CHECK(feature("rolled_keys") == 0);
  CHECK(feature("instant_holds") == 1);
  CHECK(feature("same_holds") == Approx(39.0 / 40));
  CHECK(feature("flights_middle") == 1);
  CHECK(feature("repeated_rhythm") > 0.5F);
}

TEST_CASE_FIXTURE(Desk, "keys that roll over") {
  for (int i = 0; i < 10; ++i) {
    key(0), wait(70), key(1), wait(30), key_up(0), wait(50), key_up(1), wait(60);
  }
  CHECK(feature("rolled_keys") == 0.5F);
  CHECK(feature("rolled_over_two") == 0);
  CHECK(feature("nested_keys") == 0);
  CHECK(feature("flights_under") == Approx(10.0 / 19));
  CHECK(feature("flights_middle") == Approx(9.0 / 19));
  CHECK(feature("rolled_hold_mean") == Approx(std::log(81)));
}

TEST_CASE_FIXTURE(Desk, "a key within another, and one whose release was lost") {
  key(0), wait(100), key(1), wait(50), key_up(1), wait(50), key_up(0);
  CHECK(feature("nested_keys") == 0.5F);
  key(0), wait(5000);
  for (int i = 0; i < 10; ++i) key(1), wait(80), key_up(1), wait(60);
  CHECK(feature("rolled_keys") == Approx(1.0 / 13));
  CHECK(feature("nested_keys") == Approx(1.0 / 12));
}

TEST_CASE_FIXTURE(Desk, "a key each five seconds") {
  for (int i = 0; i < 12; ++i) key(), wait(12), key_up(), wait(4988);
  CHECK(feature("key_pause_mean") == Approx(std::log(5000)));
  CHECK(feature("key_pause_spread") == Approx(0).epsilon(0.01));
  CHECK(std::isnan(feature("key_gap_mean")));
}

TEST_CASE_FIXTURE(Desk, "how long bursts of keys are") {
  for (const int keys : {4, 16}) {
    for (int i = 0; i <= keys; ++i) key(), wait(60), key_up(), wait(50);
    wait(3000);
  }
  key();
  CHECK(feature("burst_mean") == Approx(std::log(8)));
}

TEST_CASE_FIXTURE(Desk, "slots and releases that make no sense are passed over") {
  key_up(3), key(65535), key_up(65535), wait(100), key_up(0), key(15), wait(50), key_up(15);
  CHECK(feature("keys") == Approx(std::log1p(2)));
  CHECK(feature("key_hold_mean") == Approx(std::log(51)));
}
