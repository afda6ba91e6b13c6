#include "text/units.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace activitytrack::report {
namespace {

constexpr std::array weekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array months{"January", "February", "March",     "April",   "May",      "June",
                            "July",    "August",   "September", "October", "November", "December"};

std::string grouped(std::int64_t count) {
  std::string text = std::to_string(count);
  const std::size_t first_digit = count < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first_digit + 3;) text.insert(at -= 3, 1, ',');
  return text;
}

/// Three digits that matter, and the power of 1000: "12.3 k".
std::string scaled(double value, const char* unit) {
  constexpr std::array powers{"", "k", "M", "G", "T", "P"};
  std::size_t power = 0;
  // 999.5 and above would be shown as 1000.
  while (value >= 999.5 && power + 1 < powers.size()) value /= 1000, ++power;
  const int digits = power == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f %s%s", digits, value, powers[power], unit);
  return text;
}

const char* weekday_of(Date date) { return weekdays[std::chrono::weekday(std::chrono::sys_days(date)).c_encoding()]; }

const char* month_of(Date date) { return months[static_cast<unsigned>(date.month()) - 1]; }

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 59.5) return std::to_string(std::lround(seconds)) + " s";
  const long minutes = std::lround(seconds / 60);
  if (minutes < 60) return std::to_string(minutes) + " min";
  char text[48];
  std::snprintf(text, sizeof text, "%ld h %02ld min", minutes / 60, minutes % 60);
  return text;
}

std::string count_text(std::int64_t count) {
  return count < 1'000'000 ? grouped(count) : scaled(static_cast<double>(count), "");
}

std::string short_count(std::int64_t count) {
  return count < 10'000 ? grouped(count) : scaled(static_cast<double>(count), "");
}

std::string bytes_text(std::int64_t bytes) { return scaled(static_cast<double>(bytes), "B"); }

std::string amount_text(std::int64_t amount, SummedField::Unit unit) {
  return unit == SummedField::bytes ? bytes_text(amount) : count_text(amount);
}

std::string percent_text(std::optional<double> percent) {
  return percent ? std::to_string(std::lround(*percent)) + "%" : "-";
}

std::string long_date(Date date) {
  char text[64];
  std::snprintf(text, sizeof text, "%s, %u %s %d", weekday_of(date), static_cast<unsigned>(date.day()), month_of(date),
                static_cast<int>(date.year()));
  return text;
}

std::string short_date(Date date) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3s %2u %.3s", weekday_of(date), static_cast<unsigned>(date.day()),
                month_of(date));
  return text;
}

std::string clock_text(Time time, int offset_min, bool with_seconds) {
  constexpr std::size_t date_size = std::string_view("2024-01-15T").size();
  return format_timestamp(time, offset_min).substr(date_size, with_seconds ? 8 : 5);
}

std::string utc_text(const std::optional<Time>& time) { return time ? format_timestamp(*time) : ""; }

int offset_at(const DayReport& day, Time time) {
  const auto after = std::ranges::upper_bound(day.hours, time, {}, &DayReport::HourRow::start);
  return after == day.hours.begin() ? 0 : std::prev(after)->offset_min;
}

std::vector<std::string> gap_cells(const DayReport& day, const UnobservedTime& gap) {
  const auto clock = [&](Time time) { return clock_text(time, offset_at(day, time), true); };
  const double seconds = std::chrono::duration<double>(gap.to - gap.from).count();
  return {clock(gap.from), clock(gap.to), std::string(to_string(gap.name)), duration_text(seconds)};
}

bool changes_offset(const DayReport& day) {
  return std::ranges::adjacent_find(day.hours, std::ranges::not_equal_to{}, &DayReport::HourRow::offset_min) !=
         day.hours.end();
}

std::string counted(std::int64_t count, const std::string& one, const std::string& many) {
  return count_text(count) + " " + (count == 1 ? one : many);
}

}  // namespace activitytrack::report
