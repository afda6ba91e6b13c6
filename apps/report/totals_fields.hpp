#pragma once

#include <activitytrack/report/summary.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace activitytrack::report {

/// Totals as names and values, as the API names and rounds them; what is not known is "". For CSV and for
/// the tables of HTML.
std::vector<std::pair<std::string_view, std::string>> totals_fields(const Totals& totals);

}  // namespace activitytrack::report
