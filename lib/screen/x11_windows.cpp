#include "screen/x11_windows.hpp"

#include "x11/window_names.hpp"

#include <algorithm>
#include <array>

namespace activitytrack {
namespace {

using x11::Connection;
using x11::Owned;

/// A manager puts an application's window into one of its own, or into that one's child.
constexpr int most_levels = 4;

constexpr auto lockers = std::to_array<std::string_view>({
    "i3lock",
    "slock",
    "xsecurelock",
    "xlock",
    "xtrlock",
    "swaylock",
    "kscreenlocker_greet",
    "kscreenlocker",
    "light-locker",
    "gnome-screensaver",
    "cinnamon-screensaver",
    "mate-screensaver",
    "mate-screensaver-dialog",
    "xfce4-screensaver",
    "xfce4-screensaver-dialog",
    "xscreensaver",
    "xscreensaver-gfx",
    "xscreensaver-auth",
    "betterlockscreen",
    "alock",
    "sxlock",
    "xss-lock",
    "physlock",
    "dm-tool",
});

struct ShownWindow {
  xcb_window_t id;
  X11Area area;  ///< within its parent, with its border
  bool unmanaged;
};

std::vector<xcb_window_t> children(const Connection& connection, xcb_window_t parent) {
  const auto cookie = xcb_query_tree(connection.get(), parent);
  const Owned<xcb_query_tree_reply_t> tree(xcb_query_tree_reply(connection.get(), cookie, nullptr));
  if (!tree) return {};
  const auto* const first = xcb_query_tree_children(tree.get());
  return {first, first + tree->children_len};
}

/// Those of `windows` that have pixels and are mapped, as all that they are in.
std::vector<ShownWindow> shown_of(const Connection& connection, std::span<const xcb_window_t> windows) {
  struct Asked {
    xcb_get_window_attributes_cookie_t attributes;
    xcb_get_geometry_cookie_t geometry;
  };
  std::vector<Asked> asked;
  asked.reserve(windows.size());
  for (const xcb_window_t window : windows) {
    asked.push_back(
        {xcb_get_window_attributes(connection.get(), window), xcb_get_geometry(connection.get(), window)});
  }
  std::vector<ShownWindow> shown;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Owned<xcb_get_window_attributes_reply_t> attributes(
        xcb_get_window_attributes_reply(connection.get(), asked[i].attributes, nullptr));
    const Owned<xcb_get_geometry_reply_t> geometry(
        xcb_get_geometry_reply(connection.get(), asked[i].geometry, nullptr));
    if (!attributes || !geometry || attributes->map_state != XCB_MAP_STATE_VIEWABLE ||
        attributes->_class != XCB_WINDOW_CLASS_INPUT_OUTPUT)
      continue;
    const int borders = 2 * geometry->border_width;
    shown.push_back({windows[i],
                     {geometry->x, geometry->y, geometry->width + borders, geometry->height + borders},
                     attributes->override_redirect != 0});
  }
  return shown;
}

bool is_named(const x11::WindowNames& window, auto is_one) {
  return std::any_of(window.names.begin(), window.names.end(), is_one);
}

std::vector<xcb_window_t> ids(std::span<const ShownWindow> windows) {
  std::vector<xcb_window_t> all;
  for (const ShownWindow& window : windows) all.push_back(window.id);
  return all;
}

}  // namespace

bool shows_app(const Connection& connection, const x11::Atoms& atoms, const X11Area& screen,
               std::span<const std::string> apps) {
  if (apps.empty()) return false;
  const auto is_wanted = [&](std::string_view name) {
    return std::any_of(apps.begin(), apps.end(), [&](const auto& app) { return x11::same_name(name, app); });
  };
  std::vector<ShownWindow> level = shown_of(connection, children(connection, connection.root()));
  std::erase_if(level, [&](const auto& window) { return common_area(window.area, screen).empty(); });
  for (int depth = 0; depth < most_levels && !level.empty(); ++depth) {
    const std::vector<xcb_window_t> windows = ids(level);
    const auto named = x11::window_names(connection, atoms, windows);
    std::vector<xcb_window_t> inner;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      if (named[i].minimised) continue;
      if (is_named(named[i], is_wanted)) return true;
      if (named[i].managed) continue;  // what is in it is its own
      const auto more = children(connection, windows[i]);
      inner.insert(inner.end(), more.begin(), more.end());
    }
    level = shown_of(connection, inner);
  }
  return false;
}

bool shows_locker(const Connection& connection, const x11::Atoms& atoms, const X11Area& screen) {
  std::vector<ShownWindow> windows = shown_of(connection, children(connection, connection.root()));
  std::erase_if(windows,
                [&](const auto& window) { return !window.unmanaged || !window.area.contains(screen); });
  const auto is_locker = [](std::string_view name) {
    return std::any_of(lockers.begin(), lockers.end(),
                       [&](std::string_view locker) { return x11::same_name(name, locker); });
  };
  const auto named = x11::window_names(connection, atoms, ids(windows));
  return std::any_of(named.begin(), named.end(), [&](const auto& one) { return is_named(one, is_locker); });
}

}  // namespace activitytrack
