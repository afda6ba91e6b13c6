#pragma once

#include "text/screen.hpp"

#include <activitytrack/report/summary.hpp>

namespace activitytrack::report {

/// `cells` columns for `whole_sec` of time: active time to an eighth of a cell, coloured by how much of
/// the whole it is, then scripted, then idle, then space for what was not observed.
Spans activity_bar(const Totals& totals, double whole_sec, int cells, bool utf8);

/// `share` of `cells` columns, padded to them.
Spans share_bar(double share, int cells, Paint paint, bool utf8);

/// What the signs of activity_bar() mean.
Spans bar_legend(bool utf8);

}  // namespace activitytrack::report
