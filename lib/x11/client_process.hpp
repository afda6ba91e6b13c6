#pragma once

#include "x11/connection.hpp"

#include <sys/types.h>
#include <xcb/res.h>

#include <optional>

namespace activitytrack::x11 {

/// Asks which process of this machine made `window`. Only where has_client_process().
xcb_res_query_client_ids_cookie_t ask_client_process(const Connection& connection, xcb_window_t window);

/// The answer: as the server's socket tells, whatever the program says of itself. Nothing for a client of
/// another machine or a window that is gone.
std::optional<pid_t> client_process(const Connection& connection, xcb_res_query_client_ids_cookie_t cookie);

/// Whether the server has X-Resource.
bool has_client_process(const Connection& connection);

}  // namespace activitytrack::x11
