#include "x11/window.hpp"

#include <algorithm>

namespace activitytrack::x11 {
namespace {

constexpr char escape = '\x1B';
constexpr std::string_view utf8_begin = "\x1B%G";
constexpr std::string_view utf8_end = "\x1B%@";
constexpr std::string_view latin1_right_half = "\x1B-A";

void append_latin1(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x80) {
    out += c;
  } else {
    out += static_cast<char>(0xC0 | byte >> 6);
    out += static_cast<char>(0x80 | (byte & 0x3F));
  }
}

/// The length of the escape sequence at the start of `bytes` (ISO 2022): intermediates and a final byte.
std::size_t escape_length(std::string_view bytes) {
  std::size_t length = 1;
  while (length < bytes.size() && bytes[length] >= 0x20 && bytes[length] <= 0x2F) ++length;
  return std::min(length + 1, bytes.size());
}

std::string from_compound_text(std::string_view bytes) {
  std::string out;
  bool latin1 = true;  // the right half, from 0x80 on
  while (!bytes.empty()) {
    if (bytes.starts_with(utf8_begin)) {
      bytes.remove_prefix(utf8_begin.size());
      const std::size_t end = bytes.find(utf8_end);
      out += bytes.substr(0, end);
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + utf8_end.size());
    } else if (bytes[0] == escape) {
      const std::string_view sequence = bytes.substr(0, escape_length(bytes));
      latin1 = sequence == latin1_right_half || (latin1 && sequence == "\x1B(B");
      bytes.remove_prefix(sequence.size());
    } else {
      const bool known = latin1 || static_cast<unsigned char>(bytes[0]) < 0x80;
      append_latin1(out, known ? bytes[0] : '?');
      bytes.remove_prefix(1);
    }
  }
  return out;
}

/// Deeper trees of windows are no real program's.
constexpr int most_levels = 32;

/// The innermost window under the pointer.
xcb_window_t window_under_pointer(const Connection& connection) {
  xcb_window_t window = connection.root();
  for (int level = 0; level < most_levels; ++level) {
    const auto cookie = xcb_query_pointer(connection.get(), window);
    const auto reply = reply_to<xcb_query_pointer_reply>(connection, cookie);
    if (!reply || reply->child == XCB_NONE) break;
    window = reply->child;
  }
  return window == connection.root() ? static_cast<xcb_window_t>(XCB_NONE) : window;
}

}  // namespace

std::string decode_window_text(std::string_view bytes, TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::latin1: {
      std::string out;
      for (const char c : bytes) append_latin1(out, c);
      return out;
    }
    case TextEncoding::compound_text:
      return from_compound_text(bytes);
    case TextEncoding::utf8:
      break;
  }
  return std::string(bytes);
}

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
  const auto reply = reply_to<xcb_get_input_focus_reply>(connection, xcb_get_input_focus(connection.get()));
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
    const auto parent = reply_to<xcb_query_tree_reply>(connection, tree);
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

}  // namespace activitytrack::x11
