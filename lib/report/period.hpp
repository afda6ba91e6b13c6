#pragma once

#include "report/hours.hpp"
#include "report/wall_clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Days from `first` to `last`, both included, on a clock.
struct PeriodQuery {
  Date first;
  Date last;
  std::string zone;  ///< empty: the machine's own
};

struct DayRow {
  Date date;
  Totals totals;
};

/// A machine's days. Of applications it has the most active by name, 5000 in all, and enough of each day for what is
/// shown of it: so that long periods of a machine that names very many take no more memory than others. On the
/// machine's own clock each event belongs to the date that this clock showed.
struct PeriodReport {
  std::string machine_id;
  Date first, last;
  std::string timezone;  ///< of the period's last event, or as asked
  TimeRange range;
  Totals totals;
  std::vector<DayRow> days;  ///< every day, with or without activity
};

/// Makes a PeriodReport of hours, one after the other. The caller adds each to the totals of its day, so that hours
/// that are kept packed need not be unpacked: a year takes a few milliseconds.
class PeriodBuilder {
 public:
  /// not_found for an unknown zone. `zone_before`: the machine's last known zone, for a period without events.
  static Result<PeriodBuilder> make(const std::string& machine_id, const PeriodQuery& query,
                                    const std::string& zone_before);

  /// Ask day_of() for every hour that begins in it, in order.
  TimeRange hours_needed() const;

  /// The totals to which an hour is to be added; null for one of no day of the period. nullopt if it lies in two days
  /// of a clock that is not the machine's: add its events instead.
  std::optional<Totals*> day_of(const HourKey& key);

  /// To be called after each hour that was added. Its clock: that of the first and the last are those of the period's
  /// ends.
  void note_added(const HourKey& key, Totals& day, std::string_view timezone, Time last_event);

  /// An event of an hour that lies in two days.
  void add(const Event& event);

  PeriodReport take();

 private:
  struct HourClock {
    std::string timezone;
    int offset_min = 0;
    Time last_event;
  };

  PeriodBuilder() = default;
  Totals* day_at(Time time, int offset_min);
  void bound(Totals& day) const;
  WallClock clock_at_end(const std::optional<HourClock>& hour) const;

  PeriodReport report_;
  std::optional<WallClock> zone_;  ///< absent: the machine's own
  std::string zone_before_;
  std::optional<HourClock> first_, last_;
};

/// The API's answers: summary and timeline of several days. See docs/api.md.
std::string encode_summary(const PeriodReport& report, bool all_apps = false);
std::string encode_timeline(const PeriodReport& report);

/// And parts of answers, each read back by itself. Numbers are as rounded there, and applications only the `top_apps`:
/// a day's summary gives all but its hours, a day's timeline all but its range and totals; of several days, the rows of
/// their timeline, and what a summary with all applications adds up to.
Result<DayReport> decode_summary(std::string_view json);
Result<DayReport> decode_timeline(std::string_view json);
Result<std::vector<DayRow>> decode_days(std::string_view timeline_json);
Result<Totals> decode_all_apps(std::string_view summary_json);

}  // namespace activitytrack
