#pragma once

#include "input/pointer_track.hpp"
#include "x11/connection.hpp"

namespace activitytrack {

/// The opcode of XInput, which must be 2.1 or newer; else `unsupported`.
Result<std::uint8_t> require_xinput(const x11::Connection& connection);

/// From now on the server tells of raw input, of devices that come and go, and of changes of the screen.
void select_input(const x11::Connection& connection);

/// Where the pointer is: asked when this is made, answered when `answer` is called, once.
class X11PointerQuestion {
 public:
  explicit X11PointerQuestion(const x11::Connection& connection);

  /// Waits for it; nothing if the pointer is on no screen of ours, or the connection is lost.
  std::optional<PointerTrack::Point> answer();

  /// Whether the server sent the event before its answer.
  bool before_answer(const xcb_generic_event_t& event) const noexcept;

 private:
  const x11::Connection& connection_;
  const xcb_query_pointer_cookie_t cookie_;
};

}  // namespace activitytrack
