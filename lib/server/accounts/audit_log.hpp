#pragma once

#include "core/worker.hpp"
#include "server/accounts/audit.hpp"

namespace activitytrack::server {

/// Writes down what is only read, or was refused: together, within a second, on its own thread. Changes write their
/// entries themselves, in their own transactions (audited()). What was noted in the last second is lost if the server
/// is killed.
class AuditLog {
 public:
  /// All are borrowed.
  AuditLog(Database& database, Clock& clock, Log& log, std::size_t capacity = 10'000);

  /// Notes an answered request if it read what the log is about, or was refused with 403. From any thread. While it is
  /// full, what was refused is only counted.
  void note(const Request& request, int status);

  /// So much waits, because the database takes nothing, that data must not be shown: nobody would know who saw it.
  bool is_full() const;

  /// Writes what waits, then ends the thread; so does the destructor.
  void stop() { worker_.stop(); }

 private:
  bool step(Worker::Lock& lock);
  void put_back(std::span<AuditEntry> entries);
  std::size_t write(std::span<const AuditEntry> entries);
  std::size_t write_singly(std::span<const AuditEntry> entries);
  bool has_no_room() const { return waiting_.size() + writing_ >= capacity_; }

  Database& database_;
  Clock& clock_;
  Log& log_;
  const std::size_t capacity_;

  std::vector<AuditEntry> waiting_;
  std::size_t writing_ = 0;  ///< entries that the thread tries to write just now
  std::size_t dropped_ = 0;  ///< refused requests that there was no room for, since writing last worked
  bool failing_ = false;     ///< only the thread uses it
  Worker worker_;
};

}  // namespace activitytrack::server
