#pragma once

#include "screen/x11_area.hpp"
#include "x11/connection.hpp"
#include "x11/process_name.hpp"
#include "x11/window.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

// What is on the screen, by the tree of windows, so that it is told with a window manager and without. Each
// asks the server and waits for its answers; a lost connection reads as no.

/// A window right on the root, of which a part is on the screen.
struct ShownWindow {
  xcb_window_t id;
  X11Area area;    ///< with its border
  bool unmanaged;  ///< no manager may touch it
};
std::vector<ShownWindow> shown_windows(const x11::Connection& connection, const X11Area& screen);

/// Whether `shown` are windows of one of `apps`, or hold such: as its process is called, its application
/// (x11::window_app()), or its WM_CLASS's instance or class, in any case of letters. A window that is
/// minimised does not count; one that others cover does.
bool shows_app(const x11::Connection& connection, const x11::Atoms& atoms, std::span<const ShownWindow> shown,
               std::span<const std::string> apps, x11::ProcessNames& processes);

/// Whether one of `shown` is a lock screen that covers `screen`: a window that no manager may touch, of a
/// program that is known to be one (i3lock, slock, ...).
bool shows_locker(const x11::Connection& connection, const x11::Atoms& atoms, std::span<const ShownWindow> shown,
                  const X11Area& screen, x11::ProcessNames& processes);

}  // namespace activitytrack
