#pragma once

#include <activitytrack/report/summary.hpp>

#include <string>

namespace date {
class time_zone;
}

namespace activitytrack {

/// The calendar day on a clock `offset_min` minutes east of Greenwich.
Date date_at(Time time, int offset_min);

/// Minutes east of Greenwich in `zone` at `time`.
Result<int> offset_in_zone(Time time, const std::string& zone);

/// Today in `zone`.
Result<Date> today_in_zone(Time now, const std::string& zone);

/// What a clock on the wall shows: a zone of the tz database, or a fixed offset from UTC.
class WallClock {
 public:
  /// `not_found` if the tz database has no zone `name`; "" is UTC.
  static Result<WallClock> in_zone(const std::string& name);

  /// `name` is only carried along; "" stands for the offset itself: "UTC", "UTC+05:30".
  static WallClock fixed(int offset_min, std::string name = "");

  /// What showed `offset_min` at `time`: the zone `name` if the tz database says that it did, else that offset. What
  /// a machine's clock did show wins over the tz database.
  static WallClock showing(const std::string& name, int offset_min, Time time);

  const std::string& name() const { return name_; }

  /// Minutes east of Greenwich at `time`.
  int offset_min(Time time) const;

  /// When the offset changes next after `time`; Time::max() if it never does.
  Time next_change(Time time) const;

  /// See day_in_zone().
  TimeRange day(Date date) const;

 private:
  WallClock(const date::time_zone* zone, int offset_min, std::string name)
      : zone_(zone), offset_min_(offset_min), name_(std::move(name)) {}
  Time midnight(std::chrono::sys_days day) const;

  const date::time_zone* zone_;  ///< null: the offset is fixed. The tz database lives for ever
  int offset_min_;
  std::string name_;
};

}  // namespace activitytrack
