#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/report/summary.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// How long the steps of `range` are, if they are to be at most `points`: 1 s to an hour, no shorter than events of
/// `interval`, so that no step is made up. A day, of which a screen shows each minute, has no longer ones than a
/// minute where its events are no longer.
std::chrono::seconds minutes_step(TimeRange range, std::size_t points, std::chrono::seconds interval);

/// The usual length of events, in whole seconds: that of most of them. 60 s for none.
std::chrono::seconds usual_interval(const std::vector<Event>& events);

/// What events say of each step of a stretch of time, in columns. Of an event that is longer than a step each step has
/// its part; whole numbers stay whole, and their sums are those of the events. What an event has beyond the end of the
/// range counts in the last step. Memory depends on the number of steps, not of events.
class MinuteColumns {
 public:
  /// How many of summed_fields are columns: those that people make.
  static constexpr std::size_t count_columns = 5;

  /// One thing for each step that it was on for longest: -1 for none, or the index of its name.
  struct Names {
    std::vector<int> of_step;
    std::vector<std::string> names;
  };

  /// From `from` on the machine's clock was that of the zone ("": not known).
  struct Zone {
    Time from;
    std::string timezone;
    int offset_min = 0;
  };

  /// Events that follow each other with input that looks scripted.
  struct Scripted {
    TimeRange time;
    Time first_event;  ///< its timestamp
    double scripted_sec = 0;
    std::optional<double> score;  ///< the least
    std::int64_t count = 0;
    std::vector<std::string> reasons;  ///< as an event has them, each once
  };

  MinuteColumns(TimeRange range, std::chrono::seconds step, bool with_titles);

  /// Events come in order of time, and begin within the range.
  void add(const Event& event);

  /// To be called once, after the last.
  void finish();

  std::size_t size() const { return observed_sec.size(); }

  std::vector<double> observed_sec, active_sec, scripted_sec;
  std::vector<std::int64_t> counts[count_columns];                   ///< of summed_fields
  std::vector<std::optional<double>> cpu_percent, ram_used_percent;  ///< the greatest
  std::vector<std::optional<double>> genuine_score;                  ///< the least
  Names apps, titles;
  std::vector<Zone> zones;
  std::vector<Scripted> scripted;  ///< the first most_scripted

  static constexpr std::size_t most_scripted = 500, most_zones = 100;

 private:
  void add_step(const Event& event, std::size_t step, double share, double seconds);
  void add_names(const Event& event, std::size_t step, double seconds);
  void close_names();
  void note_zone(const Event& event);
  void note_scripted(const Event& event);

  TimeRange range_;
  std::chrono::microseconds step_;
  bool with_titles_;
  std::size_t open_step_ = 0;  ///< whose names are being added up
  std::map<std::string, double, std::less<>> open_apps_, open_titles_;
  std::map<std::string, int, std::less<>> app_numbers_, title_numbers_;
};

}  // namespace activitytrack
