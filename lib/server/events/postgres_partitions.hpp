#pragma once

#include "server/database/postgres_connection.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <map>
#include <set>
#include <string>

namespace activitytrack::server {

/// The months of `events`. One that lies near the server's clock (from five years before it to one ahead) is made when
/// the first event of it comes; the events of all others are in `events_other`, and move over when their month is made.
/// Reads find both. Making one waits at most two seconds for readers in its way; if it cannot be made, its events go to
/// events_other, and it is tried again a minute later.
class PostgresPartitions {
 public:
  /// To be called before the transaction that stores events of `months`. An error is the connection's: nothing else
  /// keeps a group from being stored.
  Result<void> prepare(PostgresConnection& connection, const std::set<std::chrono::year_month>& months, Time now);

 private:
  std::set<std::chrono::year_month> present_;
  std::map<std::chrono::year_month, Time> failed_;
};

std::chrono::year_month month_of(Time time);

/// Drops the months of `events` that ended at `before` or earlier, each in a transaction. Waits at most two seconds for
/// the table's users; events of such a month that come later go to events_other.
Result<void> drop_months_before(const std::string& url, Time before);

}  // namespace activitytrack::server
