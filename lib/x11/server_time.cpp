#include "x11/server_time.hpp"

#include <algorithm>

namespace activitytrack::x11 {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

std::uint32_t wrapped(milliseconds time) { return static_cast<std::uint32_t>(time.count()); }

/// The time that ends in `low` and is nearest to `near`.
milliseconds unwrap(std::uint32_t low, milliseconds near) {
  return near + milliseconds(static_cast<std::int32_t>(low - wrapped(near)));
}

}  // namespace

ServerTime::ServerTime(Ticks before, std::uint32_t server_ms, Ticks after) noexcept {
  const auto sent = duration_cast<milliseconds>(before.time_since_epoch());
  const auto answered = duration_cast<milliseconds>(after.time_since_epoch());
  const auto server = unwrap(server_ms, sent);
  const bool same_clock = server >= sent && server <= answered;
  offset_ = same_clock ? microseconds(0) : before.time_since_epoch() - server;
}

Result<ServerTime> ServerTime::measure(const Connection& connection) {
  auto* const xcb = connection.get();
  const xcb_window_t window = xcb_generate_id(xcb);
  const std::uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
  xcb_create_window(xcb, 0, window, connection.root(), -1, -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
                    XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &mask);
  const Ticks before = system_clock().read().ticks;
  // Appending nothing changes nothing, and yet is reported with the server's time.
  xcb_change_property(xcb, XCB_PROP_MODE_APPEND, window, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, 8, 0, nullptr);
  xcb_flush(xcb);
  while (const Owned<xcb_generic_event_t> event{xcb_wait_for_event(xcb)}) {
    if (event_type(*event) != XCB_PROPERTY_NOTIFY) continue;
    const auto& notify = reinterpret_cast<const xcb_property_notify_event_t&>(*event);
    if (notify.window != window) continue;
    const Ticks after = system_clock().read().ticks;
    xcb_destroy_window(xcb, window);
    return ServerTime(before, notify.time, after);
  }
  if (const Result<void> alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::unavailable, "the X server did not say what time it has"};
}

Ticks ServerTime::ticks(std::uint32_t server_ms, Ticks now) noexcept {
  const auto expected = duration_cast<milliseconds>(now.time_since_epoch() - offset_);
  const auto server = unwrap(server_ms, expected);
  Ticks at{server + offset_};
  if (at <= now) return at;
  // What happened since the caller read `now` is no sign of a clock that runs ahead.
  const Ticks truly_now = std::max(now, system_clock().read().ticks);
  if (at > truly_now) offset_ -= at - truly_now;
  return now;
}

}  // namespace activitytrack::x11
