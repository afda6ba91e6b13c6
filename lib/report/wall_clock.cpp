#include "report/wall_clock.hpp"

#include <activitytrack/report/summary.hpp>

#include <date/tz.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace activitytrack {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

Error unknown_zone(const std::string& zone) {
  return {ErrorCode::not_found,
          "time zone '" + zone + "' is not in the tz database; give a name such as Europe/Berlin, or UTC"};
}

/// Only digits: std::from_chars would take a sign.
std::optional<int> digits(std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

using std::chrono::minutes;
using std::chrono::seconds;

std::string offset_name(int offset_min) {
  if (offset_min == 0) return "UTC";
  char text[16];
  std::snprintf(text, sizeof text, "UTC%c%02d:%02d", offset_min < 0 ? '-' : '+', std::abs(offset_min) / 60,
                std::abs(offset_min) % 60);
  return text;
}

date::sys_info info_at(const date::time_zone& zone, Time time) {
  return zone.get_info(std::chrono::floor<seconds>(time));
}

}  // namespace

Result<Date> parse_date(std::string_view text) {
  const Error bad{ErrorCode::invalid_input, "not a date from 1970-01-01 to 2199-12-31; write it as YYYY-MM-DD"};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return bad;
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)), day = digits(text.substr(8, 2));
  if (!year || !month || !day || *year < 1970 || *year >= 2200) return bad;
  const Date date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                  std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return bad;
  return date;
}

std::string format_date(Date date) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

Date date_at(Time time, int offset_min) { return std::chrono::floor<days>(time + minutes(offset_min)); }

Result<TimeRange> day_in_zone(Date date, const std::string& zone) {
  const auto clock = WallClock::in_zone(zone);
  if (!clock) return unknown_zone(zone);
  return clock->day(date);
}

Result<int> offset_in_zone(Time time, const std::string& zone) {
  const auto clock = WallClock::in_zone(zone);
  if (!clock) return unknown_zone(zone);
  return clock->offset_min(time);
}

TimeRange day_anywhere(Date date) {
  const Time midnight = std::chrono::sys_days(date);
  return {midnight - hours(18), midnight + hours(24 + 18)};
}

Result<Date> today_in_zone(Time now, const std::string& zone) {
  const auto offset = offset_in_zone(now, zone);
  if (!offset) return offset.error();
  return date_at(now, *offset);
}

std::optional<WallClock> WallClock::in_zone(const std::string& name) {
  if (name.empty() || name == "UTC") return fixed(0);
  try {
    return WallClock(date::locate_zone(name), 0, name);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

WallClock WallClock::showing(const std::string& name, int offset_min, Time time) {
  if (!name.empty()) {
    const auto zone = in_zone(name);
    if (zone && zone->offset_min(time) == offset_min) return *zone;
  }
  return fixed(offset_min, name);
}

WallClock WallClock::fixed(int offset_min, std::string name) {
  return WallClock(nullptr, offset_min, name.empty() ? offset_name(offset_min) : std::move(name));
}

int WallClock::offset_min(Time time) const {
  if (!zone_) return offset_min_;
  return static_cast<int>(std::chrono::floor<minutes>(info_at(*zone_, time).offset).count());
}

Time WallClock::next_change(Time time) const {
  if (!zone_) return Time::max();
  const date::sys_seconds end = info_at(*zone_, time).end;
  return end < std::chrono::floor<seconds>(Time::max()) ? Time(end) : Time::max();
}

Time WallClock::midnight(std::chrono::sys_days day) const {
  if (!zone_) return day - minutes(offset_min_);
  const seconds since_epoch = day.time_since_epoch();
  const date::local_info info = zone_->get_info(date::local_seconds(since_epoch));
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return date::sys_seconds(since_epoch - info.first.offset);
}

TimeRange WallClock::day(Date date) const {
  const std::chrono::sys_days day = date;
  return {midnight(day), midnight(day + std::chrono::days(1))};
}

}  // namespace activitytrack
