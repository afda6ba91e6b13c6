#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack {

/// Whether an agent sees the input of its person.
enum class Capture { working, paused, failing };

std::string_view to_string(Capture capture) noexcept;
std::optional<Capture> parse_capture(std::string_view word) noexcept;

/// What an agent says of itself with each batch it sends, so that a server can tell a machine that rests from
/// one that is in trouble.
struct AgentState {
  std::string version;
  std::int64_t collect_interval_sec = 60;
  std::int64_t send_interval_sec = 300;
  Capture capture = Capture::working;

  friend bool operator==(const AgentState&, const AgentState&) = default;
};

}  // namespace activitytrack
