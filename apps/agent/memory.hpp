#pragma once

namespace activitytrack::agent_app {

/// One heap, given back early: the agent lives for weeks beside a person's own programs. Call it first.
void keep_memory_small() noexcept;

/// Gives back what only starting up needed: free heap, and pages of programs and libraries, which the system
/// brings back from their files when they are used again.
void trim_memory() noexcept;

}  // namespace activitytrack::agent_app
