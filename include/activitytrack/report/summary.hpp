#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// A calendar day, without a zone.
using Date = std::chrono::year_month_day;

Result<Date> parse_date(std::string_view text);  ///< "2024-01-15"
std::string format_date(Date date);

/// Half-open [start, end).
struct TimeRange {
  Time start;
  Time end;
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// The day as it passes in `zone` (IANA name; "" is UTC): 23, 24 or 25 hours, or others where a zone
/// changed its offset otherwise. not_found for a name that the tz database does not have. A midnight that
/// a clock change skips counts as the first instant after it; one that comes twice, as the first.
Result<TimeRange> day_in_zone(Date date, const std::string& zone);

/// Every instant at which it is `date` anywhere: from 14 h before its UTC midnight to 12 h after its end.
/// Widened to the offsets an event may have (18 h).
TimeRange day_anywhere(Date date);

/// A field of events that totals add up.
struct SummedField {
  enum Unit { count, pixels, bytes };

  std::string_view name;  ///< on the wire, in events and in totals
  std::int64_t Event::*field;
  Unit unit;

  // For people.
  std::string_view title;        ///< of a column
  std::string_view short_title;  ///< where there is little room
  std::string_view word;         ///< "1 key", "read 5 MB"
  std::string_view caption;      ///< with a number that stands for itself: "27 keys", "5 MB read from disk"

  /// Made by hands or scripts; the others by the machine, and shown after its load.
  constexpr bool of_input() const { return unit != bytes; }
};

/// All that totals add up. Stored hours hold the sums in this order, so that a new field comes last.
inline constexpr auto summed_fields = std::to_array<SummedField>({
    {"key_count", &Event::key_count, SummedField::count, "Keys", "Keys", "key", "keys"},
    {"mouse_clicks", &Event::mouse_clicks, SummedField::count, "Clicks", "Clicks", "click", "clicks"},
    {"mouse_distance_px", &Event::mouse_distance_px, SummedField::pixels, "Pointer px", "Pointer", "pointer",
     "pointer"},
    {"scroll_count", &Event::scroll_count, SummedField::count, "Scroll", "Scroll", "scroll", "scrolls"},
    {"scripted_count", &Event::scripted_count, SummedField::count, "Scripted inputs", "Scripted",
     "input that looks scripted", "inputs that look scripted, not counted"},
    {"disk_read_bytes", &Event::disk_read_bytes, SummedField::bytes, "Read", "R", "read", "read from disk"},
    {"disk_write_bytes", &Event::disk_write_bytes, SummedField::bytes, "Written", "W", "wrote", "written to disk"},
});

/// A row of summed_fields, named by the event's field: `&Event::key_count`. A field without a row does not compile.
struct SumIndex {
  std::size_t value = 0;

  constexpr SumIndex(const SummedField& row) : value(static_cast<std::size_t>(&row - summed_fields.data())) {}
  consteval SumIndex(std::int64_t Event::*field) {
    while (summed_fields[value].field != field) ++value;
  }
};

/// Stands in Totals::apps for all applications that are not kept by their names; no event names it.
inline constexpr std::string_view other_apps;

/// What any number of intervals add up to. Adding and merging commute, so parts may be made anywhere, in
/// any order, and put together.
struct Totals {
  /// Mean and greatest of one percentage, weighted by the time observed.
  struct Percent {
    double weighted_sum = 0;
    double weight_sec = 0;
    std::optional<double> max;

    void add(double percent, double seconds);
    void merge(const Percent& other);
    std::optional<double> mean() const;
  };

  struct App {
    double active_sec = 0;
    std::int64_t key_count = 0;
  };

  std::int64_t events = 0;
  std::array<std::int64_t, summed_fields.size()> sums{};  ///< one for each of summed_fields
  double observed_sec = 0;
  double active_sec = 0;
  double scripted_sec = 0;             ///< observed in intervals whose verdict is `scripted`
  std::optional<Time> first_activity;  ///< start of the first interval that is not idle
  std::optional<Time> last_activity;   ///< end of the last one
  Percent cpu, ram, disk;
  std::map<std::string, App, std::less<>> apps;  ///< what finds no room by its name is under other_apps

  void add(const Event& event);
  void merge(const Totals& other);
  std::int64_t sum(SumIndex which) const { return sums[which.value]; }
  std::int64_t& sum(SumIndex which) { return sums[which.value]; }
  double idle_sec() const { return observed_sec - active_sec; }
};

/// An application and what it adds up to.
struct AppRow {
  std::string app;
  Totals::App totals;
  bool is_rest = false;  ///< all together that are not kept by their names; `app` is "others"
};

/// The most active applications first; among equals the most keys, then the name. Last, where there are some, those
/// that are not kept by their names, as one row among `count`.
std::vector<AppRow> top_apps(const Totals& totals, std::size_t count = 10);

/// A stretch of time that was not observed, and why; a moment where the clock was set back.
struct UnobservedTime {
  Time from, to;
  Gap name = Gap::stopped;

  friend bool operator==(const UnobservedTime&, const UnobservedTime&) = default;
};

/// A machine's day.
///
/// On the machine's own clock each event belongs to the date, and to the hour, that the machine's clock
/// showed at the event's timestamp: its `utc_offset_min`, else what its `timezone` says, else UTC. So no event is
/// missed or counted in two days when a machine travels: its day is then longer or shorter, the hours up to the move
/// are those of the old zone, and from the move on those of the new one. In a named zone the day is that zone's, 23 to
/// 25 hours.
struct DayReport {
  /// One hour of a timeline. `start` is its first instant: the hour's beginning, or the moment at which the
  /// clock changed within it. `offset_min` is what the clock shows there.
  struct HourRow {
    Time start;
    int offset_min = 0;
    Totals totals;
  };

  std::string machine_id;
  Date date;
  std::string timezone;  ///< of the day's last event, or as asked; "UTC+05:30" where only that is known
  TimeRange range;
  Totals totals;
  std::vector<HourRow> hours;  ///< every hour of the day, in order, with or without activity
  /// What of the day was not observed and has a name, in order. It is in no totals, and so not idle.
  std::vector<UnobservedTime> gaps{};
};

/// What the clock shows at the row's beginning: 0 to 23. Two rows of a day may have the same.
int hour_of_day(const DayReport::HourRow& row);

/// What a day's events say, on the clock of `zone`; "": the machine's own. `events`: all of one machine within
/// day_anywhere(date), in order of
/// time; those of other days are passed over. `zone_before`: the machine's last known zone, for a day
/// without events. not_found for an unknown zone.
Result<DayReport> report_day(const std::string& machine_id, Date date, const std::string& zone,
                             std::span<const Event> events, const std::string& zone_before);

/// The API's answers: GET /api/activity/{id}/summary, with the ten most active applications or `all_apps`, and
/// .../timeline. See docs/api.md.
std::string encode_summary(const DayReport& report, bool all_apps = false);
std::string encode_timeline(const DayReport& report);

/// The members that every summary and every row of a timeline has, and no others: `{"events":3,"key_count":150,...}`.
std::string encode_totals(const Totals& totals);

}  // namespace activitytrack
