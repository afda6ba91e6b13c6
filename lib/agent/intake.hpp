#pragma once

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/log.hpp>

#include <deque>
#include <memory>
#include <string>

namespace activitytrack {

/// Puts events into the buffer. While the buffer cannot take them (a full disk), they wait in memory, up to
/// a day of minutes; then the oldest is given up, and that is logged.
class Intake {
 public:
  Intake(std::shared_ptr<Buffer> buffer, Log& log) : buffer_(std::move(buffer)), log_(log) {}

  void put(Event event);

  std::int64_t stored() const { return stored_; }
  std::int64_t waiting() const { return static_cast<std::int64_t>(waiting_.size()); }
  const std::string& error() const { return error_; }

 private:
  std::shared_ptr<Buffer> buffer_;
  Log& log_;
  std::deque<Event> waiting_;
  std::int64_t stored_ = 0;
  std::string error_;  ///< of the last try; empty if it succeeded
};

}  // namespace activitytrack
