#include "pump.hpp"

#include <algorithm>

namespace activitytrack::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// A prime: machines take turns in an order that no index likes.
std::size_t stride(std::size_t machines) { return machines % 7919 == 0 ? 1 : 7919; }

}  // namespace

Pump::Pump(Courier& courier, const PumpOptions& options)
    : courier_(courier),
      options_(options),
      end_(Clock::now() + options.time),
      next_due_(Clock::now()),
      next_look_(next_due_) {
  if (options.events_per_sec > 0) {
    gap_ = nanoseconds(static_cast<std::int64_t>(1e9 * static_cast<double>(options.events) / options.events_per_sec));
  }
  for (std::uint32_t i = 0; i < options.connections; ++i) {
    slots_.push_back({Connection(courier.target(), poller_.fd(), i)});
    free_.push_back(i);
  }
}

void Pump::run() {
  while (true) {
    const auto now = Clock::now();
    if (interrupted) end_ = std::min(end_, now);
    if (now >= next_look_) look_after(now);
    if (!is_over(now)) {
      make_due(now);
      fill(now);
    } else if (free_.size() == slots_.size() || now > end_ + options_.timeout) {
      return;
    }
    for (const epoll_event& event : poller_.wait(next_moment(now))) {
      settle(event.data.u32, slots_[event.data.u32].connection.progress());
      fill(Clock::now());
    }
  }
}

bool Pump::is_over(Clock::time_point now) const {
  return now >= end_ || (options_.total > 0 && posts_ * options_.events >= options_.total);
}

void Pump::make_due(Clock::time_point now) {
  if (gap_.count() == 0) return;
  for (; next_due_ <= now; next_due_ += gap_) due_.push_back(next_due_);
}

void Pump::fill(Clock::time_point now) {
  while (!free_.empty() && (gap_.count() == 0 || !due_.empty()) && !is_over(now)) {
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Clock::time_point due = now;
    if (gap_.count() > 0) {
      due = due_.front();
      due_.pop_front();
    }
    slots_[index].post = next_post(due);
    send(index, now);
  }
}

Post Pump::next_post(Clock::time_point due) {
  const std::uint64_t round = posts_ / courier_.machines();
  const std::size_t machine = posts_ * stride(courier_.machines()) % courier_.machines();
  ++posts_;
  return {machine, options_.first + round * options_.events, options_.events, due};
}

void Pump::send(std::uint32_t index, Clock::time_point now) {
  Slot& slot = slots_[index];
  slot.busy = true;
  slot.since = now;
  settle(index, courier_.send(slot.connection, slot.post));
}

void Pump::settle(std::uint32_t index, Connection::State state) {
  Slot& slot = slots_[index];
  if (!slot.busy || (state != Connection::State::answered && state != Connection::State::lost)) return;
  const auto outcome = courier_.settle(slot.connection, state, slot.post);
  slot.busy = false;
  if (outcome != Courier::Outcome::again) return free_.push_back(index);
  slot.waits = true;
  ++waiting_;
  const bool told = state == Connection::State::answered && slot.connection.answer().retry_after;
  const milliseconds asked = told ? *slot.connection.answer().retry_after : milliseconds(0);
  slot.since = Clock::now() + std::min(asked, options_.retry_wait * 10) + options_.retry_wait;
}

/// Ends waits that are over, and requests that took too long.
void Pump::look_after(Clock::time_point now) {
  next_look_ = now + milliseconds(20);
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.waits && (slot.since <= now || now >= end_)) {
      slot.waits = false;
      --waiting_;
      if (options_.abandon || now >= end_) {
        free_.push_back(i);
      } else {
        send(i, now);
      }
    } else if (slot.busy && now - slot.since > options_.timeout) {
      slot.connection.close();
      settle(i, Connection::State::lost);
    }
  }
}

Clock::time_point Pump::next_moment(Clock::time_point now) const {
  auto moment = now + milliseconds(waiting_ > 0 ? 20 : 200);
  if (gap_.count() > 0 && !is_over(now)) moment = std::min(moment, next_due_);
  return now < end_ ? std::min(moment, end_) : moment;
}

}  // namespace activitytrack::load
