#include "x11/connection.hpp"

#include <ctime>

namespace activitytrack::x11 {
namespace {

sigset_t only_sigpipe() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_sigpipe_pending() noexcept {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

std::string why_not_connected(int code) {
  switch (code) {
    case XCB_CONN_CLOSED_PARSE_ERR:
      return "the name is not a display's name such as :0";
    case XCB_CONN_CLOSED_INVALID_SCREEN:
      return "it has no such screen";
    case XCB_CONN_CLOSED_MEM_INSUFFICIENT:
      return "out of memory";
    default:
      return "no server answers there, or it refuses this user; check $DISPLAY and $XAUTHORITY";
  }
}

}  // namespace

NoSigpipe::NoSigpipe() noexcept : pending_before_(is_sigpipe_pending()) {
  const sigset_t set = only_sigpipe();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

NoSigpipe::~NoSigpipe() {
  if (!pending_before_ && is_sigpipe_pending()) {
    const sigset_t set = only_sigpipe();
    const timespec at_once{};
    sigtimedwait(&set, nullptr, &at_once);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Result<Connection> Connection::open(const std::string& display) {
  Connection made;
  made.display_ = display;
  if (display.empty()) {
    const char* variable = std::getenv("DISPLAY");
    if (variable == nullptr || *variable == '\0') {
      return Error{ErrorCode::unavailable, "no X display: $DISPLAY is not set; set it, for example to :0"};
    }
    made.display_ = variable;
  }
  int screen_number = 0;
  made.connection_.reset(xcb_connect(made.display_.c_str(), &screen_number));
  if (const int code = xcb_connection_has_error(made.get()); code != 0) {
    return Error{ErrorCode::unavailable,
                 "cannot connect to the X display " + made.display_ + ": " + why_not_connected(code)};
  }
  auto screens = xcb_setup_roots_iterator(xcb_get_setup(made.get()));
  for (int i = 0; i < screen_number && screens.rem > 1; ++i) xcb_screen_next(&screens);
  made.screen_ = screens.data;
  return made;
}

Result<void> Connection::alive() const {
  if (xcb_connection_has_error(get()) == 0) return {};
  return Error{ErrorCode::unavailable, "lost the X display " + display_ + ": its server closed the connection"};
}

void Connection::drop_events() {
  while (next()) {
  }
}

const xcb_query_extension_reply_t* find_extension(const Connection& connection, xcb_extension_t& extension) {
  const auto* const found = xcb_get_extension_data(connection.get(), &extension);
  return found != nullptr && found->present != 0 ? found : nullptr;
}

xcb_atom_t intern_atom(const Connection& connection, std::string_view name) {
  const auto cookie = xcb_intern_atom(connection.get(), 0, static_cast<std::uint16_t>(name.size()), name.data());
  const auto reply = reply_to<xcb_intern_atom_reply>(connection, cookie);
  return reply ? reply->atom : static_cast<xcb_atom_t>(XCB_ATOM_NONE);
}

}  // namespace activitytrack::x11
