#include "server/api/event_steps.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t wanted_bytes = 128 * 1024;
constexpr std::size_t least_step = 16, greatest_step = 1000;

}  // namespace

Result<std::vector<Event>> EventSteps::next(std::size_t most) {
  if (ended_) return std::vector<Event>();
  const auto asked = std::min(step_, most);
  auto events = reader_->events(machine_id_, range_, asked);
  if (!events) return events;
  read_ = events->size();
  ended_ = read_ < asked;
  if (!events->empty()) range_.start = events->back().timestamp + std::chrono::microseconds(1);
  return events;
}

void EventSteps::made(std::size_t bytes) {
  if (read_ > 0) step_ = std::clamp(wanted_bytes / (bytes / read_ + 1), least_step, greatest_step);
}

}  // namespace activitytrack::server
