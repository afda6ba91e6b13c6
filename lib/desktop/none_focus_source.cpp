// A build without a display.
#include <activitytrack/desktop/desktop.hpp>

namespace activitytrack {

Result<std::unique_ptr<FocusSource>> make_focus_source(const std::string&) {
  return Error{ErrorCode::unsupported, "this build has no X11 focus; build it with the libraries xcb and xcb-xinput"};
}

}  // namespace activitytrack
