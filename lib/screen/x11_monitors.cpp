#include "screen/x11_monitors.hpp"

#include "core/text.hpp"

#include <xcb/randr.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

using x11::Connection;
using x11::Owned;

constexpr std::size_t most_name_bytes = 64;

std::string atom_name(const Connection& connection, xcb_atom_t atom) {
  const auto cookie = xcb_get_atom_name(connection.get(), atom);
  const Owned<xcb_get_atom_name_reply_t> reply(xcb_get_atom_name_reply(connection.get(), cookie, nullptr));
  if (!reply) return "";
  return {xcb_get_atom_name_name(reply.get()), static_cast<std::size_t>(xcb_get_atom_name_name_length(reply.get()))};
}

std::vector<X11Monitor> named_monitors(const Connection& connection) {
  const auto cookie = xcb_randr_get_monitors(connection.get(), connection.root(), 1);
  const Owned<xcb_randr_get_monitors_reply_t> reply(xcb_randr_get_monitors_reply(connection.get(), cookie, nullptr));
  std::vector<X11Monitor> monitors;
  if (!reply) return monitors;
  for (auto infos = xcb_randr_get_monitors_monitors_iterator(reply.get()); infos.rem > 0;
       xcb_randr_monitor_info_next(&infos)) {
    const auto& info = *infos.data;
    monitors.push_back({{info.x, info.y, info.width, info.height}, atom_name(connection, info.name)});
  }
  return monitors;
}

std::string output_name(const Connection& connection, xcb_randr_output_t output, xcb_timestamp_t configured) {
  const auto cookie = xcb_randr_get_output_info(connection.get(), output, configured);
  const Owned<xcb_randr_get_output_info_reply_t> reply(
      xcb_randr_get_output_info_reply(connection.get(), cookie, nullptr));
  if (!reply) return "";
  return {reinterpret_cast<const char*>(xcb_randr_get_output_info_name(reply.get())), reply->name_len};
}

std::vector<X11Monitor> lit_crtcs(const Connection& connection) {
  const auto cookie = xcb_randr_get_screen_resources_current(connection.get(), connection.root());
  const Owned<xcb_randr_get_screen_resources_current_reply_t> resources(
      xcb_randr_get_screen_resources_current_reply(connection.get(), cookie, nullptr));
  std::vector<X11Monitor> monitors;
  if (!resources) return monitors;
  const auto* const crtcs = xcb_randr_get_screen_resources_current_crtcs(resources.get());
  for (int i = 0; i < resources->num_crtcs; ++i) {
    const auto ask = xcb_randr_get_crtc_info(connection.get(), crtcs[i], resources->config_timestamp);
    const Owned<xcb_randr_get_crtc_info_reply_t> crtc(xcb_randr_get_crtc_info_reply(connection.get(), ask, nullptr));
    if (!crtc || crtc->mode == XCB_NONE || crtc->num_outputs == 0) continue;
    const auto output = xcb_randr_get_crtc_info_outputs(crtc.get())[0];
    monitors.push_back(
        {{crtc->x, crtc->y, crtc->width, crtc->height}, output_name(connection, output, resources->config_timestamp)});
  }
  return monitors;
}

/// RandR's minor version of its major version 1; 0 for none.
int randr_version(const Connection& connection) {
  const auto* const extension = xcb_get_extension_data(connection.get(), &xcb_randr_id);
  if (extension == nullptr || extension->present == 0) return 0;
  const auto cookie = xcb_randr_query_version(connection.get(), 1, 5);
  const Owned<xcb_randr_query_version_reply_t> reply(xcb_randr_query_version_reply(connection.get(), cookie, nullptr));
  return reply && reply->major_version == 1 ? static_cast<int>(reply->minor_version) : 0;
}

}  // namespace

Result<X11Area> screen_area(const Connection& connection) {
  const auto cookie = xcb_get_geometry(connection.get(), connection.root());
  const Owned<xcb_get_geometry_reply_t> reply(xcb_get_geometry_reply(connection.get(), cookie, nullptr));
  if (reply) return X11Area{0, 0, reply->width, reply->height};
  if (auto alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::unavailable, "the X display " + connection.display() + " does not tell its size"};
}

std::vector<X11Monitor> list_monitors(const Connection& connection, const X11Area& screen) {
  const int version = randr_version(connection);
  std::vector<X11Monitor> found;
  if (version >= 5) found = named_monitors(connection);
  if (found.empty() && version >= 3) found = lit_crtcs(connection);
  std::vector<X11Monitor> shown;
  for (X11Monitor& monitor : found) {
    monitor.area = common_area(monitor.area, screen);
    const auto is_same = [&](const X11Monitor& other) { return other.area == monitor.area; };
    if (monitor.area.empty() || std::any_of(shown.begin(), shown.end(), is_same)) continue;
    monitor.name = clean_utf8(monitor.name, most_name_bytes);
    shown.push_back(std::move(monitor));
  }
  if (shown.empty()) shown.push_back({screen, ""});
  return shown;
}

}  // namespace activitytrack
