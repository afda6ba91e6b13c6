#pragma once

#include "input/key_slots.hpp"
#include "input/x11_devices.hpp"
#include "x11/server_time.hpp"

#include <xcb/xinput.h>

#include <vector>

namespace activitytrack {

/// Makes samples of what the server reports by XInput. Motions hold what the device reported: places or steps,
/// NaN for an axis that was not.
class X11EventReader {
 public:
  /// `devices` is borrowed.
  X11EventReader(X11Devices& devices, x11::ServerTime time) : devices_(devices), time_(time) {}

  /// What is read from now on came before `now`.
  void begin(Ticks now) noexcept { now_ = now; }

  /// Appends the sample that the event makes, if any.
  void read(const xcb_ge_generic_event_t& event, std::vector<InputSample>& out);

  /// Appends a motion at `now` of which there was no event.
  InputSample& add_motion(std::vector<InputSample>& out) { return out.emplace_back(sample(now_, InputKind::motion)); }

  /// All that has come was read.
  void end() noexcept { keys_.forget_released(now_); }

 private:
  void read_key(const xcb_input_raw_key_press_event_t& event, std::vector<InputSample>& out);
  void read_button(const xcb_input_raw_button_press_event_t& event, std::vector<InputSample>& out);
  void read_motion(const xcb_input_raw_motion_event_t& event, std::vector<InputSample>& out);
  void read_hierarchy(const xcb_input_hierarchy_event_t& event);
  InputSample sample(xcb_timestamp_t time, InputKind kind, const X11Device& device);
  InputSample sample(Ticks at, InputKind kind);

  X11Devices& devices_;
  x11::ServerTime time_;
  KeySlots keys_;
  Ticks now_{};
  Ticks last_{};  ///< no sample is older than the one before
};

}  // namespace activitytrack
