#include "screen/x11_windows.hpp"

#include "x11/application.hpp"
#include "x11/window.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

/// A manager puts an application's window into one of its own, or into that one's child.
constexpr int most_frame_levels = 3;

// clang-format off
constexpr auto lockers = std::to_array<std::string_view>({
    "i3lock", "slock", "xsecurelock", "xlock", "xtrlock", "swaylock", "kscreenlocker_greet", "kscreenlocker",
    "light-locker", "gnome-screensaver", "cinnamon-screensaver", "mate-screensaver", "mate-screensaver-dialog",
    "xfce4-screensaver", "xfce4-screensaver-dialog", "xscreensaver", "xscreensaver-gfx", "xscreensaver-auth",
    "betterlockscreen", "alock", "sxlock", "xss-lock", "physlock", "dm-tool"});
// clang-format on

/// The windows in each of `parents`. Asks of all before it waits.
std::vector<std::vector<xcb_window_t>> children(const x11::Connection& connection,
                                                std::span<const xcb_window_t> parents) {
  std::vector<xcb_query_tree_cookie_t> asked;
  for (const xcb_window_t parent : parents) asked.push_back(xcb_query_tree(connection.get(), parent));
  std::vector<std::vector<xcb_window_t>> all;
  for (const auto cookie : asked) {
    const auto tree = x11::reply_to<xcb_query_tree_reply>(connection, cookie);
    const auto* const first = tree ? xcb_query_tree_children(tree.get()) : nullptr;
    all.emplace_back(first, first + (tree ? tree->children_len : 0));
  }
  return all;
}

/// The applications' windows (those with WM_STATE) in a manager's `frames`.
std::vector<xcb_window_t> clients_in(const x11::Connection& connection, const x11::Atoms& atoms,
                                     std::vector<xcb_window_t> frames) {
  std::vector<xcb_window_t> clients;
  for (int level = 0; level < most_frame_levels && !frames.empty(); ++level) {
    const auto inner = children(connection, frames);
    std::vector<xcb_get_property_cookie_t> asked;
    for (const auto& of_one : inner) {
      for (const xcb_window_t window : of_one) asked.push_back(x11::ask(connection, window, atoms.wm_state));
    }
    frames.clear();
    auto next = asked.begin();
    for (const auto& of_one : inner) {
      std::vector<xcb_window_t> managed, others;
      for (const xcb_window_t window : of_one) {
        (x11::Property(connection, *next++).exists() ? managed : others).push_back(window);
      }
      // Beside an application's window there are only the frame's own buttons and edges.
      if (managed.empty()) {
        frames.insert(frames.end(), others.begin(), others.end());
      } else {
        clients.insert(clients.end(), managed.begin(), managed.end());
      }
    }
  }
  return clients;
}

/// Those of `windows` that have pixels and are mapped, as all that they are in.
std::vector<ShownWindow> shown_of(const x11::Connection& connection, std::span<const xcb_window_t> windows) {
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
    const auto attributes = x11::reply_to<xcb_get_window_attributes_reply>(connection, asked[i].attributes);
    const auto geometry = x11::reply_to<xcb_get_geometry_reply>(connection, asked[i].geometry);
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

/// Whether one of the window's names is one of `names`, in any case of letters.
bool is_named(const x11::WindowNames& window, const auto& names) {
  return std::ranges::any_of(window.names, [&](std::string_view own) {
    return std::ranges::any_of(names, [&](std::string_view name) { return x11::same_name(own, name); });
  });
}

std::vector<xcb_window_t> ids(std::span<const ShownWindow> windows) {
  std::vector<xcb_window_t> all;
  for (const ShownWindow& window : windows) all.push_back(window.id);
  return all;
}

}  // namespace

Result<X11Area> screen_area(const x11::Connection& connection) {
  const auto cookie = xcb_get_geometry(connection.get(), connection.root());
  const auto reply = x11::reply_to<xcb_get_geometry_reply>(connection, cookie);
  if (reply) return X11Area{0, 0, reply->width, reply->height};
  if (auto alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::unavailable, "the X display " + connection.display() + " does not report its size"};
}

std::vector<ShownWindow> shown_windows(const x11::Connection& connection, const X11Area& screen) {
  const xcb_window_t root[] = {connection.root()};
  std::vector<ShownWindow> shown = shown_of(connection, children(connection, root).front());
  std::erase_if(shown, [&](const auto& window) { return common_area(window.area, screen).empty(); });
  return shown;
}

bool shows_app(const x11::Connection& connection, const x11::Atoms& atoms, std::span<const ShownWindow> shown,
               std::span<const std::string> apps, x11::ProcessNames& processes) {
  if (apps.empty()) return false;
  const auto shows = [&](const x11::WindowNames& window) { return !window.minimised && is_named(window, apps); };
  const auto top = ids(shown);
  const auto named = x11::window_names(connection, atoms, top, processes);
  if (std::ranges::any_of(named, shows)) return true;
  std::vector<xcb_window_t> frames;
  for (std::size_t i = 0; i < top.size(); ++i) {
    if (!named[i].managed) frames.push_back(top[i]);
  }
  const auto clients = shown_of(connection, clients_in(connection, atoms, std::move(frames)));
  return std::ranges::any_of(x11::window_names(connection, atoms, ids(clients), processes), shows);
}

bool shows_locker(const x11::Connection& connection, const x11::Atoms& atoms, std::span<const ShownWindow> shown,
                  const X11Area& screen, x11::ProcessNames& processes) {
  std::vector<xcb_window_t> covers;
  for (const ShownWindow& window : shown) {
    if (window.unmanaged && window.area.contains(screen)) covers.push_back(window.id);
  }
  return std::ranges::any_of(x11::window_names(connection, atoms, covers, processes),
                             [](const auto& window) { return is_named(window, lockers); });
}

}  // namespace activitytrack
