#include "report/wall_clock.hpp"

#include "core/text.hpp"

#include <date/tz.h>

#include <stdexcept>

namespace activitytrack {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t date_length = 10;

date::sys_info info_at(const date::time_zone& zone, Time time) {
  return zone.get_info(std::chrono::floor<seconds>(time));
}

}  // namespace

Result<Date> parse_date(std::string_view text) {
  const auto midnight = parse_timestamp(std::string(text) + "T00:00:00Z");
  if (text.size() == date_length && midnight) return Date(std::chrono::floor<days>(*midnight));
  return Error{ErrorCode::invalid_input, "not a date from 1970-01-01 to 2199-12-31; write it as YYYY-MM-DD"};
}

std::string format_date(Date date) { return utc_date_text(std::chrono::sys_days(date)); }

Date date_at(Time time, int offset_min) { return std::chrono::floor<days>(time + minutes(offset_min)); }

Result<TimeRange> day_in_zone(Date date, const std::string& zone) {
  const auto clock = WallClock::in_zone(zone);
  if (!clock) return clock.error();
  return clock->day(date);
}

Result<int> offset_in_zone(Time time, const std::string& zone) {
  const auto clock = WallClock::in_zone(zone);
  if (!clock) return clock.error();
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

Result<WallClock> WallClock::in_zone(const std::string& name) {
  if (name.empty() || name == "UTC") return fixed(0);
  try {
    return WallClock(date::locate_zone(name), 0, name);
  } catch (const std::runtime_error&) {
    return Error{ErrorCode::not_found,
                 "time zone '" + name + "' is not in the tz database; give a name such as Europe/Berlin, or UTC"};
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
  if (name.empty()) name = offset_min == 0 ? "UTC" : "UTC" + offset_text(offset_min);
  return WallClock(nullptr, offset_min, std::move(name));
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
