#pragma once

#include "core/file.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

// What this program does with its own process: its memory, and the lock that makes it the only one.
namespace activitytrack::agent_app {

/// One heap, given back early: the agent lives for weeks beside a person's own programs. Call it first.
void keep_memory_small() noexcept;

/// Gives back what only starting up needed: free heap, and pages of programs and libraries, which the system brings
/// back from their files when they are used again.
void trim_memory() noexcept;

/// From now on no core of this process is dumped, and no other process of its user sees into its memory.
void keep_memory_private() noexcept;

/// Holds a buffer's lock, which says "PID since TIME" for others to show, for as long as the result lives. `busy` if
/// another agent holds it; the message says which.
Result<UniqueFd> lock_buffer(const std::string& file, Time now);

/// " (pid PID, since TIME)" of what the holder of a buffer's lock wrote; "" if it has not done so yet.
std::string shown_holder(std::string_view written);

}  // namespace activitytrack::agent_app
