#pragma once

#include "core/json_writer.hpp"
#include "core/worker.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <span>
#include <string>
#include <vector>

// The record of who read or changed what.

namespace activitytrack::server {

struct Request;

struct AuditEntry {
  Time at{};
  std::string kind{};        ///< person, machine, enrolment, command, ...
  std::string name{};        ///< of the person or machine
  std::string action{};      ///< "GET /api/activity/{id}/events"; with the id of a screenshot
  std::string machine_id{};  ///< "" if it is about no machine, or about all
  std::string client{};      ///< address
  std::int64_t status = 0;   ///< as answered; 0 for a command
  std::int64_t id = 0;       ///< 0: gets one when it is written; else it is written once, however often it is tried

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

/// Of a request's principal, route, first argument if that is a machine (and no longer than a machine's id can be), and
/// client.
AuditEntry audit_entry(const Request& request, Time now, int status);

/// In the transaction of the change that they are about, or in none.
Result<void> write_audit(Database& database, std::span<const AuditEntry> entries);

/// Makes a change and writes its entry in one transaction: neither is kept without the other. Returns what `change`
/// returned.
template <class Change>
auto audited(Database& database, const AuditEntry& entry, Change change) {
  return transact(database, [&]() -> decltype(change()) {
    auto made = change();
    if (!made) return made;
    if (auto written = write_audit(database, std::span(&entry, 1)); !written) return written.error();
    return made;
  });
}

/// What to show: entries with start <= at < end, the newest first, and on from where a page before ended.
struct AuditQuery {
  std::string machine_id{};  ///< "": of all machines, and of none
  Time start{};
  Time end = Time::max();
  std::optional<std::pair<Time, std::int64_t>> before{};  ///< a row's at and id
  std::size_t limit = 1000;
};
Result<std::vector<AuditEntry>> read_audit(Database& database, const AuditQuery& query);

/// Removes entries older than `before`, at most `limit` of them. Returns how many there were.
Result<std::int64_t> drop_old_audit(Database& database, Time before, std::size_t limit);

/// An entry as the API shows it.
void write_audit_entry(JsonWriter& json, const AuditEntry& entry);

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
