#pragma once

#include <activitytrack/core/result.hpp>

#include <signal.h>
#include <xcb/xcb.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace activitytrack::x11 {

/// Holds SIGPIPE back from this thread for its lifetime. XCB writes without MSG_NOSIGNAL, so that a server
/// which goes away in the wrong moment would end the whole program. A signal that came in between is
/// dropped; one that was pending before stays pending.
class NoSigpipe {
 public:
  NoSigpipe() noexcept;
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe();

 private:
  sigset_t before_;
  bool pending_before_;
};

struct FreeDeleter {
  void operator()(void* memory) const noexcept { std::free(memory); }
};

/// A reply or an event: XCB gives it away, and malloc made it.
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

  /// For a client that listens to nothing: drops errors, and what a server sends to all its clients.
  void drop_events();

 private:
  struct Disconnect {
    void operator()(xcb_connection_t* c) const noexcept { xcb_disconnect(c); }
  };

  Connection() = default;

  std::unique_ptr<xcb_connection_t, Disconnect> connection_;
  const xcb_screen_t* screen_ = nullptr;
  std::string display_;
};

/// Waits for the reply to a request, by its function in XCB: reply_to<xcb_query_tree_reply>(connection,
/// cookie). Null after an error, and when the connection is lost.
template <auto xcb_reply, class Cookie>
auto reply_to(const Connection& connection, Cookie cookie) {
  auto* reply = xcb_reply(connection.get(), cookie, nullptr);
  return Owned<std::remove_pointer_t<decltype(reply)>>(reply);
}

/// The extension as the server has it; null if it has not.
const xcb_query_extension_reply_t* find_extension(const Connection& connection, xcb_extension_t& extension);

/// The atom called `name`, made if need be; XCB_ATOM_NONE if the connection is lost.
xcb_atom_t intern_atom(const Connection& connection, std::string_view name);

/// The event's type without the mark of XSendEvent; 0 for an error.
inline std::uint8_t event_type(const xcb_generic_event_t& event) noexcept { return event.response_type & 0x7F; }

}  // namespace activitytrack::x11
