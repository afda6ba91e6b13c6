#include "agent/rounds.hpp"

#include "agent/given_parts.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace activitytrack {

using SteadyClock = std::chrono::steady_clock;

Rounds::Rounds(std::string_view name, std::function<RoundEnd()> round, std::function<void()> cancel,
               std::chrono::seconds interval, NetworkWatch& network, Log& log)
    : round_(std::move(round)),
      cancel_(std::move(cancel)),
      network_(network),
      log_(log),
      schedule_(std::random_device{}(), interval, SteadyClock::now()),
      worker_(std::string(name), log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

Rounds::~Rounds() {
  worker_.ask_to_stop();
  cancel_();
  worker_.stop();
  network_.disarm(*this);
}

bool Rounds::step(Worker::Lock& lock) {
  const SteadyClock::time_point due = schedule_.due();
  const auto wanted = [this] { return rounds_wanted_ > rounds_ended_; };
  worker_.wait_until(lock, due, [&] { return wanted() || schedule_.due() < due; });
  if (worker_.stopping()) return false;
  if (!wanted() && SteadyClock::now() < schedule_.due()) return true;  // it is due earlier now
  schedule_.begun(SteadyClock::now());
  in_round_ = true;
  if (schedule_.failed()) network_.arm(*this);  // a change in this round is to be noticed too
  lock.unlock();
  const Result<RoundEnd> ended = caught("sending", round_);
  if (!ended) log_.error("a round of sending failed", {{"error", std::string_view(ended.error().message)}});
  const RoundEnd end = ended ? *ended : RoundEnd();
  lock.lock();
  schedule_.ended(end, SteadyClock::now());
  schedule_.failed() ? network_.arm(*this) : network_.disarm(*this);
  in_round_ = false;
  done_ = end.all_done;
  ++rounds_ended_;
  rounds_wanted_ = std::max(rounds_wanted_, rounds_ended_);
  worker_.wake();
  return true;
}

std::uint64_t Rounds::want_one() {
  // A round under way may have passed the newest already: only one that begins now counts.
  const std::uint64_t target = rounds_ended_ + (in_round_ ? 2 : 1);
  rounds_wanted_ = std::max(rounds_wanted_, target);
  return target;
}

void Rounds::now() {
  worker_.change([this] { want_one(); });
}

bool Rounds::flush(std::chrono::milliseconds timeout) {
  Worker::Lock lock = worker_.lock();
  const std::uint64_t target = want_one();
  worker_.wake();
  worker_.wait_until(lock, SteadyClock::now() + timeout, [&] { return rounds_ended_ >= target; });
  return rounds_ended_ >= target && done_;
}

void Rounds::soon() {
  worker_.change([this] { schedule_.soon(SteadyClock::now()); });
}

void Rounds::set_interval(std::chrono::seconds interval) {
  worker_.change([&] { schedule_.set_interval(interval, SteadyClock::now()); });
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

AgentStatus::Delivery DeliveryRecord::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace activitytrack
