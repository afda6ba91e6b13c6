#pragma once

#include "settings.hpp"

#include <activitytrack/report/summary.hpp>

namespace activitytrack::report {

/// Days from `first` to `last`, both counted in.
struct Dates {
  Date first, last;

  bool one() const { return first == last; }
};

/// Calls `visit(Date)`, which returns Result<void>, for each day in order, until one fails.
template <class Visit>
Result<void> each_day(const Dates& dates, Visit visit) {
  for (std::chrono::sys_days day = dates.first; day <= std::chrono::sys_days(dates.last); day += std::chrono::days(1))
    if (Result<void> done = visit(Date(day)); !done) return done;
  return {};
}

/// "today" or "yesterday".
bool is_date_word(std::string_view text);

/// --date, or --from and --to, as days; invalid_input if they contradict each other.
Result<Dates> resolve_dates(const ReportSettings& settings, Date today);

}  // namespace activitytrack::report
