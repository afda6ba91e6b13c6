#include "server/screenshots/screenshot_json.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {

std::string screenshot_json(const ScreenshotRow& row) {
  std::string json = encode_screenshot(row.shot);
  if (!row.received_at) return json;
  json.pop_back();
  return json + R"(,"received_at":")" + format_timestamp(*row.received_at) + "\"}";
}

}  // namespace activitytrack::server
