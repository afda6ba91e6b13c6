#include "screen/x11_blank.hpp"

#include "x11/property.hpp"

#include <xcb/dpms.h>
#include <xcb/screensaver.h>

namespace activitytrack {
namespace {

using x11::Connection;
using x11::Owned;

bool has(const Connection& connection, xcb_extension_t& extension) {
  const auto* const data = xcb_get_extension_data(connection.get(), &extension);
  return data != nullptr && data->present != 0;
}

}  // namespace

bool screen_saver_runs(const Connection& connection) {
  if (!has(connection, xcb_screensaver_id)) return false;
  const auto cookie = xcb_screensaver_query_info(connection.get(), connection.root());
  const Owned<xcb_screensaver_query_info_reply_t> info(
      xcb_screensaver_query_info_reply(connection.get(), cookie, nullptr));
  return info && info->state == XCB_SCREENSAVER_STATE_ON;
}

bool monitor_sleeps(const Connection& connection) {
  if (!has(connection, xcb_dpms_id)) return false;
  const Owned<xcb_dpms_info_reply_t> info(
      xcb_dpms_info_reply(connection.get(), xcb_dpms_info(connection.get()), nullptr));
  return info && info->state != 0 && info->power_level != XCB_DPMS_DPMS_MODE_ON;
}

XscreensaverState xscreensaver_state(const Connection& connection) {
  const auto status = x11::intern_atom(connection, "_SCREENSAVER_STATUS");
  const x11::Property property(connection, x11::ask(connection, connection.root(), status));
  // The first number is the atom BLANK or LOCK, or 0.
  const auto state = property.number().value_or(0);
  if (state == 0) return XscreensaverState::off;
  return state == x11::intern_atom(connection, "LOCK") ? XscreensaverState::locked
                                                       : XscreensaverState::blanked;
}

}  // namespace activitytrack
