#include "server/events/machine_state.hpp"

#include "core/event_batch.hpp"
#include "core/json_writer.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

constexpr int missed_sends = 3;
constexpr std::array<std::string_view, 5> liveness_names{"active", "idle", "paused", "capture_failing", "offline"};

/// An agent sends what it has each send interval, and has something each collect interval.
std::chrono::seconds longest_silence(const AgentState& agent) {
  return std::chrono::seconds(missed_sends * std::max(agent.collect_interval_sec, agent.send_interval_sec));
}

}  // namespace

std::string_view to_string(Liveness state) noexcept { return liveness_names[static_cast<std::size_t>(state)]; }

Liveness liveness(const Machine& machine, Time now) noexcept {
  const AgentState agent = machine.agent.value_or(AgentState{});
  // Who pauses has nothing to send.
  if (agent.capture == Capture::paused) return Liveness::paused;
  if (now - machine.last_seen > longest_silence(agent)) return Liveness::offline;
  if (agent.capture == Capture::failing) return Liveness::capture_failing;
  return machine.latest_is_idle ? Liveness::idle : Liveness::active;
}

void append_machine_json(std::string& out, const Machine& machine, Time now) {
  JsonWriter json(out);
  json.begin_object()
      .field("machine_id", machine.machine_id)
      .field("user_label", machine.user_label)
      .field("first_seen", format_timestamp(machine.first_seen))
      .field("last_seen", format_timestamp(machine.last_seen));
  json.key("timezone");
  machine.timezone.empty() ? json.null() : json.value(machine.timezone);
  json.field("latest_event", format_timestamp(machine.latest_event)).field("state", to_string(liveness(machine, now)));
  std::string agent;
  if (machine.agent) append_agent_json(agent, *machine.agent);
  json.key("agent").raw(agent.empty() ? "null" : agent);
  json.end_object();
}

}  // namespace activitytrack::server
