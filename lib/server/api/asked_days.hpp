#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>
#include <activitytrack/report/summary.hpp>

#include <optional>
#include <string>

namespace activitytrack::server {

/// The days that a request asks for: `date`, or `from` and `to`; none of them: today.
struct AskedDays {
  std::optional<Date> date, from, to;
  std::string zone;  ///< `tz`; "": on the machine's own clock
};
Result<AskedDays> read_asked_days(const Target& target);

/// Today on the machine's own clock, or in the zone asked for; in UTC if neither is known.
Date today(const std::string& machine_zone, const std::string& asked_zone, Time now);

}  // namespace activitytrack::server
