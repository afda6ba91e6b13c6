#include "server/http/memory_budget.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t parts = 4;

}  // namespace

void MemoryBudget::set(std::size_t bytes, std::size_t largest) {
  budget_ = bytes;
  largest_ = largest;
  each_ = std::max(bytes / parts, largest);
}

std::size_t MemoryBudget::used_by(std::string_view asker) const {
  const auto found = askers_.find(asker);
  return found == askers_.end() ? 0 : found->second;
}

/// By quarters alone four askers could hold all of it. So nobody comes to have more than half of what is still free:
/// each leaves some for the next.
MemoryBudget::Room MemoryBudget::room_for(std::size_t more, std::string_view asker) const {
  const std::size_t had = used_by(asker), wanted = had + more;
  if (had > 0 && wanted > each_) return Room::asker_has_much;
  const std::size_t free = budget_ - std::min<std::size_t>(budget_, now_);
  const bool is_alone = had == now_;
  const bool leaves_some = is_alone || wanted <= largest_ || wanted <= free / 2;
  return more <= free && leaves_some ? Room::yes : Room::all_have_much;
}

MemoryBudget::Room MemoryShare::grow_to(std::size_t bytes, std::string_view asker) {
  if (bytes <= bytes_) return MemoryBudget::Room::yes;
  const std::size_t more = bytes - bytes_;
  const auto room = budget_.room_for(more, asker);
  if (room != MemoryBudget::Room::yes) {
    HttpStats::add(budget_.refused_);
    return room;
  }
  if (bytes_ == 0) asker_ = budget_.askers_.try_emplace(std::string(asker)).first;
  asker_->second += more;
  bytes_ = bytes;
  HttpStats::add(budget_.now_, more);
  return MemoryBudget::Room::yes;
}

void MemoryShare::release() {
  if (bytes_ == 0) return;
  HttpStats::subtract(budget_.now_, bytes_);
  asker_->second -= bytes_;
  if (asker_->second == 0) budget_.askers_.erase(asker_);
  bytes_ = 0;
}

}  // namespace activitytrack::server
