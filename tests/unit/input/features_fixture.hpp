#pragma once

#include "input/behaviour_features.hpp"
#include "input/device_track.hpp"

#include <chrono>
#include <string_view>

namespace activitytrack::test {

/// A device that a test uses by hand, and the features of what it did.
struct Desk {
  DeviceTrack track;
  Stretches stretches;
  std::int64_t us = 1'000'000;

  void put(InputSample sample) { track.add(sample, us, stretches.at(0, us), stretches); }
  void wait(double ms) { us += static_cast<std::int64_t>(ms * 1000); }
  void move(float dx, float dy) { put({.kind = InputKind::motion, .dx = dx, .dy = dy}); }
  void key(std::uint16_t slot = 0) { put({.kind = InputKind::key_press, .slot = slot}); }
  void key_up(std::uint16_t slot = 0) { put({.kind = InputKind::key_release, .slot = slot}); }
  void click(double hold_ms = 80) {
    put({.kind = InputKind::button_press, .slot = 1});
    wait(hold_ms);
    put({.kind = InputKind::button_release, .slot = 1});
  }
  void scroll(float notches) { put({.kind = InputKind::scroll, .dy = notches}); }

  /// Along a line, at constant speed.
  void glide(float dx, float dy, double ms) {
    const int steps = static_cast<int>(ms / 10);
    for (int i = 0; i < steps; ++i) wait(10), move(dx / float(steps), dy / float(steps));
  }

  /// Of the interval so far; ends what is under way.
  float feature(std::string_view name) {
    track.finish(stretches);
    return feature_values(track.now(), track.carried())[feature_index(name)];
  }
};

}  // namespace activitytrack::test
