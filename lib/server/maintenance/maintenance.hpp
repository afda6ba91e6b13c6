#pragma once

#include "core/worker.hpp"
#include "server/maintenance/retention.hpp"

#include <activitytrack/core/log.hpp>

#include <optional>

namespace activitytrack::server {

struct Screenshots;

/// Looks after the data while the server runs, on a thread of its own: ends erasures that have begun, here or
/// elsewhere, removes uploads that nobody awaits, and once an hour removes what is too old. In small steps with rests
/// between, so that nobody waits for it. What is cut short is taken up again; where several servers have one database,
/// one of them does the hour's work: the row `retention_at` of server_state says when one last began.
class Maintenance {
 public:
  /// Removes whole parts of a database at once, as far as they are older than a time: quicker than by rows.
  /// May be empty.
  using DropParts = std::function<Result<void>(Time before)>;

  /// All are borrowed.
  Maintenance(Database& database, Screenshots& screenshots, Clock& clock, Log& log, Retention retention,
              DropParts drop_parts = {});

  void configure(Retention retention);

  /// Ends the thread after its present step.
  void stop() { worker_.stop(); }

 private:
  void work(const Retention& retention);
  Result<void> finish_erasures();
  Result<void> sweep_screenshots();
  Result<void> remove_old_once_an_hour(const Retention& retention);
  Result<bool> is_my_turn(Time now);
  void note(const Error& error);

  Database& database_;
  Screenshots& screenshots_;
  Clock& clock_;
  Log& log_;
  const DropParts drop_parts_;
  const Pause pause_;
  // Only the thread uses these:
  std::optional<Time> swept_at_{};
  bool is_clean_ = true;  ///< nothing failed in this round
  bool failing_ = false;  ///< since the last clean round: an outage is one line of the log

  Retention retention_;  ///< guarded by the worker
  Worker worker_;
};

}  // namespace activitytrack::server
