#include "report/wall_clock.hpp"

#include <date/tz.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace activitytrack {
namespace {

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
