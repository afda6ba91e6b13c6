// A build without a display.
#include <activitytrack/input/input_source.hpp>

namespace activitytrack {

Result<std::unique_ptr<InputSource>> make_input_source(const std::string&) {
  return Error{ErrorCode::unsupported, "this build has no X11 input; build it with the libraries xcb and xcb-xinput"};
}

}  // namespace activitytrack
