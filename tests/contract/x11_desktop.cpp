#include "x11_desktop.hpp"

#include <xcb/xinput.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace activitytrack::test {
namespace {

/// As x11::reply_to(), of a server that must be there.
template <auto xcb_reply, class Cookie>
auto answer(const x11::Connection& connection, Cookie cookie) {
  auto reply = x11::reply_to<xcb_reply>(connection, cookie);
  if (!reply) throw std::runtime_error("the test display does not answer");
  return reply;
}

}  // namespace

std::string test_display() {
  const char* display = std::getenv("ACTIVITYTRACK_TEST_DISPLAY");
  return display ? display : "";
}

void xdotool(const std::string& arguments) {
  const std::string command = "DISPLAY=" + test_display() + " xdotool " + arguments;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

X11Desktop::X11Desktop(bool manages) : connection_(x11::Connection::open(test_display()).value()), manages_(manages) {
  if (manages_) manage();
}

/// Says what an EWMH window manager says of itself.
void X11Desktop::manage() {
  const xcb_window_t own = xcb_generate_id(connection_.get());
  xcb_create_window(connection_.get(), XCB_COPY_FROM_PARENT, own, connection_.root(), 0, 0, 1, 1, 0,
                    XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, 0, nullptr);
  for (const xcb_window_t window : {own, connection_.root()})
    set(window, "_NET_SUPPORTING_WM_CHECK", XCB_ATOM_WINDOW, 32, &own, 1);
  const xcb_atom_t supported[] = {atom("_NET_SUPPORTING_WM_CHECK"), atom("_NET_ACTIVE_WINDOW")};
  set(connection_.root(), "_NET_SUPPORTED", XCB_ATOM_ATOM, 32, supported, 2);
  sync();
}

void X11Desktop::focus(const std::string& app, const std::string& title) {
  window_ = xcb_generate_id(connection_.get());
  const std::uint32_t no_manager = 1;
  xcb_create_window(connection_.get(), XCB_COPY_FROM_PARENT, window_, connection_.root(), 0, 0, 100, 100, 0,
                    XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT, &no_manager);
  const std::string instance_and_class = app + '\0' + app + '\0';
  set(window_, "WM_CLASS", XCB_ATOM_STRING, 8, instance_and_class.data(), instance_and_class.size());
  retitle(title);
  xcb_map_window(connection_.get(), window_);
  give_focus(window_);
}

void X11Desktop::retitle(const std::string& title) {
  set(window_, "_NET_WM_NAME", atom("UTF8_STRING"), 8, title.data(), title.size());
  sync();
}

void X11Desktop::blur() { give_focus(XCB_NONE); }

void X11Desktop::give_focus(xcb_window_t window) {
  xcb_set_input_focus(connection_.get(), XCB_INPUT_FOCUS_NONE, window, XCB_CURRENT_TIME);
  if (manages_) set(connection_.root(), "_NET_ACTIVE_WINDOW", XCB_ATOM_WINDOW, 32, &window, 1);
  sync();
}

void X11Desktop::grab() {
  const auto keyboard = answer<xcb_grab_keyboard_reply>(
      connection_, xcb_grab_keyboard(connection_.get(), 0, connection_.root(), XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC,
                                     XCB_GRAB_MODE_ASYNC));
  const auto pointer = answer<xcb_grab_pointer_reply>(
      connection_, xcb_grab_pointer(connection_.get(), 0, connection_.root(), XCB_EVENT_MASK_BUTTON_PRESS,
                                    XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, XCB_CURRENT_TIME));
  if (keyboard->status != XCB_GRAB_STATUS_SUCCESS || pointer->status != XCB_GRAB_STATUS_SUCCESS)
    throw std::runtime_error("another client of the test display has a grab");
}

void X11Desktop::warp(int x, int y) {
  xcb_warp_pointer(connection_.get(), XCB_NONE, connection_.root(), 0, 0, 0, 0, static_cast<std::int16_t>(x),
                   static_cast<std::int16_t>(y));
  sync();
}

void X11Desktop::add_master(const std::string& name) {
  const std::size_t name_bytes = (name.size() + 3) / 4 * 4;
  std::vector<std::uint32_t> words((sizeof(xcb_input_add_master_t) + name_bytes) / 4);
  auto& head = *reinterpret_cast<xcb_input_add_master_t*>(words.data());
  head = {XCB_INPUT_HIERARCHY_CHANGE_TYPE_ADD_MASTER, static_cast<std::uint16_t>(words.size()),
          static_cast<std::uint16_t>(name.size()), 1, 1};
  std::memcpy(&head + 1, name.data(), name.size());
  change_hierarchy(words.data());
}

void X11Desktop::remove_master() {
  const xcb_input_remove_master_t change{XCB_INPUT_HIERARCHY_CHANGE_TYPE_REMOVE_MASTER,
                                         sizeof(xcb_input_remove_master_t) / 4,
                                         newest_master(),
                                         XCB_INPUT_CHANGE_MODE_FLOAT,
                                         0,
                                         0,
                                         0};
  change_hierarchy(&change);
}

void X11Desktop::change_hierarchy(const void* change) {
  xcb_input_xi_change_hierarchy(connection_.get(), 1, static_cast<const xcb_input_hierarchy_change_t*>(change));
  sync();
}

std::uint16_t X11Desktop::newest_master() {
  const auto cookie = xcb_input_xi_query_device(connection_.get(), XCB_INPUT_DEVICE_ALL_MASTER);
  const auto reply = answer<xcb_input_xi_query_device_reply>(connection_, cookie);
  std::uint16_t newest = 0;
  for (auto i = xcb_input_xi_query_device_infos_iterator(reply.get()); i.rem > 0; xcb_input_xi_device_info_next(&i)) {
    if (i.data->type == XCB_INPUT_DEVICE_TYPE_MASTER_POINTER) newest = std::max(newest, i.data->deviceid);
  }
  return newest;
}

void X11Desktop::set(xcb_window_t window, const char* property, xcb_atom_t type, int format, const void* data,
                     std::size_t count) {
  xcb_change_property(connection_.get(), XCB_PROP_MODE_REPLACE, window, atom(property), type,
                      static_cast<std::uint8_t>(format), static_cast<std::uint32_t>(count), data);
}

xcb_atom_t X11Desktop::atom(const char* name) { return x11::intern_atom(connection_, name); }

void X11Desktop::sync() { answer<xcb_get_input_focus_reply>(connection_, xcb_get_input_focus(connection_.get())); }

}  // namespace activitytrack::test
