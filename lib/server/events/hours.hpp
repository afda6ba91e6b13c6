#pragma once

#include "report/hours.hpp"
#include "report/period.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack::server {

/// An Hour as bytes, about 100 for four applications and never more than 7.5 KB: what a store keeps. Of more
/// applications than that it keeps what bound_apps() does. The layout is written in hours.cpp; sums
/// of seconds are kept to the microsecond. With fewer `sums`, of the first of summed_fields: as a program packed
/// it that knew no more.
std::string pack_hour(const Hour& hour, std::size_t sums = summed_fields.size());

/// Adds a packed hour to another; what an older program packed as well, whose missing sums are 0. An error, with `hour`
/// perhaps changed in part: `unsupported` if a newer program packed it, `corrupt` if the bytes make no sense.
Result<void> merge_packed(Hour& hour, std::string_view packed);

/// Which clock an hour was on.
struct HourEnd {
  std::string_view timezone;  ///< views the bytes
  Time last_event;
};

/// The same for totals only: the quick way to add up a year.
Result<HourEnd> merge_packed(Totals& totals, std::string_view packed);

/// The seconds of a packed hour, which its first `packed_times_bytes` hold. Errors as of merge_packed().
inline constexpr std::size_t packed_times_bytes = 256;
Result<HourTimes> read_times(std::string_view packed);

/// Whether a packed hour says what `hour` does. Seconds and percentages, which were rounded in another order, may
/// differ in the last digits: by a microsecond, or a millionth, for each event.
bool same_hour(Hour hour, std::string_view packed);

/// What of `range` was not observed, and why. A gap that the machine's agent has told of lasts until `now`.
Result<std::vector<UnobservedTime>> read_gaps(StoreReader& reader, const Machine& machine, TimeRange range, Time now);

/// A machine's day, or days, of the hours that the store keeps. Events are read only for hours that a named zone's
/// clock cuts in two: where it differs from the machine's by other than whole hours. not_found for an unknown zone. A
/// gap that its agent has told of lasts until `now`.
Result<DayReport> read_day(StoreReader& reader, const Machine& machine, Date date, const std::string& zone, Time now);
Result<PeriodReport> read_period(StoreReader& reader, const Machine& machine, const PeriodQuery& query);

}  // namespace activitytrack::server
