#include "agents.hpp"

#include <algorithm>

namespace activitytrack::load {

using std::chrono::nanoseconds;

Agents::Agents(Courier& courier, const AgentsOptions& options)
    : courier_(courier), options_(options), begin_(Clock::now()), end_(begin_ + options.time) {
  const auto count = static_cast<std::int64_t>(courier.machines());
  for (std::int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    const auto first = begin_ + options.spread / count * i;
    machines_.push_back({Connection(courier.target(), poller_.fd(), index),
                         Backoff(index + 1, options.backoff_base, options.backoff_cap), first, first});
    alarms_.push({first, index});
  }
}

bool Agents::run() {
  auto next_look = begin_;
  while (done_ < machines_.size()) {
    const auto now = Clock::now();
    if (interrupted || now > end_ + options_.patience) return false;
    if (now >= next_look) {
      give_up_late(now);
      next_look = now + std::chrono::seconds(1);
    }
    while (!alarms_.empty() && alarms_.top().at <= now) {
      const std::uint32_t index = alarms_.top().machine;
      alarms_.pop();
      send(index, now);
    }
    const auto until = alarms_.empty() ? next_look : std::min(next_look, alarms_.top().at);
    for (const epoll_event& event : poller_.wait(until)) {
      settle(event.data.u32, machines_[event.data.u32].connection.progress());
    }
  }
  return true;
}

/// Of those that begin before the end.
std::uint64_t Agents::periods(const Machine& machine, Clock::time_point now) const {
  const auto last = std::min(now, end_ - nanoseconds(1));
  return last < machine.begin ? 0 : static_cast<std::uint64_t>((last - machine.begin) / options_.period) + 1;
}

std::uint64_t Agents::collected(const Machine& machine, Clock::time_point now) const {
  return options_.backlog + options_.events * periods(machine, now);
}

bool Agents::is_done(const Machine& machine) const {
  return machine.delivered == collected(machine, Clock::time_point::max());
}

void Agents::send(std::uint32_t index, Clock::time_point now) {
  Machine& machine = machines_[index];
  const std::uint64_t pending = collected(machine, now) - machine.delivered;
  if (pending == 0) return rest(index, now);
  machine.post = {index, options_.first + machine.delivered, std::min(pending, options_.most), machine.due};
  machine.busy = true;
  machine.since = now;
  settle(index, courier_.send(machine.connection, machine.post));
}

void Agents::settle(std::uint32_t index, Connection::State state) {
  Machine& machine = machines_[index];
  if (!machine.busy || (state != Connection::State::answered && state != Connection::State::lost)) return;
  const auto outcome = courier_.settle(machine.connection, state, machine.post);
  const auto now = Clock::now();
  machine.busy = false;
  if (outcome != Courier::Outcome::stored) {
    const bool answered = state == Connection::State::answered;
    const auto wait = machine.backoff.failed(answered ? machine.connection.answer().retry_after : std::nullopt);
    alarms_.push({now + wait, index});
    return;
  }
  machine.backoff.succeeded();
  machine.delivered += machine.post.count;
  machine.due = now;
  if (collected(machine, now) > machine.delivered) return send(index, now);
  rest(index, now);
}

void Agents::rest(std::uint32_t index, Clock::time_point now) {
  Machine& machine = machines_[index];
  if (!options_.keep_alive) machine.connection.close();
  if (is_done(machine)) {
    ++done_;
    return;
  }
  machine.due = machine.begin + options_.period * static_cast<std::int64_t>(periods(machine, now));
  alarms_.push({machine.due, index});
}

void Agents::give_up_late(Clock::time_point now) {
  for (std::uint32_t i = 0; i < machines_.size(); ++i) {
    Machine& machine = machines_[i];
    if (!machine.busy || now - machine.since <= options_.timeout) continue;
    machine.connection.close();
    settle(i, Connection::State::lost);
  }
}

}  // namespace activitytrack::load
