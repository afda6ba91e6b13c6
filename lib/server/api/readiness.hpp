#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <mutex>
#include <optional>

namespace activitytrack::server {

/// Whether this server could store events now. Finds out by a small write, at most once a second:
/// what was found is good until then. From any thread; who asks while another finds out gets what was known
/// before.
class Readiness {
 public:
  /// All are borrowed.
  Readiness(Database& database, Clock& clock, Log& log) : database_(database), clock_(clock), log_(log) {}

  bool check();

 private:
  std::optional<bool> known_good_at(Ticks now) const;
  bool write();

  Database& database_;
  Clock& clock_;
  Log& log_;

  std::mutex writing_;        ///< held by who finds out
  mutable std::mutex mutex_;  ///< guards what follows
  std::optional<Ticks> found_at_;
  bool ready_ = false;
};

}  // namespace activitytrack::server
