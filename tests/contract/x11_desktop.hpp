#pragma once

#include "x11/connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace activitytrack::test {

/// The display that the tests may use; "" if there is none.
std::string test_display();

/// Runs xdotool with these arguments on the test display; returns when the server has had its input.
void xdotool(const std::string& arguments);

/// An application, and where `manages` also a window manager, on the test display. All calls return when
/// the server has done it.
class X11Desktop {
 public:
  explicit X11Desktop(bool manages);

  /// Puts up a window and gives it the focus. The class is the application's.
  void focus(const std::string& app, const std::string& title);

  /// Of the window that has the focus; any bytes.
  void retitle(const std::string& title);

  /// No window has the focus.
  void blur();

  /// Moves the pointer as a program does, with no device.
  void warp(int x, int y);

  /// Makes a master device, with slaves for XTEST that are called "`name` XTEST pointer" and "... keyboard",
  /// or takes the newest away again.
  void add_master(const std::string& name);
  void remove_master();

  /// Takes keyboard and pointer from all other clients.
  void grab();

 private:
  void manage();
  void change_hierarchy(const void* change);
  std::uint16_t newest_master();
  void give_focus(xcb_window_t window);
  void set(xcb_window_t window, const char* property, xcb_atom_t type, int format, const void* data, std::size_t count);
  xcb_atom_t atom(const char* name);
  void sync();

  x11::Connection connection_;
  bool manages_;
  xcb_window_t window_ = XCB_NONE;
};

}  // namespace activitytrack::test
