#pragma once

#include "server/accounts/passwords.hpp"
#include "server/api/readiness.hpp"
#include "server/events/ingest.hpp"
#include "server/events/store.hpp"
#include "server/metrics/stats.hpp"
#include "server/screenshots/screenshots.hpp"

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
