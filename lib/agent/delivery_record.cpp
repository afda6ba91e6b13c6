#include "agent/delivery_record.hpp"

#include <string>

namespace activitytrack {

void DeliveryRecord::sent(std::int64_t count, std::int64_t rejected) {
  const std::lock_guard lock(mutex_);
  status_.last_success = clock_.now();
  status_.last_error.clear();
  status_.failures = 0;
  status_.sent += count;
  status_.rejected += rejected;
  log_.debug("sent", {{what_, count}});
}

void DeliveryRecord::failed(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (error.message != status_.last_error) {
    log_.warning("cannot send " + std::string(what_) + "; they are kept and will be tried again",
                 {{"error", std::string_view(error.message)}});
  }
  status_.last_error = error.message;
  ++status_.failures;
}

DeliveryStatus DeliveryRecord::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace activitytrack
