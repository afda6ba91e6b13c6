#include "agent/sleep_watch.hpp"

#include "agent/given_parts.hpp"

namespace activitytrack {

void SleepWatch::look(Ticks now, WaitSet& waits) {
  if (since_ && now >= *since_ + longest_wait) since_.reset();
  if (!since_ || now >= *since_ + longest_hold) {
    if (const auto hold = held_.lock()) hold->release();
    held_.reset();
  }
  if (!readable(fd())) return;
  const Result<std::optional<bool>> said = caught("the sleep source", [this] { return source_->drain(); });
  if (!said) {
    log_.warning("a sleep of the machine is seen only after it from now on",
                 {{"error", std::string_view(said.error().message)}});
    waits.remove(fd());
    source_.reset();
    return;
  }
  if (*said == true) since_ = now;
  if (*said == false) since_.reset();
}

std::shared_ptr<SleepHold> SleepWatch::take_hold() {
  auto hold = source_ ? source_->take_hold() : nullptr;
  held_ = hold;
  return hold;
}

std::optional<Ticks> SleepWatch::next() const {
  if (!since_) return std::nullopt;
  return *since_ + (held_.expired() ? longest_wait : longest_hold);
}

}  // namespace activitytrack
