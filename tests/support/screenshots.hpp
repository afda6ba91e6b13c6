#pragma once

#include <activitytrack/core/screenshot.hpp>

#include "fakes.hpp"

#include <string>

namespace activitytrack::test {

/// A screenshot of vm-1 with all its fields.
inline Screenshot screenshot_at(Time taken_at) {
  Screenshot shot;
  shot.machine_id = "vm-1";
  shot.id = screenshot_id(taken_at, 0);
  shot.taken_at = taken_at;
  shot.timezone = "Europe/Berlin";
  shot.utc_offset_min = 60;
  shot.monitor = "HDMI-1";
  shot.width = 480;
  shot.height = 270;
  shot.size = 5;
  shot.sha256 = std::string(64, 'a');
  return shot;
}

inline Screenshot numbered_screenshot(int n) {
  return screenshot_at(at("2024-01-15T10:00:00Z") + std::chrono::seconds(n));
}

}  // namespace activitytrack::test
