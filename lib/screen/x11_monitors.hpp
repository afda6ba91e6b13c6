#pragma once

#include <activitytrack/core/result.hpp>

#include "screen/x11_area.hpp"
#include "x11/connection.hpp"

#include <string>
#include <vector>

namespace activitytrack {

struct X11Monitor {
  X11Area area;
  std::string name;
};

/// The whole screen as it is now: with RandR its size may change at any time.
Result<X11Area> screen_area(const x11::Connection& connection);

/// The monitors that show a part of `screen`: as RandR 1.5 tells them, else what 1.3's CRTCs show, else the
/// whole screen as one without a name. Of those that show the same part, the first.
std::vector<X11Monitor> list_monitors(const x11::Connection& connection, const X11Area& screen);

}  // namespace activitytrack
