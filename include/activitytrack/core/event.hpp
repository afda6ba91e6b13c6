#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/input_measures.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Who made an interval's input.
enum class Verdict { none, genuine, scripted, mixed };

std::string_view to_string(Verdict verdict) noexcept;
std::optional<Verdict> parse_verdict(std::string_view word) noexcept;

/// One interval on one machine. `machine_id` and `timestamp` name it: an event that arrives twice is
/// stored once. Ranges, wire names and column types are in event_fields.hpp.
struct Event {
  std::string machine_id;
  Time timestamp{};  ///< the interval's start

  // Genuine input.
  std::int64_t key_count = 0;          ///< presses; a key held down counts once
  std::int64_t mouse_clicks = 0;       ///< presses of any button but the wheel
  std::int64_t mouse_distance_px = 0;  ///< length of the pointer's path on the screen
  std::int64_t scroll_count = 0;       ///< wheel notches on either axis

  std::string active_window;  ///< title that had the focus for most of the active time; UTF-8
  std::string active_app;     ///< its application
  bool is_idle = true;        ///< active_sec is 0

  std::optional<double> cpu_percent;        ///< mean over the interval, whole machine
  std::optional<double> ram_used_percent;   ///< at its end, without caches
  std::optional<double> disk_used_percent;  ///< at its end, file system of the home

  double interval_sec = 60;  ///< time observed
  double active_sec = 0;     ///< time within `idle_after` of a genuine input

  std::string timezone;                        ///< IANA name; empty: not known
  std::optional<std::int64_t> utc_offset_min;  ///< at `timestamp`; east of Greenwich is positive

  std::int64_t disk_read_bytes = 0;  ///< by the machine's disks, in the interval
  std::int64_t disk_write_bytes = 0;

  Verdict input_verdict = Verdict::none;
  std::optional<double> genuine_score;        ///< in [0, 1]; absent without input
  std::vector<std::string> scripted_reasons;  ///< for each cause a word ("synthetic_device"), then sentences
  std::int64_t scripted_count = 0;            ///< scripted input of all kinds together
  InputMeasures input_measures;               ///< what the verdict went by, where that is kept

  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace activitytrack
