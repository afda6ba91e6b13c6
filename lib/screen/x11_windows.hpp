#pragma once

#include "screen/x11_area.hpp"
#include "x11/connection.hpp"
#include "x11/window.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

// What is on the screen, by the tree of windows, so that it is told with a window manager and without. Each
// asks the server and waits for its answers; a lost connection reads as no.

/// Whether a window of one of `apps` is on the screen: as its process is called, its application
/// (x11::window_app()), or its WM_CLASS's instance or class, in any case of letters. A window that is
/// minimised or in another place of an unseen desktop is not; one that others cover is.
bool shows_app(const x11::Connection& connection, const x11::Atoms& atoms, const X11Area& screen,
               std::span<const std::string> apps);

/// Whether a lock screen covers `screen`: a window that no manager may touch, of a program that is known to
/// be one (i3lock, slock, ...).
bool shows_locker(const x11::Connection& connection, const x11::Atoms& atoms, const X11Area& screen);

}  // namespace activitytrack
