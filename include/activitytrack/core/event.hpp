#pragma once

#include <activitytrack/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// How many measures of an interval are accepted, and how long the name of each may be.
inline constexpr std::size_t max_measures = 256;
inline constexpr std::size_t max_measure_name_bytes = 48;

/// Measures of an interval's input, by name: what its verdict is based on (docs/genuine-input.md). They are many and
/// rarely read, and so kept as the text in which they are sent and stored.
class InputMeasures {
 public:
  InputMeasures() = default;

  /// Reads a text that json() returned.
  static InputMeasures of_json(std::string_view json);

  /// Adds a measure. Its name is of a-z, 0-9 and "_", is no longer than accepted, and is not there yet. A value that is
  /// not finite is left out.
  void add(std::string_view name, float value);

  bool empty() const { return json_.empty(); }

  /// `{"keys":4.1,"key_gap_mean":5.25}`, from which each value can be read back as it was; "" if empty.
  const std::string& json() const { return json_; }

  friend bool operator==(const InputMeasures&, const InputMeasures&) = default;

 private:
  std::string json_;
};

/// Who made an interval's input.
enum class Verdict { none, genuine, scripted, mixed };

std::string_view to_string(Verdict verdict) noexcept;
std::optional<Verdict> parse_verdict(std::string_view word) noexcept;

/// One interval on one machine. `machine_id` and `timestamp` name it: an event that arrives twice is stored once.
/// Ranges and wire names are in docs/api.md.
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
  InputMeasures input_measures;               ///< what the verdict is based on, where that is kept

  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace activitytrack
