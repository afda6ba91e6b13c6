#pragma once

#include <activitytrack/core/event.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Batches as a server reads them, and what it answers with; core/event.hpp has what an agent needs.

namespace activitytrack {

/// An accepted event of which something had to be read otherwise than it was written.
struct Adjusted {
  std::size_t index = 0;  ///< its place in the batch as sent
  std::string_view field;
  std::string_view note;  ///< what was done; a literal
};

/// What a batch `{"agent": {...}, "events": [...]}` held. `indices[i]` is the place of `events[i]` in the batch as
/// sent.
struct DecodedBatch {
  std::optional<AgentState> agent;  ///< left out if missing or not of its shape
  std::vector<Event> events;
  std::vector<std::size_t> indices;
  std::vector<BatchAnswer::Rejected> rejected;
  std::vector<std::string> rejected_machines;  ///< of each, as far as it names a machine; "" if not
  std::vector<Adjusted> adjusted;
  std::optional<std::string> next_cursor;  ///< of a page of the API's events; none if null or missing, "" if no string
};

/// By which rule machines' ids are read: that of machine_id_fault(), or of kept_machine_id_fault().
enum class MachineIds { coming_in, kept };

/// Reads a batch from UTF-8 JSON without building a DOM. A bad event is rejected by the rules of decode_event() and
/// costs no other; nor does a value that is no JSON (NaN, "\ud800"). The whole text is refused only if its structure is
/// not JSON, or not of this shape, it is nested deeper than 32 levels, or longer than max_batch_events. Unknown fields
/// are skipped.
///
/// What is clear all the same is taken: events as a list without its envelope, one event alone, and in a field what
/// Adjusted tells of.
Result<DecodedBatch> decode_batch(std::string_view json, MachineIds ids = MachineIds::coming_in);

/// encode_event(), at the end of `out`.
void append_event_json(std::string& out, const Event& event);

/// `{"version":...,"collect_interval_sec":...,"send_interval_sec":...,"capture":...}`, then `machine_id` if it is
/// known, and `state` with `since` where there is one.
void append_agent_json(std::string& out, const AgentState& agent);

std::optional<AgentState::Capture> parse_capture(std::string_view word) noexcept;

std::string encode_answer(const BatchAnswer& answer, std::span<const Adjusted> adjusted = {});

}  // namespace activitytrack
