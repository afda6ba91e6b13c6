#pragma once

#include <activitytrack/core/result.hpp>

#include "input/pointer_track.hpp"
#include "x11/connection.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace activitytrack {

/// A wheel or a touchpad's scrolling on one axis (a scroll class of XInput 2.1).
struct X11ScrollAxis {
  int number = -1;        ///< the valuator; -1: the device has none, and its buttons 4 to 7 are the wheel
  double increment = 1;   ///< of the valuator, for one notch down or right
  bool absolute = false;  ///< the valuator holds a running total, not a step
  double total = 0;       ///< absolute: the last value seen

  bool exists() const noexcept { return number >= 0; }

  /// What the report `value` means in notches, down or right positive.
  double notches(double value) noexcept;
};

struct X11Device {
  std::uint16_t id = 0;
  std::string name;        ///< valid UTF-8, at most 128 bytes
  bool synthetic = false;  ///< a device of XTEST
  bool pointer = false;
  bool touchscreen = false;
  PointerTrack::Device pointing;
  X11ScrollAxis vertical;
  X11ScrollAxis horizontal;
};

/// The slave devices of a display.
class X11Devices {
 public:
  /// Asks the server for all devices anew: two round trips.
  Result<void> refresh(const x11::Connection& connection);

  /// The device `id`; null if it is not known.
  X11Device* find(std::uint16_t id) noexcept;

  std::span<const X11Device> all() const noexcept { return devices_; }

  /// Whether some device moves the pointer and makes no raw motion of it.
  bool moves_silently() const noexcept { return moves_silently_; }

 private:
  std::vector<X11Device> devices_;
  bool moves_silently_ = false;
};

}  // namespace activitytrack
