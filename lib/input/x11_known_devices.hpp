#pragma once

#include "input/device_news.hpp"
#include "input/x11_devices.hpp"

#include <bitset>

namespace activitytrack {

/// The slave devices of a display as its events name them: looked up anew when they changed, and told of.
class X11KnownDevices {
 public:
  /// Both are borrowed; the track is told what each device says of itself.
  X11KnownDevices(const x11::Connection& connection, PointerTrack& track) : connection_(connection), track_(track) {}

  /// They are looked up with the next question.
  void expire() noexcept { stale_ = true; }
  void refresh_if_stale() {
    if (stale_) refresh();
  }

  /// One that the server does not list (any more) is known by its number alone.
  X11Device& device(std::uint16_t id);

  /// It is one of XTEST, which may be gone by the time that the server is asked for it.
  void know_synthetic(std::uint16_t id) noexcept;

  /// It is gone; its number may be another's from now on.
  void remove(std::uint16_t id);

  /// Whether some device moves the pointer and makes no raw motion of it.
  bool moves_silently() const noexcept { return devices_.moves_silently(); }

  /// As InputSource::take_devices().
  std::vector<InputDevice> take_news() { return news_.take(); }

 private:
  void refresh();

  const x11::Connection& connection_;
  PointerTrack& track_;
  X11Devices devices_;
  bool stale_ = true;
  DeviceNews news_;
  X11Device unknown_;
  std::bitset<256> synthetic_;  ///< by number: told by know_synthetic()
};

}  // namespace activitytrack
