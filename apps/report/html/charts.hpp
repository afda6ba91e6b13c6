#pragma once

#include <activitytrack/report/summary.hpp>

#include <string>
#include <vector>

namespace activitytrack::report {

/// One bar of a plot over time.
struct Slot {
  std::string label;       ///< beneath the bar
  std::string full_label;  ///< in its tooltip
  const Totals* totals;
};

/// Stacked bars of active, scripted and idle time; the whole height is `whole_sec`.
std::string time_chart(const std::vector<Slot>& slots, double whole_sec);
std::string time_legend();

/// Keys and clicks beside each other.
std::string input_chart(const std::vector<Slot>& slots);
std::string input_legend();

/// What of a day was not observed, along the day, each stretch with its name; and what the names of those mean. Only
/// for a day that has any.
std::string gap_strip(const DayReport& day);
std::string gap_legend(const DayReport& day);

/// A bar for each application.
std::string apps_chart(const std::vector<AppRow>& rows, double active_sec);

}  // namespace activitytrack::report
