#pragma once

#include <activitytrack/screen/screen_source.hpp>

namespace activitytrack {

/// The ways in which pixels may come, for tests: a server's best is taken of those allowed.
struct X11Ways {
  bool render = true;         ///< scaled by the server
  bool shared_memory = true;  ///< MIT-SHM, not as a reply
  bool descriptors = true;    ///< MIT-SHM 1.2, not System V
};

Result<std::unique_ptr<ScreenSource>> make_x11_screen_source(const std::string& display, Log& log,
                                                             const X11Ways& allowed);

}  // namespace activitytrack
