#pragma once

#include "server/screenshots/screenshot_rows.hpp"

#include <string>

namespace activitytrack::server {

/// encode_screenshot()'s fields, and when it was stored.
std::string screenshot_json(const ScreenshotRow& row);

}  // namespace activitytrack::server
