#include "server/api/liveness.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr int missed_sends = 3;

/// An agent sends what it has each send interval, and has something each collect interval.
std::chrono::seconds longest_silence(const AgentState& agent) {
  return std::chrono::seconds(missed_sends * std::max(agent.collect_interval_sec, agent.send_interval_sec));
}

}  // namespace

std::string_view to_string(Liveness state) noexcept {
  switch (state) {
    case Liveness::active:
      return "active";
    case Liveness::idle:
      return "idle";
    case Liveness::paused:
      return "paused";
    case Liveness::capture_failing:
      return "capture_failing";
    case Liveness::offline:
      return "offline";
  }
  return "offline";
}

Liveness liveness(const Machine& machine, Time now) noexcept {
  const AgentState agent = machine.agent.value_or(AgentState{});
  // Who pauses has nothing to send.
  if (agent.capture == Capture::paused) return Liveness::paused;
  if (now - machine.last_seen > longest_silence(agent)) return Liveness::offline;
  if (agent.capture == Capture::failing) return Liveness::capture_failing;
  return machine.latest_is_idle ? Liveness::idle : Liveness::active;
}

}  // namespace activitytrack::server
