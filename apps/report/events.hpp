#pragma once

#include "command.hpp"

#include <activitytrack/core/event_fields.hpp>

namespace activitytrack::report {

/// The events of the request's days, in order of time, in bounded memory. On the machine's own clock an
/// event belongs to the date that clock showed.
Result<void> each_event(const Request& request, const EventSink& sink);

/// A field as CSV shows it: times in UTC, words with spaces between, "" for what is not known.
std::string field_text(const Event& event, const EventField& field);

}  // namespace activitytrack::report
