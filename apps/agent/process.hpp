#pragma once

#include "core/file.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <filesystem>

// What this program does with its own process: its memory, and the lock that makes it the only one.
namespace activitytrack::agent_app {

/// One heap, given back early: the agent lives for weeks beside a person's own programs. Call it first.
void keep_memory_small() noexcept;

/// Gives back what only starting up needed: free heap, and pages of programs and libraries, which the system brings
/// back from their files when they are used again.
void trim_memory() noexcept;

/// From now on no core of this process is dumped, and no other process of its user sees into its memory.
void keep_memory_private() noexcept;

/// Holds a lock (flock) on a file for as long as it lives, however the process ends: a file that an earlier process
/// left is no obstacle. The file says "PID since TIME" for others to show, and is left behind.
class LockFile {
 public:
  /// `busy` if another holds it; the message says who.
  static Result<LockFile> take(const std::filesystem::path& path, Time now);

 private:
  explicit LockFile(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace activitytrack::agent_app
