#pragma once

#include "server/accounts/audit.hpp"

#include <activitytrack/core/log.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace activitytrack::server {

/// Writes down what is only read, or was refused: together, within a second, on a thread of its own. Changes
/// write their entries themselves, in their own transactions (audited()). What was noted in the last second
/// is lost if the server is killed.
class AuditLog {
 public:
  /// All are borrowed.
  AuditLog(Database& database, Clock& clock, Log& log, std::size_t capacity = 10'000);
  ~AuditLog();  ///< stop()
  AuditLog(const AuditLog&) = delete;

  /// Notes an answered request if it read what the log is about, or was refused with 403. From any thread.
  /// While it is full, what was refused is only counted.
  void note(const Request& request, int status);

  /// So much waits, because the database takes nothing, that data must not be shown: nobody would know who
  /// saw it.
  bool is_full() const;

  /// Writes what waits, then ends the thread.
  void stop();

 private:
  void run();
  std::size_t write(std::span<const AuditEntry> entries);
  std::size_t write_singly(std::span<const AuditEntry> entries);
  bool has_no_room() const { return waiting_.size() + writing_ >= capacity_; }

  Database& database_;
  Clock& clock_;
  Log& log_;
  const std::size_t capacity_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<AuditEntry> waiting_;
  std::size_t writing_ = 0;  ///< entries that the thread tries to write just now
  std::size_t dropped_ = 0;  ///< refused requests that there was no room for, since writing last worked
  bool stopping_ = false;
  bool failing_ = false;  ///< of the thread alone
  std::thread thread_;
};

}  // namespace activitytrack::server
