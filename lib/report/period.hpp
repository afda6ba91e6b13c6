#pragma once

#include "report/hours.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

class WallClock;

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

/// A machine's days. On the machine's own clock each event belongs to the date that this clock showed.
struct PeriodReport {
  std::string machine_id;
  Date first, last;
  std::string timezone;  ///< of the period's last event, or as asked
  TimeRange range;
  Totals totals;
  std::vector<DayRow> days;  ///< every day, with or without activity
};

/// Makes a PeriodReport of hours as a store keeps them, one after the other, without unpacking them all: a year takes
/// a few milliseconds.
class PeriodBuilder {
 public:
  /// not_found for an unknown zone. `zone_before`: the machine's last known zone, for a period without events.
  static Result<PeriodBuilder> make(const std::string& machine_id, const PeriodQuery& query,
                                    const std::string& zone_before);
  PeriodBuilder(PeriodBuilder&&) noexcept;
  ~PeriodBuilder();

  /// Give add() every hour that begins in it, in order.
  TimeRange hours_needed() const;

  enum class Added {
    taken,    ///< or of no day of the period
    split,    ///< it lies in two days of a clock that is not the machine's: give its events instead
    damaged,  ///< the bytes are not pack_hour()'s
  };
  Added add(const HourKey& key, std::string_view packed);

  /// An event of an hour that was split.
  void add(const Event& event);

  PeriodReport take();

 private:
  PeriodBuilder();
  Totals* day_at(Time time, int offset_min);

  PeriodReport report_;
  std::unique_ptr<WallClock> zone_;  ///< null: the machine's own
  std::string zone_before_;
  std::string first_hour_, last_hour_;  ///< packed: their clocks are those of the period's ends
  HourKey first_key_, last_key_;
};

/// The API's answers: summary and timeline of several days. See docs/api.md.
std::string encode_summary(const PeriodReport& report, Apps apps = Apps::top);
std::string encode_timeline(const PeriodReport& report);

/// And parts of answers, each read back by itself: a day's summary gives all but its hours, a day's timeline all but
/// its range and totals; of several days, the rows of their timeline, and what a summary with all applications adds up
/// to.
Result<DayReport> decode_summary(std::string_view json);
Result<DayReport> decode_timeline(std::string_view json);
Result<std::vector<DayRow>> decode_days(std::string_view timeline_json);
Result<Totals> decode_all_apps(std::string_view summary_json);

}  // namespace activitytrack
