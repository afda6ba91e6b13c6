#pragma once

#include "x11/connection.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace activitytrack::x11 {

/// Asks for a property of a window, of any type. Several may be asked for before the first answer is waited
/// for.
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

/// What a WM_CLASS holds: two strings, each with a NUL after it.
struct WindowClass {
  std::string_view instance;
  std::string_view name;  ///< the class itself; where there is one string alone, that one
};

inline WindowClass split_class(std::string_view wm_class) noexcept {
  const auto instance_end = wm_class.find('\0');
  if (instance_end == std::string_view::npos) return {wm_class, wm_class};
  const std::string_view rest = wm_class.substr(instance_end + 1);
  return {wm_class.substr(0, instance_end), rest.substr(0, rest.find('\0'))};
}

}  // namespace activitytrack::x11
