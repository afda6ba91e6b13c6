#include "x11/client_process.hpp"

namespace activitytrack::x11 {

bool has_client_process(const Connection& connection) {
  const auto* const extension = xcb_get_extension_data(connection.get(), &xcb_res_id);
  return extension != nullptr && extension->present != 0;
}

xcb_res_query_client_ids_cookie_t ask_client_process(const Connection& connection, xcb_window_t window) {
  const xcb_res_client_id_spec_t of_window{window, XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID};
  return xcb_res_query_client_ids(connection.get(), 1, &of_window);
}

std::optional<pid_t> client_process(const Connection& connection, xcb_res_query_client_ids_cookie_t cookie) {
  const Owned<xcb_res_query_client_ids_reply_t> reply(
      xcb_res_query_client_ids_reply(connection.get(), cookie, nullptr));
  if (!reply) return std::nullopt;  // before X-Resource 1.2 the request was unknown
  for (auto ids = xcb_res_query_client_ids_ids_iterator(reply.get()); ids.rem > 0; xcb_res_client_id_value_next(&ids)) {
    const bool is_pid = (ids.data->spec.mask & XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID) != 0;
    if (!is_pid || xcb_res_client_id_value_value_length(ids.data) < 1) continue;
    return static_cast<pid_t>(*xcb_res_client_id_value_value(ids.data));
  }
  return std::nullopt;
}

}  // namespace activitytrack::x11
