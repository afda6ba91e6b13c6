#include "screen/x11_windows.hpp"

#include "x11/property.hpp"
#include "x11/window_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace activitytrack {
namespace {

using x11::Connection;
using x11::Owned;

/// A manager puts an application's window into one of its own, or into that one's child.
constexpr int most_levels = 3;

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

/// The windows in each of `parents`. Asks of all before it waits.
std::vector<std::vector<xcb_window_t>> children(const Connection& connection, std::span<const xcb_window_t> parents) {
  std::vector<xcb_query_tree_cookie_t> asked;
  for (const xcb_window_t parent : parents) asked.push_back(xcb_query_tree(connection.get(), parent));
  std::vector<std::vector<xcb_window_t>> all;
  for (const auto cookie : asked) {
    const Owned<xcb_query_tree_reply_t> tree(xcb_query_tree_reply(connection.get(), cookie, nullptr));
    const auto* const first = tree ? xcb_query_tree_children(tree.get()) : nullptr;
    all.emplace_back(first, first + (tree ? tree->children_len : 0));
  }
  return all;
}

/// Which of `windows` have WM_STATE: they are applications' own.
std::vector<bool> are_managed(const Connection& connection, const x11::Atoms& atoms,
                              std::span<const xcb_window_t> windows) {
  std::vector<xcb_get_property_cookie_t> asked;
  for (const xcb_window_t window : windows) asked.push_back(x11::ask(connection, window, atoms.wm_state));
  std::vector<bool> managed;
  for (const auto cookie : asked) managed.push_back(x11::Property(connection, cookie).exists());
  return managed;
}

/// The applications' windows in a manager's `frames`.
std::vector<xcb_window_t> clients_in(const Connection& connection, const x11::Atoms& atoms,
                                     std::vector<xcb_window_t> frames) {
  std::vector<xcb_window_t> clients;
  for (int level = 0; level < most_levels && !frames.empty(); ++level) {
    const auto inner = children(connection, frames);
    std::vector<xcb_window_t> all;
    for (const auto& of_one : inner) all.insert(all.end(), of_one.begin(), of_one.end());
    const auto managed = are_managed(connection, atoms, all);
    frames.clear();
    auto first = managed.begin();
    for (const auto& of_one : inner) {
      const auto last = first + static_cast<std::ptrdiff_t>(of_one.size());
      // Beside an application's window there are but the frame's own buttons and edges.
      const bool found = std::find(first, last, true) != last;
      for (const xcb_window_t window : of_one) {
        if (*first++ == found) (found ? clients : frames).push_back(window);
      }
    }
  }
  return clients;
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
    asked.push_back({xcb_get_window_attributes(connection.get(), window), xcb_get_geometry(connection.get(), window)});
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

std::vector<ShownWindow> shown_windows(const Connection& connection, const X11Area& screen) {
  const xcb_window_t root[] = {connection.root()};
  std::vector<ShownWindow> shown = shown_of(connection, children(connection, root).front());
  std::erase_if(shown, [&](const auto& window) { return common_area(window.area, screen).empty(); });
  return shown;
}

bool shows_app(const Connection& connection, const x11::Atoms& atoms, std::span<const ShownWindow> shown,
               std::span<const std::string> apps, x11::ProcessNames& processes) {
  if (apps.empty()) return false;
  const auto is_wanted = [&](std::string_view name) {
    return std::any_of(apps.begin(), apps.end(), [&](const auto& app) { return x11::same_name(name, app); });
  };
  const auto shows = [&](const x11::WindowNames& window) { return !window.minimised && is_named(window, is_wanted); };
  const auto top = ids(shown);
  const auto named = x11::window_names(connection, atoms, top, processes);
  if (std::any_of(named.begin(), named.end(), shows)) return true;
  std::vector<xcb_window_t> frames;
  for (std::size_t i = 0; i < top.size(); ++i) {
    if (!named[i].managed) frames.push_back(top[i]);
  }
  const auto clients = shown_of(connection, clients_in(connection, atoms, std::move(frames)));
  const auto inner = x11::window_names(connection, atoms, ids(clients), processes);
  return std::any_of(inner.begin(), inner.end(), shows);
}

bool shows_locker(const Connection& connection, const x11::Atoms& atoms, std::span<const ShownWindow> shown,
                  const X11Area& screen, x11::ProcessNames& processes) {
  std::vector<xcb_window_t> covers;
  for (const ShownWindow& window : shown) {
    if (window.unmanaged && window.area.contains(screen)) covers.push_back(window.id);
  }
  const auto is_locker = [](std::string_view name) {
    return std::any_of(lockers.begin(), lockers.end(),
                       [&](std::string_view locker) { return x11::same_name(name, locker); });
  };
  const auto named = x11::window_names(connection, atoms, covers, processes);
  return std::any_of(named.begin(), named.end(), [&](const auto& one) { return is_named(one, is_locker); });
}

}  // namespace activitytrack
