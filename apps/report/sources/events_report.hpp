#pragma once

#include "sources/source.hpp"

namespace activitytrack::report {

// What a source that has events alone makes of them, as the API would.

/// Source::day() by way of Source::events().
Result<Day> day_of_events(Source& source, const Machine& machine, Date date, const std::string& zone);

/// Machines::json of machines that have a first and a last event.
std::string encode_machines(const std::vector<Machine>& list);

}  // namespace activitytrack::report
