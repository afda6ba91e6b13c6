#pragma once

#include "server/maintenance/retention.hpp"

#include <activitytrack/core/log.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace activitytrack::server {

/// Looks after the data while the server runs, on a thread of its own: ends erasures that have begun, here or
/// elsewhere, removes uploads that nobody awaits, and once an hour removes what is too old. In small steps with rests
/// between, so that nobody waits for it. What is cut short is taken up again; where several servers have one database,
/// one of them does the hour's work.
class Care {
 public:
  /// Removes whole parts of a database at once, as far as they are older than a time: quicker than by rows.
  /// May be empty.
  using DropParts = std::function<Result<void>(Time before)>;

  /// All are borrowed.
  Care(Database& database, Screenshots& screenshots, Clock& clock, Log& log, Retention retention,
       DropParts drop_parts = {});
  ~Care();  ///< stop()
  Care(const Care&) = delete;

  void configure(Retention retention);

  /// Ends the thread after its present step.
  void stop();

 private:
  void run();
  void finish_erasures();
  void remove_old_once_an_hour();
  void sweep_screenshots();
  Result<bool> is_my_turn(Time now);
  bool rest(bool worked);
  bool wait_for(std::chrono::milliseconds time);
  void note(const Error& error);

  Database& database_;
  Screenshots& screenshots_;
  Clock& clock_;
  Log& log_;
  const DropParts drop_parts_;
  // Of the thread alone:
  std::optional<Time> swept_at_{};
  bool is_clean_ = true;  ///< nothing failed in this round
  bool failing_ = false;  ///< since the last clean round: an outage is one line of the log

  std::mutex mutex_;
  std::condition_variable changed_;
  Retention retention_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace activitytrack::server
