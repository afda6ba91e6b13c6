#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/report/summary.hpp>
#include "report/period.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace activitytrack::testing {

inline Time at(const std::string& text) { return parse_timestamp(text).value(); }

inline Date day(const std::string& text) { return parse_date(text).value(); }

/// An active minute with one key, on the clock of `zone`.
inline Event minute(const std::string& utc, const std::string& zone = "",
                    std::optional<std::int64_t> offset = std::nullopt) {
  Event event;
  event.machine_id = "m1";
  event.timestamp = at(utc);
  event.timezone = zone;
  event.utc_offset_min = offset;
  event.key_count = 1;
  event.active_sec = 30;
  event.is_idle = false;
  event.active_app = "code";
  event.input_verdict = Verdict::genuine;
  return event;
}

/// A day's two answers read back.
inline Result<DayReport> decode_day(std::string_view summary_json, std::string_view timeline_json) {
  auto day = decode_summary(summary_json);
  auto timeline = decode_timeline(timeline_json);
  if (!day || !timeline) return (day ? timeline : day).error();
  day->hours = std::move(timeline->hours);
  day->gaps = std::move(timeline->gaps);
  return day;
}

/// Those that may be of a day, of events in order of time: what report_day() wants.
inline std::span<const Event> events_near(Date date, std::span<const Event> events) {
  const TimeRange range = day_anywhere(date);
  const auto from = std::ranges::lower_bound(events, range.start, {}, &Event::timestamp);
  return {from, std::ranges::lower_bound(events, range.end, {}, &Event::timestamp)};
}

inline DayReport report(const std::string& date, const std::vector<Event>& events, const std::string& zone_before = "",
                        const std::string& zone = "") {
  return report_day("m1", day(date), zone, events, zone_before).value();
}

/// The rows' beginnings as their clocks show them.
inline std::vector<std::string> starts(const DayReport& report) {
  std::vector<std::string> all;
  for (const DayReport::HourRow& row : report.hours) all.push_back(format_timestamp(row.start, row.offset_min));
  return all;
}

/// Keys by row, for rows that have any: "INDEX:KEYS".
inline std::vector<std::string> keys_by_row(const DayReport& report) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < report.hours.size(); ++i)
    if (const auto keys = report.hours[i].totals.sum(&Event::key_count); keys > 0)
      all.push_back(std::to_string(i) + ":" + std::to_string(keys));
  return all;
}

}  // namespace activitytrack::testing
