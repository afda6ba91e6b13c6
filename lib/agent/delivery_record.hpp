#pragma once

#include <activitytrack/agent/delivery.hpp>

#include <mutex>
#include <string_view>

namespace activitytrack {

/// How a delivery goes, for its status and the log. Told by its thread, read by any.
class DeliveryRecord {
 public:
  /// `what` is delivered: "events".
  DeliveryRecord(std::string_view what, Clock& clock, Log& log) : what_(what), clock_(clock), log_(log) {}

  void sent(std::int64_t count, std::int64_t rejected);

  /// An outage of days is one line in the log.
  void failed(const Error& error);

  DeliveryStatus status() const;

 private:
  std::string_view what_;
  Clock& clock_;
  Log& log_;
  mutable std::mutex mutex_;
  DeliveryStatus status_;
};

}  // namespace activitytrack
