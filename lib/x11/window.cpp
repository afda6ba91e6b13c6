#include "x11/window.hpp"

#include "x11/process_name.hpp"
#include "x11/property.hpp"
#include "x11/window_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace activitytrack::x11 {
namespace {

/// Deeper trees of windows are no real program's.
constexpr int most_levels = 32;

/// The innermost window under the pointer.
xcb_window_t window_under_pointer(const Connection& connection) {
  xcb_window_t window = connection.root();
  for (int level = 0; level < most_levels; ++level) {
    const auto cookie = xcb_query_pointer(connection.get(), window);
    const Owned<xcb_query_pointer_reply_t> reply(xcb_query_pointer_reply(connection.get(), cookie, nullptr));
    if (!reply || reply->child == XCB_NONE) break;
    window = reply->child;
  }
  return window == connection.root() ? static_cast<xcb_window_t>(XCB_NONE) : window;
}

}  // namespace

Atoms::Atoms(const Connection& connection)
    : net_active_window(intern_atom(connection, "_NET_ACTIVE_WINDOW")),
      net_supported(intern_atom(connection, "_NET_SUPPORTED")),
      net_supporting_wm_check(intern_atom(connection, "_NET_SUPPORTING_WM_CHECK")),
      net_wm_name(intern_atom(connection, "_NET_WM_NAME")),
      net_wm_pid(intern_atom(connection, "_NET_WM_PID")),
      net_wm_state(intern_atom(connection, "_NET_WM_STATE")),
      net_wm_state_hidden(intern_atom(connection, "_NET_WM_STATE_HIDDEN")),
      wm_state(intern_atom(connection, "WM_STATE")),
      utf8_string(intern_atom(connection, "UTF8_STRING")),
      compound_text(intern_atom(connection, "COMPOUND_TEXT")) {}

xcb_window_t find_window_manager(const Connection& connection, const Atoms& atoms) {
  const auto ask_window = ask(connection, connection.root(), atoms.net_supporting_wm_check);
  const auto ask_supported = ask(connection, connection.root(), atoms.net_supported);
  const auto window = Property(connection, ask_window).number();
  const Property supported(connection, ask_supported);
  const auto hints = supported.numbers();
  if (!window || std::find(hints.begin(), hints.end(), atoms.net_active_window) == hints.end()) return XCB_NONE;
  // A manager that died leaves the root's property behind, but not the window that it names.
  const auto on_itself = Property(connection, ask(connection, *window, atoms.net_supporting_wm_check)).number();
  return on_itself == window ? *window : static_cast<xcb_window_t>(XCB_NONE);
}

xcb_window_t active_window(const Connection& connection, const Atoms& atoms) {
  const Property active(connection, ask(connection, connection.root(), atoms.net_active_window));
  return active.number().value_or(XCB_NONE);
}

xcb_window_t input_focus(const Connection& connection) {
  const auto cookie = xcb_get_input_focus(connection.get());
  const Owned<xcb_get_input_focus_reply_t> reply(xcb_get_input_focus_reply(connection.get(), cookie, nullptr));
  if (!reply) return XCB_NONE;
  const bool follows_pointer = reply->focus == XCB_INPUT_FOCUS_POINTER_ROOT || reply->focus == connection.root();
  return follows_pointer ? window_under_pointer(connection) : reply->focus;
}

xcb_window_t client_window(const Connection& connection, const Atoms& atoms, xcb_window_t window) {
  xcb_window_t best = window;
  for (int level = 0; level < most_levels && window != XCB_NONE && window != connection.root(); ++level) {
    const auto state = ask(connection, window, atoms.wm_state);
    const auto name = ask(connection, window, XCB_ATOM_WM_NAME);
    const auto wm_class = ask(connection, window, XCB_ATOM_WM_CLASS);
    const auto tree = xcb_query_tree(connection.get(), window);
    const bool has_state = Property(connection, state).exists();
    const bool has_name = Property(connection, name).exists();
    const bool has_class = Property(connection, wm_class).exists();
    const Owned<xcb_query_tree_reply_t> parent(xcb_query_tree_reply(connection.get(), tree, nullptr));
    if (has_state) return window;
    if (has_name || has_class) best = window;
    window = parent ? parent->parent : static_cast<xcb_window_t>(XCB_NONE);
  }
  return best;
}

std::string window_title(const Connection& connection, const Atoms& atoms, xcb_window_t window) {
  const auto modern = ask(connection, window, atoms.net_wm_name);
  const auto old = ask(connection, window, XCB_ATOM_WM_NAME);
  const Property net_wm_name(connection, modern);
  const Property wm_name(connection, old);
  if (!net_wm_name.text().empty()) return decode_window_text(net_wm_name.text(), TextEncoding::utf8);
  const TextEncoding encoding = wm_name.type() == atoms.utf8_string     ? TextEncoding::utf8
                                : wm_name.type() == atoms.compound_text ? TextEncoding::compound_text
                                                                        : TextEncoding::latin1;
  return decode_window_text(wm_name.text(), encoding);
}

bool is_this_host(std::string_view machine) {
  std::array<char, 256> name{};
  if (machine.empty() || gethostname(name.data(), name.size() - 1) != 0) return true;
  const std::string_view host(name.data());
  return machine.substr(0, machine.find('.')) == host.substr(0, host.find('.'));
}

std::string window_app(const Connection& connection, const Atoms& atoms, xcb_window_t window) {
  const auto ask_pid = ask(connection, window, atoms.net_wm_pid);
  const auto ask_machine = ask(connection, window, XCB_ATOM_WM_CLIENT_MACHINE);
  const auto ask_class = ask(connection, window, XCB_ATOM_WM_CLASS);
  const auto pid = Property(connection, ask_pid).number();
  const Property machine(connection, ask_machine);
  const Property wm_class(connection, ask_class);
  std::optional<std::string> process;
  if (pid && is_this_host(machine.text())) process = process_name(static_cast<pid_t>(*pid));
  return application_name(process, split_class(wm_class.text()).name);
}

}  // namespace activitytrack::x11
