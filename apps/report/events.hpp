#pragma once

#include "command.hpp"

namespace activitytrack::report {

/// The events of the request's days, in order of time, in bounded memory. On the machine's own clock an
/// event belongs to the date that clock showed.
Result<void> each_event(const Request& request, const EventSink& sink);

}  // namespace activitytrack::report
