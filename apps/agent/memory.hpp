#pragma once

namespace activitytrack::agent_app {

/// One heap, given back early: the agent lives for weeks beside a person's own programs. Call it first.
void keep_memory_small() noexcept;

/// Gives back what only starting up needed: free heap, and pages of programs and libraries, which the system
/// brings back from their files when they are used again.
void trim_memory() noexcept;

/// From now on no core of this process is dumped, and no other process of its user sees into its memory.
void keep_memory_private() noexcept;

}  // namespace activitytrack::agent_app
