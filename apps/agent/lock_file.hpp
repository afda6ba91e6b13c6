#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <filesystem>

namespace activitytrack::agent_app {

/// Holds a lock (flock) on a file for as long as it lives, however the process ends: a file that was left
/// behind is no obstacle. The file says "PID since TIME" for others to show, and stays.
class LockFile {
 public:
  /// `busy` if another holds it; the message says who.
  static Result<LockFile> take(const std::filesystem::path& path, Time now);

  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace activitytrack::agent_app
