#include "input/key_slots.hpp"

#include <doctest/doctest.h>

using activitytrack::KeySlots;

TEST_CASE("a press gets the lowest free slot, and its release the same") {
  KeySlots keys;
  CHECK(keys.press(7, 38) == 0);
  CHECK(keys.press(7, 39) == 1);
  CHECK(keys.press(7, 40) == 2);
  CHECK(keys.release(7, 39) == 1);
  CHECK(keys.press(7, 41) == 1);
  CHECK(keys.press(7, 42) == 3);
  CHECK(keys.release(7, 38) == 0);
  CHECK(keys.release(7, 41) == 1);
}

TEST_CASE("a press of a key that is down is a repeat") {
  KeySlots keys;
  CHECK(keys.press(7, 38) == 0);
  CHECK_FALSE(keys.press(7, 38));
  CHECK(keys.release(7, 38) == 0);
  CHECK(keys.press(7, 38) == 0);
}

TEST_CASE("the same key of two keyboards is two keys") {
  KeySlots keys;
  CHECK(keys.press(7, 38) == 0);
  CHECK(keys.press(8, 38) == 1);
  CHECK(keys.release(8, 38) == 1);
  CHECK_FALSE(keys.press(7, 38));
}

TEST_CASE("a release without a press gives nothing") {
  KeySlots keys;
  CHECK_FALSE(keys.release(7, 38));
  CHECK(keys.press(7, 38) == 0);
  CHECK(keys.release(7, 38) == 0);
  CHECK_FALSE(keys.release(7, 38));
}

TEST_CASE("the keys of a device that is gone are up") {
  KeySlots keys;
  CHECK(keys.press(7, 38) == 0);
  CHECK(keys.press(8, 38) == 1);
  keys.forget(7);
  CHECK_FALSE(keys.release(7, 38));
  CHECK(keys.press(7, 38) == 0);
  CHECK_FALSE(keys.press(8, 38));
}

TEST_CASE("more keys than hands hold give no slot, and disturb none") {
  KeySlots keys;
  for (std::uint32_t key = 0; key < KeySlots::max_held; ++key) CHECK(keys.press(7, key) == key);
  CHECK_FALSE(keys.press(7, KeySlots::max_held));
  CHECK(keys.release(7, 200) == 200);
  CHECK(keys.press(7, KeySlots::max_held) == 200);
}
