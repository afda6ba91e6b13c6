#pragma once

#include <cstddef>

namespace activitytrack {
class Clock;
class Log;
}  // namespace activitytrack

namespace activitytrack::server {

class Database;
class Ingest;
class PasswordQueue;
class Readiness;
class StoreReader;
class StoreWriter;
struct Screenshots;
struct Stats;

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
