#pragma once

#include "server/events/store.hpp"

#include "report/period.hpp"

namespace activitytrack::server {

/// A machine's day, or days, of the hours that the store keeps. Events are read only for hours that a named zone's
/// clock cuts in two: where it differs from the machine's by other than whole hours. not_found for an unknown zone.
Result<DayReport> read_day(StoreReader& reader, const Machine& machine, const DayQuery& query);
Result<PeriodReport> read_period(StoreReader& reader, const Machine& machine, const PeriodQuery& query);

}  // namespace activitytrack::server
