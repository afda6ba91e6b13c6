#pragma once

#include <activitytrack/core/result.hpp>

#include "input/device_news.hpp"
#include "input/pointer_track.hpp"
#include "x11/connection.hpp"

#include <bitset>
#include <cstdint>
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

/// The slave devices of a display. Asks the server: two round trips.
Result<std::vector<X11Device>> list_x11_devices(const x11::Connection& connection);

/// The slave devices of a display as its events name them: looked up again after they changed, and reported.
class X11Devices {
 public:
  /// Both are borrowed; the track learns what each device says of itself.
  X11Devices(const x11::Connection& connection, PointerTrack& track) : connection_(connection), track_(track) {}

  /// They changed: they are looked up with the next question.
  void expire() noexcept { stale_ = true; }
  void refresh_if_stale();

  /// Of one that the server does not list (any more) only the number is known.
  X11Device& device(std::uint16_t id);

  /// It is one of XTEST, and may be gone by the time that the server is asked for it.
  void know_synthetic(std::uint16_t id) noexcept;

  /// It is gone; its number may be another's from now on.
  void remove(std::uint16_t id);

  /// Whether some device moves the pointer and makes no raw motion of it.
  bool moves_silently() const noexcept;

  /// As InputSource::take_devices().
  std::vector<InputDevice> take_news() { return news_.take(); }

 private:
  const x11::Connection& connection_;
  PointerTrack& track_;
  std::vector<X11Device> devices_;
  bool stale_ = true;
  DeviceNews news_;
  X11Device unknown_;
  std::bitset<256> synthetic_;  ///< by number: set by know_synthetic()
};

}  // namespace activitytrack
