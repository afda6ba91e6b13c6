#include "agent/rounds.hpp"

#include "agent/given_parts.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace activitytrack {

using SteadyClock = std::chrono::steady_clock;

Rounds::Rounds(std::string_view name, std::function<RoundEnd()> round, std::function<void()> cancel,
               std::chrono::seconds interval, Log& log)
    : round_(std::move(round)),
      cancel_(std::move(cancel)),
      log_(log),
      backoff_(std::random_device{}()),
      due_(SteadyClock::now()),
      interval_(interval),
      worker_(std::string(name), log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

Rounds::~Rounds() {
  worker_.ask_to_stop();
  cancel_();
  worker_.stop();
}

bool Rounds::step(Worker::Lock& lock) {
  worker_.wait_until(lock, due_, [this] { return rounds_wanted_ > rounds_ended_; });
  if (worker_.stopping()) return false;
  in_round_ = true;
  lock.unlock();
  const Result<RoundEnd> ended = caught("sending", round_);
  if (!ended) log_.error("a round of sending failed", {{"error", std::string_view(ended.error().message)}});
  const RoundEnd end = ended ? *ended : RoundEnd();
  if (end.progress) backoff_.succeeded();
  const auto wait = end.all_done ? std::optional<std::chrono::milliseconds>() : backoff_.failed(end.retry_after);
  lock.lock();
  due_ = SteadyClock::now() + wait.value_or(interval_);
  in_round_ = false;
  done_ = end.all_done;
  ++rounds_ended_;
  rounds_wanted_ = std::max(rounds_wanted_, rounds_ended_);
  worker_.wake();
  return true;
}

bool Rounds::flush(std::chrono::milliseconds timeout) {
  Worker::Lock lock = worker_.lock();
  // A round under way may have passed the newest already: only one that begins now counts.
  const std::uint64_t target = rounds_ended_ + (in_round_ ? 2 : 1);
  rounds_wanted_ = std::max(rounds_wanted_, target);
  worker_.wake();
  worker_.wait_until(lock, SteadyClock::now() + timeout, [&] { return rounds_ended_ >= target; });
  return rounds_ended_ >= target && done_;
}

void Rounds::set_interval(std::chrono::seconds interval) {
  worker_.change([&] {
    interval_ = interval;
    rounds_wanted_ = std::max(rounds_wanted_, rounds_ended_ + 1);
  });
}

bool Rounds::stopping() const {
  const Worker::Lock lock = worker_.lock();
  return worker_.stopping();
}

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
