#include "input/key_slots.hpp"

#include <doctest/doctest.h>

using activitytrack::KeySlots;
using activitytrack::Ticks;
using namespace std::chrono_literals;

namespace {

Ticks at(std::chrono::milliseconds time) { return Ticks(time); }

}  // namespace

TEST_CASE("a press gets the lowest free slot, and its release the same") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(1ms)) == 0);
  CHECK(keys.press(7, 39, at(1ms)) == 1);
  CHECK(keys.press(7, 40, at(1ms)) == 2);
  CHECK(keys.release(7, 39, at(1ms)) == 1);
  CHECK(keys.press(7, 41, at(1ms)) == 1);
  CHECK(keys.press(7, 42, at(1ms)) == 3);
  CHECK(keys.release(7, 38, at(1ms)) == 0);
  CHECK(keys.release(7, 41, at(1ms)) == 1);
}

TEST_CASE("a press of a key that is down is a repeat") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(1ms)) == 0);
  CHECK_FALSE(keys.press(7, 38, at(1ms)));
  CHECK(keys.release(7, 38, at(1ms)) == 0);
  CHECK(keys.press(7, 38, at(1ms)) == 0);
}

TEST_CASE("the same key of two keyboards is two keys") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(1ms)) == 0);
  CHECK(keys.press(8, 38, at(1ms)) == 1);
  CHECK(keys.release(8, 38, at(1ms)) == 1);
  CHECK_FALSE(keys.press(7, 38, at(1ms)));
}

TEST_CASE("a release without a press gives nothing") {
  KeySlots keys;
  CHECK_FALSE(keys.release(7, 38, at(1ms)));
  CHECK(keys.press(7, 38, at(1ms)) == 0);
  CHECK(keys.release(7, 38, at(1ms)) == 0);
  CHECK_FALSE(keys.release(7, 38, at(1ms)));
}

TEST_CASE("the keys of a device that is gone are up") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(1ms)) == 0);
  CHECK(keys.press(8, 38, at(1ms)) == 1);
  keys.forget(7);
  CHECK_FALSE(keys.release(7, 38, at(1ms)));
  CHECK(keys.press(7, 38, at(1ms)) == 0);
  CHECK_FALSE(keys.press(8, 38, at(1ms)));
}

TEST_CASE("more keys than hands hold give no slot, and disturb none") {
  KeySlots keys;
  for (std::uint32_t key = 0; key < KeySlots::max_held; ++key) CHECK(keys.press(7, key, at(1ms)) == key);
  CHECK_FALSE(keys.press(7, KeySlots::max_held, at(1ms)));
  CHECK(keys.release(7, 200, at(1ms)) == 200);
  CHECK(keys.press(7, KeySlots::max_held, at(1ms)) == 200);
}

TEST_CASE("a release and a press at once, of a key that was held, is a repeat") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(0ms)) == 0);
  CHECK(keys.release(7, 38, at(500ms)) == 0);
  CHECK_FALSE(keys.press(7, 38, at(500ms)));
  CHECK_FALSE(keys.release(7, 38, at(540ms)));
  CHECK_FALSE(keys.press(7, 38, at(541ms)));
  CHECK_FALSE(keys.release(7, 38, at(900ms)));
  CHECK(keys.press(7, 38, at(990ms)) == 0);
}

TEST_CASE("taps are presses, however fast") {
  KeySlots keys;
  for (int i = 0; i < 3; ++i) {
    CHECK(keys.press(7, 38, at(5ms)) == 0);
    CHECK(keys.release(7, 38, at(5ms)) == 0);
  }
  for (int i = 1; i < 4; ++i) {
    CHECK(keys.press(7, 38, at(i * 100ms)) == 0);
    CHECK(keys.release(7, 38, at(i * 100ms + 99ms)) == 0);
  }
}

TEST_CASE("a key that is pressed again soon after it was held is a press") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(0ms)) == 0);
  CHECK(keys.release(7, 38, at(500ms)) == 0);
  CHECK(keys.press(7, 38, at(520ms)) == 0);
}

TEST_CASE("another key that goes down as one comes up is a press") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(0ms)) == 0);
  CHECK(keys.release(7, 38, at(500ms)) == 0);
  CHECK(keys.press(7, 39, at(500ms)) == 0);
}

TEST_CASE("a released key is forgotten on demand, once it cannot repeat") {
  KeySlots keys;
  CHECK(keys.press(7, 38, at(0ms)) == 0);
  CHECK(keys.release(7, 38, at(500ms)) == 0);
  keys.forget_released(at(502ms));
  CHECK_FALSE(keys.press(7, 38, at(501ms)));
  CHECK_FALSE(keys.release(7, 38, at(600ms)));
  keys.forget_released(at(630ms));
  CHECK(keys.press(7, 38, at(601ms)) == 0);
}
