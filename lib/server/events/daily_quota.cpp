#include "server/events/daily_quota.hpp"

#include "server/events/event_row.hpp"

namespace activitytrack::server {

std::optional<std::chrono::seconds> DailyQuota::used_up(std::string_view machine_id, Time now) {
  if (most_ == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  begin_day(now);
  if (used_up_.empty() || !used_up_.contains(machine_key(machine_id))) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(std::chrono::floor<std::chrono::days>(now) + std::chrono::days(1) -
                                                 now);
}

void DailyQuota::note(std::span<const MachineDay> machines, Time stored_at) {
  if (most_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (day_number(stored_at) < day_) return;  // another day has begun meanwhile, of which this says nothing
  begin_day(stored_at);
  for (const MachineDay& machine : machines) {
    if (machine.events >= most_) used_up_.insert(machine.machine);
  }
}

void DailyQuota::begin_day(Time now) {
  const std::int64_t today = day_number(now);
  if (today != day_) used_up_.clear();
  day_ = today;
}

}  // namespace activitytrack::server
