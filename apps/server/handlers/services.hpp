#pragma once

#include "auth/password_queue.hpp"
#include "handlers/readiness.hpp"
#include "ingest/ingest.hpp"
#include "metrics/stats.hpp"
#include "screenshots/screenshots.hpp"
#include "store/store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <cstddef>

namespace activitytrack::server {

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

}  // namespace activitytrack::server
