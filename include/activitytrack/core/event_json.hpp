#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Whether an agent sees the input of its person.
enum class Capture { working, paused, failing };

std::string_view to_string(Capture capture) noexcept;
std::optional<Capture> parse_capture(std::string_view word) noexcept;

/// What an agent says of itself with each batch it sends, so that a server can distinguish a machine that is idle from
/// one that is in trouble.
struct AgentState {
  std::string version;
  std::int64_t collect_interval_sec = 60;
  std::int64_t send_interval_sec = 300;
  Capture capture = Capture::working;

  friend bool operator==(const AgentState&, const AgentState&) = default;
};

/// Greatest number of events in one batch; a longer one is refused whole.
inline constexpr std::size_t max_batch_events = 10'000;

/// An event that was not taken: its place in the batch as sent, the field at fault ("" when the event is not an
/// object), and why. `error` never repeats the value.
struct RejectedEvent {
  std::size_t index = 0;
  std::string field;
  std::string error;

  friend bool operator==(const RejectedEvent&, const RejectedEvent&) = default;
};

/// Reads one event object; unknown fields are skipped. The error names the field that is of the wrong type, out of
/// range, given twice or not UTF-8.
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

/// `{"events":[...]}`, or with what the agent says of itself, `{"agent":{...},"events":[...]}`.
std::string encode_batch(std::span<const EncodedEvent> events, const std::optional<AgentState>& agent = std::nullopt);

/// The answer to a batch: `{"accepted":N,"duplicates":M,"rejected":[...]}`.
struct BatchAnswer {
  std::size_t accepted = 0;
  std::size_t duplicates = 0;
  std::vector<RejectedEvent> rejected;
};
Result<BatchAnswer> decode_answer(std::string_view json);

}  // namespace activitytrack
