#pragma once

#include "input/x11_devices.hpp"

#include <xcb/xinput.h>

namespace activitytrack {

/// The slave devices in the server's reply, synthetic by their name; a reply that breaks off gives those
/// before.
std::vector<X11Device> read_devices(const xcb_input_xi_query_device_reply_t& reply);

}  // namespace activitytrack
