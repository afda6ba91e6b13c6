#pragma once

#include "x11/connection.hpp"

#include <string>
#include <string_view>

namespace activitytrack::x11 {

/// The names that window managers and applications agreed on (ICCCM, EWMH).
struct Atoms {
  explicit Atoms(const Connection& connection);

  xcb_atom_t net_active_window;
  xcb_atom_t net_supported;
  xcb_atom_t net_supporting_wm_check;
  xcb_atom_t net_wm_name;
  xcb_atom_t net_wm_pid;
  xcb_atom_t net_wm_state;
  xcb_atom_t net_wm_state_hidden;
  xcb_atom_t wm_state;
  xcb_atom_t utf8_string;
  xcb_atom_t compound_text;
};

// What follows asks the server, and waits for its answer. A window that is gone reads as one without
// properties, and a lost connection reads as nothing: see Connection::alive().

/// The window that a living EWMH window manager put up to say that it is there; XCB_NONE without one, or
/// with one that does not tell the active window.
xcb_window_t find_window_manager(const Connection& connection, const Atoms& atoms);

/// What _NET_ACTIVE_WINDOW says; XCB_NONE: no window is active.
xcb_window_t active_window(const Connection& connection, const Atoms& atoms);

/// The window that the input focus is on, or under the pointer if the focus follows it; XCB_NONE if none.
xcb_window_t input_focus(const Connection& connection);

/// The application's own window around `window`: the nearest with WM_STATE, else the outermost with a
/// name or a class, else `window`.
xcb_window_t client_window(const Connection& connection, const Atoms& atoms, xcb_window_t window);

/// The title; "" if there is none. Not cleaned.
std::string window_title(const Connection& connection, const Atoms& atoms, xcb_window_t window);

/// Whether a window's WM_CLIENT_MACHINE is this host, by its full or its short name; none given is.
bool is_this_host(std::string_view machine);

/// The application that `window` belongs to; "" if it cannot be told. Not cleaned.
std::string window_app(const Connection& connection, const Atoms& atoms, xcb_window_t window);

}  // namespace activitytrack::x11
