#pragma once

#include <activitytrack/core/result.hpp>

#include "x11/connection.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace activitytrack::x11 {
struct Atoms;
class ProcessNames;
}  // namespace activitytrack::x11

namespace activitytrack {

/// A part of a screen or of a drawable, px.
struct X11Area {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool empty() const noexcept { return width <= 0 || height <= 0; }
  bool contains(const X11Area& other) const noexcept {
    return x <= other.x && y <= other.y && x + width >= other.x + other.width && y + height >= other.y + other.height;
  }
  friend bool operator==(const X11Area&, const X11Area&) = default;
};

/// What two areas share; empty() if nothing.
inline X11Area common_area(const X11Area& a, const X11Area& b) noexcept {
  const int left = std::max(a.x, b.x), top = std::max(a.y, b.y);
  return {left, top, std::min(a.x + a.width, b.x + b.width) - left, std::min(a.y + a.height, b.y + b.height) - top};
}

/// The whole screen as it is now: with RandR its size may change at any time.
Result<X11Area> screen_area(const x11::Connection& connection);

// What is on the screen, by the tree of windows, so that it is known with a window manager and without. Each
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
