#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <string>

namespace activitytrack::server {

/// Drops the months of `events` (store/postgres_partitions.hpp) that ended at `before` or earlier, each in a
/// transaction. Waits at most two seconds for those who use the table; events of such a month that come later
/// go to events_other.
Result<void> drop_months_before(const std::string& url, Time before);

}  // namespace activitytrack::server
