#pragma once

#include "core/event_batch.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What is known of events that are refused: a client whose events all are learns it from no status.

namespace activitytrack::server {

/// Sums up what was refused of a batch by machine, in no order. `sender` is whose credential it came with; "": the
/// events say of which machine they are, and those that do not are left out.
std::vector<Rejections> rejections_of(const DecodedBatch& batch, const std::string& sender);

/// Logs, once a machine and day of UTC, that events of it are refused and why; of a thousand machines a day at most.
/// From any thread.
class RejectionLog {
 public:
  void note(const std::vector<Rejections>& rejected, Time now, Log& log);

 private:
  bool is_first_today(const std::string& machine_id, Time now);

  std::mutex mutex_;
  std::int64_t day_ = 0;
  std::set<std::string, std::less<>> logged_;
};

}  // namespace activitytrack::server
