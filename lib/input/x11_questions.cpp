#include "input/x11_questions.hpp"

#include <xcb/randr.h>
#include <xcb/xinput.h>

#include <iterator>
#include <utility>

namespace activitytrack {

using x11::Owned;

Result<std::uint8_t> require_xinput(const x11::Connection& connection) {
  const auto* const extension = xcb_get_extension_data(connection.get(), &xcb_input_id);
  if (extension != nullptr && extension->present != 0) {
    const auto cookie = xcb_input_xi_query_version(connection.get(), 2, 2);
    const Owned<xcb_input_xi_query_version_reply_t> reply(
        xcb_input_xi_query_version_reply(connection.get(), cookie, nullptr));
    if (reply &&
        std::pair(reply->major_version, reply->minor_version) >= std::pair<std::uint16_t, std::uint16_t>(2, 1)) {
      return extension->major_opcode;
    }
  }
  if (auto alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::unsupported,
               "the X display " + connection.display() + " has no XInput 2.1 or newer; use a newer X server"};
}

void select_input(const x11::Connection& connection) {
  struct Mask {
    xcb_input_event_mask_t head;
    std::uint32_t bits;
  };
  const Mask masks[] = {
      {{XCB_INPUT_DEVICE_ALL, 1}, XCB_INPUT_XI_EVENT_MASK_HIERARCHY | XCB_INPUT_XI_EVENT_MASK_DEVICE_CHANGED},
      // Of the masters alone: of all devices, each event would come twice.
      {{XCB_INPUT_DEVICE_ALL_MASTER, 1},
       XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
           XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_RELEASE |
           XCB_INPUT_XI_EVENT_MASK_RAW_MOTION}};
  xcb_input_xi_select_events(connection.get(), connection.root(), std::size(masks), &masks[0].head);
  const std::uint32_t resizes = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(connection.get(), connection.root(), XCB_CW_EVENT_MASK, &resizes);
  const auto* const randr = xcb_get_extension_data(connection.get(), &xcb_randr_id);
  if (randr == nullptr || randr->present == 0) return;
  xcb_randr_select_input(connection.get(), connection.root(),
                         XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE);
}

X11PointerQuestion::X11PointerQuestion(const x11::Connection& connection)
    : connection_(connection), cookie_(xcb_query_pointer(connection.get(), connection.root())) {}

std::optional<PointerTrack::Point> X11PointerQuestion::answer() {
  const Owned<xcb_query_pointer_reply_t> reply(xcb_query_pointer_reply(connection_.get(), cookie_, nullptr));
  if (!reply || reply->same_screen == 0) return std::nullopt;
  return PointerTrack::Point{static_cast<double>(reply->root_x), static_cast<double>(reply->root_y)};
}

bool X11PointerQuestion::before_answer(const xcb_generic_event_t& event) const noexcept {
  return static_cast<std::int32_t>(event.full_sequence - cookie_.sequence) < 0;
}

}  // namespace activitytrack
