#pragma once

#include <activitytrack/core/result.hpp>

#include <xcb/xcb.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace activitytrack::x11 {

struct FreeDeleter {
  void operator()(void* memory) const noexcept { std::free(memory); }
};

/// A reply or an event, which XCB gives away and malloc made.
template <class T>
using Owned = std::unique_ptr<T, FreeDeleter>;

/// One client's connection to a display. Every source has its own, so that what one waits for does not
/// queue up events of another. Not thread-safe.
class Connection {
 public:
  /// Connects to `display`; "" means $DISPLAY. The error names the display and what may be wrong.
  static Result<Connection> open(const std::string& display);

  xcb_connection_t* get() const noexcept { return connection_.get(); }
  const xcb_screen_t& screen() const noexcept { return *screen_; }
  xcb_window_t root() const noexcept { return screen_->root; }
  const std::string& display() const noexcept { return display_; }

  /// Readable when the server sent something. Events that a wait for a reply has read already do not
  /// show here: take next_queued() until it is empty before waiting on this.
  int fd() const noexcept { return xcb_get_file_descriptor(get()); }

  /// An error (unavailable) once the server has closed the connection.
  Result<void> alive() const;

  /// The next event; null if there is none. Reads the socket, never waits.
  Owned<xcb_generic_event_t> next() { return Owned<xcb_generic_event_t>(xcb_poll_for_event(get())); }

  /// The next event that was read already.
  Owned<xcb_generic_event_t> next_queued() { return Owned<xcb_generic_event_t>(xcb_poll_for_queued_event(get())); }

 private:
  struct Disconnect {
    void operator()(xcb_connection_t* c) const noexcept { xcb_disconnect(c); }
  };

  Connection() = default;

  std::unique_ptr<xcb_connection_t, Disconnect> connection_;
  const xcb_screen_t* screen_ = nullptr;
  std::string display_;
};

/// The atom called `name`, made if need be; XCB_ATOM_NONE if the connection is lost.
xcb_atom_t intern_atom(const Connection& connection, std::string_view name);

/// The event's type without the mark of XSendEvent; 0 for an error.
inline std::uint8_t event_type(const xcb_generic_event_t& event) noexcept { return event.response_type & 0x7F; }

}  // namespace activitytrack::x11
