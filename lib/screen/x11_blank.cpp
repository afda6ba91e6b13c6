#include "screen/x11_blank.hpp"

#include "x11/property.hpp"

namespace activitytrack {
namespace {

using x11::Connection;
using x11::Owned;

bool has(const Connection& connection, xcb_extension_t& extension) {
  const auto* const data = xcb_get_extension_data(connection.get(), &extension);
  return data != nullptr && data->present != 0;
}

}  // namespace

XscreensaverAtoms::XscreensaverAtoms(const Connection& connection)
    : status(x11::intern_atom(connection, "_SCREENSAVER_STATUS")), lock(x11::intern_atom(connection, "LOCK")) {}

X11BlankQuestion::X11BlankQuestion(const Connection& connection, const XscreensaverAtoms& atoms)
    : connection_(connection), atoms_(atoms), status_(x11::ask(connection, connection.root(), atoms.status)) {
  auto* const xcb = connection.get();
  if (has(connection, xcb_screensaver_id)) saver_ = xcb_screensaver_query_info(xcb, connection.root());
  if (has(connection, xcb_dpms_id)) power_ = xcb_dpms_info(xcb);
}

bool X11BlankQuestion::screen_saver_runs() {
  if (!saver_) return false;
  const Owned<xcb_screensaver_query_info_reply_t> info(
      xcb_screensaver_query_info_reply(connection_.get(), *saver_, nullptr));
  return info && info->state == XCB_SCREENSAVER_STATE_ON;
}

bool X11BlankQuestion::monitor_sleeps() {
  if (!power_) return false;
  const Owned<xcb_dpms_info_reply_t> info(xcb_dpms_info_reply(connection_.get(), *power_, nullptr));
  return info && info->state != 0 && info->power_level != XCB_DPMS_DPMS_MODE_ON;
}

XscreensaverState X11BlankQuestion::xscreensaver() { return read_xscreensaver(connection_, atoms_, status_); }

XscreensaverState read_xscreensaver(const Connection& connection, const XscreensaverAtoms& atoms,
                                    xcb_get_property_cookie_t asked) {
  // The first number is the atom BLANK or LOCK, or 0.
  const auto state = x11::Property(connection, asked).number().value_or(0);
  if (state == 0) return XscreensaverState::off;
  return state == atoms.lock ? XscreensaverState::locked : XscreensaverState::blanked;
}

}  // namespace activitytrack
