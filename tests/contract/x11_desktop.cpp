#include "x11_desktop.hpp"

#include <cstdlib>
#include <stdexcept>

namespace activitytrack::test {

namespace {

template <class Reply>
Reply* own(x11::Owned<Reply>& owner, Reply* reply) {
  owner.reset(reply);
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

X11Desktop::X11Desktop(bool manages)
    : connection_(x11::Connection::open(test_display()).value()), manages_(manages) {
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
                    XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT,
                    &no_manager);
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
  x11::Owned<xcb_grab_keyboard_reply_t> keyboard;
  x11::Owned<xcb_grab_pointer_reply_t> pointer;
  own(keyboard,
      xcb_grab_keyboard_reply(connection_.get(),
                              xcb_grab_keyboard(connection_.get(), 0, connection_.root(), XCB_CURRENT_TIME,
                                                XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC),
                              nullptr));
  own(pointer,
      xcb_grab_pointer_reply(
          connection_.get(),
          xcb_grab_pointer(connection_.get(), 0, connection_.root(), XCB_EVENT_MASK_BUTTON_PRESS,
                           XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, XCB_CURRENT_TIME),
          nullptr));
  if (keyboard->status != XCB_GRAB_STATUS_SUCCESS || pointer->status != XCB_GRAB_STATUS_SUCCESS)
    throw std::runtime_error("another client of the test display has a grab");
}

void X11Desktop::set(xcb_window_t window, const char* property, xcb_atom_t type, int format, const void* data,
                     std::size_t count) {
  xcb_change_property(connection_.get(), XCB_PROP_MODE_REPLACE, window, atom(property), type,
                      static_cast<std::uint8_t>(format), static_cast<std::uint32_t>(count), data);
}

xcb_atom_t X11Desktop::atom(const char* name) { return x11::intern_atom(connection_, name); }

void X11Desktop::sync() {
  x11::Owned<xcb_get_input_focus_reply_t> reply;
  own(reply, xcb_get_input_focus_reply(connection_.get(), xcb_get_input_focus(connection_.get()), nullptr));
}

}  // namespace activitytrack::test
