#pragma once

#include "server/accounts/password_queue.hpp"
#include "server/accounts/principal.hpp"
#include "server/api/event_stats.hpp"
#include "server/api/readiness.hpp"
#include "server/events/ingest.hpp"
#include "server/events/store.hpp"
#include "server/http/http_stats.hpp"
#include "server/http/message.hpp"
#include "server/screenshots/screenshots.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <cstddef>

namespace activitytrack::server {

/// What the server counts beside what Ingest does (events/ingest_stats.hpp).
struct Stats {
  explicit Stats(std::size_t routes = 0) : http(routes) {}

  HttpStats http;
  EventStats events;
  ScreenshotStats screenshots;
};

/// What handlers work with. All are borrowed, and usable from any thread.
struct Services {
  StoreReader& reader;
  StoreWriter& writer;
  Database& database;
  Ingest& ingest;
  Clock& clock;
  Log& log;
  PasswordQueue& passwords;
  Stats& stats;
  Readiness& readiness;
  Screenshots& screenshots;
  std::size_t max_body_bytes = 16 * 1024 * 1024;  ///< of a body, unpacked
};

/// Answers a request with them: what a Handler of http is bound to.
using ServiceHandler = Response (*)(const Request&, Services&);

}  // namespace activitytrack::server
