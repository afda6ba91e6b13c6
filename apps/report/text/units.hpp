#pragma once

#include "core/text.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/report/summary.hpp>

#include <cstdint>
#include <string>

namespace activitytrack::report {

/// "0 s", "45 s", "23 min", "1 h 23 min".
std::string duration_text(double seconds);

/// "12,345"; from a million on "1.23 M".
std::string count_text(std::int64_t count);

/// "950", "9,999", "12.3 k", "1.23 M", "4.56 G".
std::string short_count(std::int64_t count);

/// "512 B", "12.3 kB", "1.23 GB" (powers of 1000).
std::string bytes_text(std::int64_t bytes);

/// Bytes as bytes_text(), else count_text().
std::string amount_text(std::int64_t amount, SummedField::Unit unit);

/// "23%"; "-" when it is not known.
std::string percent_text(std::optional<double> percent);

/// "Monday, 15 January 2024", "Mon 15 Jan".
std::string long_date(Date date);
std::string short_date(Date date);

/// "08:58" on a clock `offset_min` ahead of UTC; with seconds "08:58:30".
std::string clock_text(Time time, int offset_min, bool with_seconds = false);

/// "2024-01-15T10:30:00Z"; "" for none.
std::string utc_text(const std::optional<Time>& time);

/// Minutes ahead of UTC that the day's clock is at `time`.
int offset_at(const DayReport& day, Time time);

/// When it began, when it ended, its name, and how long it was: "22:00:05", "06:31:00", "asleep", "8 h 30 min".
std::vector<std::string> gap_cells(const DayReport& day, const UnobservedTime& gap);

/// Whether the day's hours have more than one offset, so that numbers do not distinguish them.
bool changes_offset(const DayReport& day);

/// "1 key", "2 keys".
std::string counted(std::int64_t count, const std::string& one, const std::string& many);

}  // namespace activitytrack::report
