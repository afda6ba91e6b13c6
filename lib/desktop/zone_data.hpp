#pragma once

#include <activitytrack/core/clock.hpp>

#include <string>

namespace date {
class time_zone;
}

namespace activitytrack {

/// The zone of this name in the system's tz database, or null. It lives as long as the program.
/// The database's list of names costs 160 KB once, each zone that is asked for about 10 KB.
const date::time_zone* find_zone(const std::string& name) noexcept;

/// Minutes east of Greenwich in `zone` at `time`.
int zone_offset_min(const date::time_zone& zone, Time time);

}  // namespace activitytrack
