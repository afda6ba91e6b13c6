#include "server/api/rejections.hpp"

#include "core/event_fields.hpp"

#include <functional>
#include <map>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::size_t most_logged = 1000;

}  // namespace

std::vector<Rejections> rejections_of(const DecodedBatch& batch, const std::string& sender) {
  std::map<std::string, Rejections, std::less<>> by_machine;
  for (std::size_t i = 0; i < batch.rejected.size(); ++i) {
    const std::string& machine_id = sender.empty() ? batch.rejected_machines[i] : sender;
    if (!machine_id_fault(machine_id).empty()) continue;
    Rejections& of_machine = by_machine[machine_id];
    of_machine.machine_id = machine_id;
    ++of_machine.count;
    of_machine.field = batch.rejected[i].field;
    of_machine.error = batch.rejected[i].error;
  }
  std::vector<Rejections> all;
  for (auto& [machine_id, of_machine] : by_machine) all.push_back(std::move(of_machine));
  return all;
}

void RejectionLog::note(const std::vector<Rejections>& rejected, Time now, Log& log) {
  for (const Rejections& of_machine : rejected) {
    if (!is_first_today(of_machine.machine_id, now)) continue;
    log.warning("events refused; today no more is said of this machine", {{"machine_id", of_machine.machine_id},
                                                                          {"events", of_machine.count},
                                                                          {"field", of_machine.field},
                                                                          {"error", of_machine.error}});
  }
}

bool RejectionLog::is_first_today(const std::string& machine_id, Time now) {
  const std::lock_guard lock(mutex_);
  if (const auto today = day_number(now); today != day_) {
    logged_.clear();
    day_ = today;
  }
  return logged_.size() < most_logged && logged_.insert(machine_id).second;
}

}  // namespace activitytrack::server
