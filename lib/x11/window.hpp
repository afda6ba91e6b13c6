#pragma once

#include "x11/connection.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace activitytrack::x11 {

/// Asks for a property of a window, of any type. Several may be asked for before the first answer is waited for.
inline xcb_get_property_cookie_t ask(const Connection& connection, xcb_window_t window, xcb_atom_t property) {
  constexpr std::uint32_t most_words = 1024;  // far more than the longest title that is kept
  return xcb_get_property(connection.get(), 0, window, property, XCB_GET_PROPERTY_TYPE_ANY, 0, most_words);
}

/// The answer to ask(), waited for. Of a window that is gone it is a property that does not exist.
class Property {
 public:
  Property(const Connection& connection, xcb_get_property_cookie_t cookie)
      : reply_(xcb_get_property_reply(connection.get(), cookie, nullptr)) {}

  bool exists() const { return reply_ && reply_->type != XCB_ATOM_NONE; }
  xcb_atom_t type() const { return reply_ ? reply_->type : static_cast<xcb_atom_t>(XCB_ATOM_NONE); }

  /// "" if it is no text.
  std::string_view text() const {
    if (!exists() || reply_->format != 8) return {};
    return {static_cast<const char*>(xcb_get_property_value(reply_.get())),
            static_cast<std::size_t>(xcb_get_property_value_length(reply_.get()))};
  }

  /// Empty if it is not made of 32-bit numbers.
  std::span<const std::uint32_t> numbers() const {
    if (!exists() || reply_->format != 32) return {};
    return {static_cast<const std::uint32_t*>(xcb_get_property_value(reply_.get())), reply_->value_len};
  }

  std::optional<std::uint32_t> number() const {
    return numbers().empty() ? std::nullopt : std::optional(numbers().front());
  }

 private:
  Owned<xcb_get_property_reply_t> reply_;
};

/// The types of a text property (ICCCM 2.7.1, EWMH).
enum class TextEncoding { utf8, latin1, compound_text };

/// The property's `bytes` as UTF-8, ill-formed where they were. Of COMPOUND_TEXT it understands Latin-1
/// and UTF-8 segments, as today's toolkits write them; what is in other character sets becomes "?".
std::string decode_window_text(std::string_view bytes, TextEncoding encoding);

// What follows asks the server, and waits for its answers. A window that is gone reads as one without
// properties, and a lost connection reads as nothing: see Connection::alive().

/// The names that window managers and applications agreed on (ICCCM, EWMH).
struct Atoms {
  explicit Atoms(const Connection& connection);

  xcb_atom_t net_active_window;
  xcb_atom_t net_supported;
  xcb_atom_t net_supporting_wm_check;
  xcb_atom_t net_wm_name;
  xcb_atom_t net_wm_pid;
  xcb_atom_t net_wm_state;
  xcb_atom_t net_wm_state_hidden;
  xcb_atom_t wm_state;
  xcb_atom_t utf8_string;
  xcb_atom_t compound_text;
};

/// The window that a living EWMH window manager put up to say that it is there; XCB_NONE without one, or
/// with one that does not say which window is active.
xcb_window_t find_window_manager(const Connection& connection, const Atoms& atoms);

/// What _NET_ACTIVE_WINDOW says; XCB_NONE: no window is active.
xcb_window_t active_window(const Connection& connection, const Atoms& atoms);

/// The window that the input focus is on, or under the pointer if the focus follows it; XCB_NONE if none.
xcb_window_t input_focus(const Connection& connection);

/// The application's own window around `window`: the nearest with WM_STATE, else the outermost with a
/// name or a class, else `window`.
xcb_window_t client_window(const Connection& connection, const Atoms& atoms, xcb_window_t window);

/// The title; "" if there is none. Not cleaned.
std::string window_title(const Connection& connection, const Atoms& atoms, xcb_window_t window);

}  // namespace activitytrack::x11
