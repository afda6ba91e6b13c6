#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

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

/// Why a stretch of time was not observed.
enum class Gap {
  asleep,   ///< the machine slept
  paused,   ///< the person wished so
  stopped,  ///< no agent ran
  off,      ///< the machine was off
  blind,    ///< there was no display, or input could not be seen
  clock,    ///< the clock was set: this time was none, or it passed twice
};

std::string_view to_string(Gap gap) noexcept;
std::optional<Gap> parse_gap(std::string_view word) noexcept;

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
  std::optional<Gap> gap_before;              ///< why the time since the event before was not observed; absent: it was
  InputMeasures input_measures;               ///< what the verdict is based on, where that is kept

  friend bool operator==(const Event&, const Event&) = default;
};

// Events as JSON, by themselves and in the batches in which they are sent.

/// Reads one event object; unknown fields are skipped, and what is not UTF-8 becomes U+FFFD, but in `machine_id`. The
/// error names the field that is of the wrong type, out of range or given twice. `machine_id` may be of an older rule
/// than that by which servers take events.
Result<Event> decode_event(std::string_view json);

/// One event as a JSON object, fields in the order of docs/api.md, absent optionals left out. Text that is not valid
/// UTF-8 has each bad byte replaced by U+FFFD.
std::string encode_event(const Event& event);

/// An event as the JSON in which it is kept and sent, with what names it: collected once, encoded once.
struct EncodedEvent {
  EncodedEvent() = default;
  explicit EncodedEvent(const Event& event)
      : machine_id(event.machine_id), timestamp(event.timestamp), json(encode_event(event)) {}

  Result<Event> decode() const { return decode_event(json); }

  std::int64_t id = 0;  ///< the buffer's own number for it, which grows with each append; 0 outside of a buffer
  std::string machine_id;
  Time timestamp{};
  std::string json;  ///< encode_event()
};

/// Greatest number of events in one batch; a longer one is refused whole.
inline constexpr std::size_t max_batch_events = 10'000;

/// What an agent says of the configuration that its server gives it.
struct AgentConfiguration {
  enum class State {
    applied,
    refused,        ///< the version `error_version`, for what is in key and reason; another one is in force
    reverted,       ///< it was in force, and the agent reached the server no more with it
    needs_restart,  ///< applied but for what changes only when the agent is restarted
  };

  bool may_loosen = false;   ///< the machine's own file lets the server loosen what protects the person
  std::int64_t version = 0;  ///< in force; 0: none
  State state = State::applied;
  std::int64_t error_version = 0;  ///< that was refused or reverted; 0: none
  std::string error_key{}, error_reason{};
  std::int64_t change = 0;  ///< grows with each change of the rest: of two, the one with more was said later

  friend bool operator==(const AgentConfiguration&, const AgentConfiguration&) = default;
};

std::string_view to_string(AgentConfiguration::State state) noexcept;
std::optional<AgentConfiguration::State> parse_configuration_state(std::string_view word) noexcept;

/// What an agent says of itself with each batch it sends, so that a server can distinguish a machine that is idle from
/// one that is in trouble.
struct AgentState {
  /// Whether the agent sees the input of its person.
  enum class Capture { working, paused, failing };

  std::string version;
  std::int64_t collect_interval_sec = 60;
  std::int64_t send_interval_sec = 300;
  Capture capture = Capture::working;

  std::string machine_id{};  ///< whose agent it is; "": the machine of the events that come with it

  /// Why it does not observe from `since` on: paused, asleep, stopped or blind. Absent while it does.
  std::optional<Gap> state{};
  Time since{};

  std::optional<AgentConfiguration> configuration{};  ///< absent: it says nothing of that

  friend bool operator==(const AgentState&, const AgentState&) = default;
};

std::string_view to_string(AgentState::Capture capture) noexcept;

/// `{"events":[...]}`, or with what the agent says of itself, `{"agent":{...},"events":[...]}`.
std::string encode_batch(std::span<const EncodedEvent> events, const std::optional<AgentState>& agent = std::nullopt);

/// The answer to a batch: `{"accepted":N,"duplicates":M,"rejected":[...],"configuration_version":V}`.
struct BatchAnswer {
  /// An event that was not taken: its place in the batch as sent, the field at fault ("" when the event is not an
  /// object), and why. `error` never repeats the value.
  struct Rejected {
    std::size_t index = 0;
    std::string field;
    std::string error;

    friend bool operator==(const Rejected&, const Rejected&) = default;
  };

  std::size_t accepted = 0;
  std::size_t duplicates = 0;
  std::vector<Rejected> rejected;
  std::optional<std::int64_t> configuration_version{};  ///< that is wanted of the machine; absent: not known
};
Result<BatchAnswer> decode_answer(std::string_view json);

}  // namespace activitytrack
