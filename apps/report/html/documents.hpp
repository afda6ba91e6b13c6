#pragma once

#include "command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::report {

/// Each is one whole document that needs nothing else: no script, no network. It follows the reader's choice
/// of light or dark, prints well, and has a table with the numbers beneath each plot.
void write_days_html(const Request& request, const std::vector<Day>& days);
void write_apps_html(const Request& request, const Totals& totals);
void write_machines_html(const Request& request, const std::vector<Machine>& machines);

/// Written as the events come.
Result<void> write_events_html(const Request& request);

}  // namespace activitytrack::report
