#pragma once

#include "x11/connection.hpp"
#include "x11/process_name.hpp"
#include "x11/window.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::x11 {

/// What may be known of a window's application without its title.
struct WindowNames {
  /// window_app(), the names of its processes (as the server and as the window tell them), and the instance
  /// and the class of its WM_CLASS; as far as they are there.
  std::vector<std::string> names;
  bool managed = false;    ///< has WM_STATE: it is an application's own window
  bool minimised = false;  ///< WM_STATE says iconic, or _NET_WM_STATE hidden
};

/// Of each window, in their order. Asks of all before it waits.
std::vector<WindowNames> window_names(const Connection& connection, const Atoms& atoms,
                                      std::span<const xcb_window_t> windows, ProcessNames& processes);

/// Whether the two are equal but for the case of ASCII letters.
bool same_name(std::string_view a, std::string_view b) noexcept;

}  // namespace activitytrack::x11
