// A build without a display.
#include <activitytrack/screen/screen_source.hpp>

namespace activitytrack {

Result<std::unique_ptr<ScreenSource>> make_screen_source(const std::string&, Log&) {
  return Error{ErrorCode::unsupported,
               "this build takes no screenshots; build it with the libraries xcb, xcb-render, xcb-shm, "
               "xcb-randr, xcb-res, xcb-screensaver and xcb-dpms"};
}

Result<std::unique_ptr<LockSource>> make_lock_source(const std::string&) {
  return Error{ErrorCode::unsupported, "this build knows no display; build it with the libraries of X11"};
}

}  // namespace activitytrack
