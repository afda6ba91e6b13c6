#include "agent/rounds.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace activitytrack {

using SteadyClock = std::chrono::steady_clock;

Rounds::Rounds(std::function<RoundEnd()> round, std::function<void()> cancel, std::chrono::seconds interval)
    : round_(std::move(round)),
      cancel_(std::move(cancel)),
      backoff_(std::random_device{}()),
      interval_(interval),
      thread_([this] { run(); }) {}

Rounds::~Rounds() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  cancel_();
  changed_.notify_all();
  thread_.join();
}

void Rounds::run() {
  SteadyClock::time_point due = SteadyClock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto wanted = [&] { return stopping_ || rounds_wanted_ > rounds_ended_; };
    if (!changed_.wait_until(lock, due, wanted) && SteadyClock::now() < due) continue;
    if (stopping_) return;
    in_round_ = true;
    lock.unlock();
    const RoundEnd end = round_();
    if (end.progress) backoff_.succeeded();
    const auto wait = end.all_done ? std::optional<std::chrono::milliseconds>() : backoff_.failed(end.retry_after);
    lock.lock();
    due = SteadyClock::now() + wait.value_or(interval_);
    in_round_ = false;
    done_ = end.all_done;
    ++rounds_ended_;
    rounds_wanted_ = std::max(rounds_wanted_, rounds_ended_);
    changed_.notify_all();
  }
}

bool Rounds::flush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  // A round under way may have passed the newest already: only one that begins now counts.
  const std::uint64_t target = rounds_ended_ + (in_round_ ? 2 : 1);
  rounds_wanted_ = std::max(rounds_wanted_, target);
  changed_.notify_all();
  const bool in_time = changed_.wait_for(lock, timeout, [&] { return rounds_ended_ >= target; });
  return in_time && done_;
}

void Rounds::set_interval(std::chrono::seconds interval) {
  const std::lock_guard lock(mutex_);
  interval_ = interval;
  rounds_wanted_ = std::max(rounds_wanted_, rounds_ended_ + 1);
  changed_.notify_all();
}

bool Rounds::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace activitytrack
