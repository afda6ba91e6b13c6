#pragma once

#include "server/http/http_stats.hpp"
#include "server/metrics/event_stats.hpp"
#include "server/screenshots/screenshot_stats.hpp"

namespace activitytrack::server {

/// What the server counts beside what Ingest does (ingest/ingest_stats.hpp).
struct Stats {
  explicit Stats(std::span<const Route> routes = {}) : http(routes) {}

  HttpStats http;
  EventStats events;
  ScreenshotStats screenshots;
};

}  // namespace activitytrack::server
