#pragma once

#include "server/events/store.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string_view>

namespace activitytrack::server {

/// How many events a machine may send in a day of UTC, known ones too. What is counted is in the machine's row, and so
/// the same on all servers of a database; who is over it is known to a server after the first batch that it stores of
/// them, and so a batch or two may pass. From any thread.
class DailyQuota {
 public:
  /// 0: no limit.
  explicit DailyQuota(std::int64_t events) : most_(events) {}

  std::int64_t events() const { return most_; }

  /// If the machine has sent as many today: how long until the day ends.
  std::optional<std::chrono::seconds> used_up(std::string_view machine_id, Time now);

  /// After a commit: what machines have sent in the day that it was stored at.
  void note(std::span<const MachineDay> machines, Time stored_at);

 private:
  void begin_day(Time now);

  const std::int64_t most_;
  std::mutex mutex_;
  std::int64_t day_ = 0;
  std::set<std::int64_t> used_up_;  ///< machine_key(), today
};

}  // namespace activitytrack::server
