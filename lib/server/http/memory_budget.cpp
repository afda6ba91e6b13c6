#include "server/http/memory_budget.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t parts = 4;

}  // namespace

void MemoryBudget::set(std::size_t bytes, std::size_t largest) {
  budget_ = bytes;
  each_ = std::max(bytes / parts, largest);
}

std::size_t MemoryBudget::used_by(std::string_view asker) const {
  const auto found = askers_.find(asker);
  return found == askers_.end() ? 0 : found->second;
}

MemoryBudget::Room MemoryShare::grow_to(std::size_t bytes, std::string_view asker) {
  using Room = MemoryBudget::Room;
  if (bytes <= bytes_) return Room::yes;
  const std::size_t more = bytes - bytes_;
  const bool is_for_all = budget_.now_ + more <= budget_.budget_;
  const bool is_for_asker = budget_.used_by(asker) + more <= budget_.each_;
  if (!is_for_all || !is_for_asker) {
    HttpStats::add(budget_.refused_);
    return is_for_asker ? Room::all_have_much : Room::asker_has_much;
  }
  if (bytes_ == 0) asker_ = budget_.askers_.try_emplace(std::string(asker)).first;
  asker_->second += more;
  bytes_ = bytes;
  HttpStats::add(budget_.now_, more);
  return Room::yes;
}

void MemoryShare::release() {
  if (bytes_ == 0) return;
  HttpStats::subtract(budget_.now_, bytes_);
  asker_->second -= bytes_;
  if (asker_->second == 0) budget_.askers_.erase(asker_);
  bytes_ = 0;
}

}  // namespace activitytrack::server
