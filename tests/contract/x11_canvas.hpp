#pragma once

#include <activitytrack/screen/screen_source.hpp>

#include "screen/image.hpp"
#include "x11/connection.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace activitytrack::test {

/// A window that nobody manages, on the test display; gone with the object. All calls return when the server
/// has done it.
class X11Canvas {
 public:
  X11Canvas(int x, int y, int width, int height);

  /// Covers the whole screen, and shows `picture`: as near to it as the screen's depth allows.
  static X11Canvas covering(const Image& picture);

  xcb_window_t id() const { return window_; }
  const x11::Connection& connection() const { return connection_; }
  /// What the window shows.
  ConstImageView shown() const { return shown_.view(); }

  void name(std::string_view instance, std::string_view wm_class);
  void set(xcb_window_t window, const char* property, xcb_atom_t type, std::initializer_list<std::uint32_t> numbers);
  void remove(xcb_window_t window, const char* property);
  void map();
  void unmap();
  void move(int x, int y);
  void put_into(const X11Canvas& parent);
  /// A large pointer while it is over this window.
  void show_cursor();
  /// Turns the server's own screen saver on or off.
  void saver(bool on);
  void sync();

  /// The size of the test display's screen.
  static std::pair<int, int> screen_size();

 private:
  void paint(const Image& picture);

  x11::Connection connection_;
  xcb_window_t window_;
  Image shown_;
};

}  // namespace activitytrack::test
