#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <span>
#include <string>
#include <vector>

// The record of who read or changed what.

namespace activitytrack {
class JsonWriter;
}

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
struct AuditRow {
  AuditEntry entry{};
  std::int64_t id = 0;
};
Result<std::vector<AuditRow>> read_audit(Database& database, const AuditQuery& query);

/// Removes entries older than `before`, at most `limit` of them. Returns how many there were.
Result<std::int64_t> drop_old_audit(Database& database, Time before, std::size_t limit);

/// An entry as the API shows it.
void write_audit_entry(JsonWriter& json, const AuditEntry& entry);

}  // namespace activitytrack::server
