#include "agent/delivery.hpp"

#include "agent/given_parts.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack {
namespace {

constexpr std::size_t most_waiting = 24 * 60;
constexpr std::size_t events_in_batch = 500;

std::vector<Buffer::Settled> settled_by(std::span<const EncodedEvent> batch, const BatchAnswer& answer) {
  std::vector<Buffer::Settled> settled;
  settled.reserve(batch.size());
  for (const EncodedEvent& event : batch) settled.push_back({event.id, ""});
  for (const BatchAnswer::Rejected& r : answer.rejected) {
    if (r.index >= settled.size()) continue;
    settled[r.index].rejection = r.field.empty() ? r.error : r.field + " " + r.error;
  }
  return settled;
}

bool same_state(const AgentState& one, const AgentState& other) {
  return one.state == other.state && (!one.state || one.since == other.since);
}

}  // namespace

void Intake::put(Event event) {
  waiting_.push_back(std::move(event));
  while (!waiting_.empty()) {
    const Result<void> done = buffer_->append(waiting_.front());
    if (!done) {
      if (done.error().message != error_) {
        log_.error("cannot write to the buffer; events wait in memory",
                   {{"error", std::string_view(done.error().message)}});
      }
      error_ = done.error().message;
      break;
    }
    if (!error_.empty()) log_.info("the buffer takes events again", {{"waiting", waiting()}});
    error_.clear();
    ++stored_;
    waiting_.pop_front();
  }
  if (waiting_.size() > most_waiting) {
    log_.error("an event is lost: the buffer has not taken any for too long", {{"error", std::string_view(error_)}});
    waiting_.pop_front();
  }
}

Delivery::Delivery(std::shared_ptr<Buffer> buffer, std::shared_ptr<Sender> sender, OnAnswer on_answer,
                   std::chrono::seconds interval, NetworkWatch& network, Clock& clock, Log& log)
    : buffer_(std::move(buffer)),
      sender_(std::move(sender)),
      on_answer_(std::move(on_answer)),
      log_(log),
      record_("events", clock, log),
      rounds_(
          "sending events", [this] { return run(); }, [this] { sender_->cancel(); }, interval, network, log) {}

void Delivery::describe(AgentState agent) {
  const std::lock_guard lock(mutex_);
  agent_ = std::move(agent);
}

std::optional<AgentState> Delivery::agent_now() {
  const std::lock_guard lock(mutex_);
  return agent_;
}

void Delivery::send_now(std::shared_ptr<void> held) {
  {
    const std::lock_guard lock(mutex_);
    if (held) held_.push_back(std::move(held));
  }
  rounds_.now();
}

RoundEnd Delivery::run() {
  forbidden_.clear();
  taken_of_.clear();
  settled_some_ = false;
  retry_after_.reset();
  std::vector<std::shared_ptr<void>> held;  // until the end of this round
  {
    const std::lock_guard lock(mutex_);
    held.swap(held_);
  }
  const bool all_done = send_pending() && send_word();
  return {all_done, settled_some_, retry_after_};
}

/// Tells what the agent says of itself where no events took it along; each time while it is blind, so that the receiver
/// knows that it is there, and waits for its display. Who does not take a batch without events need not
/// be asked again: the next event names the gap.
bool Delivery::send_word() {
  const std::optional<AgentState> agent = agent_now();
  if (!agent || (same_state(*agent, told_) && agent->state != Gap::blind)) return true;
  const SendOutcome outcome = outcome_of_call([&] { return sender_->send({}, agent); });
  if (outcome.status == SendOutcome::retry) {
    retry_after_ = outcome.retry_after;
    return failed(outcome.error);
  }
  told_ = *agent;
  if (outcome.status != SendOutcome::settled) return true;
  record_.sent(0, 0);
  answered(outcome.answer);
  return true;
}

/// Sends all that is pending. False if something stays that has to be tried again.
bool Delivery::send_pending() {
  for (std::int64_t after = 0;;) {
    const Result<std::vector<EncodedEvent>> batch = buffer_->pending(events_in_batch, after);
    if (!batch) return failed(batch.error());
    if (batch->empty()) return put_forbidden_aside();
    if (!send_allowed(*batch)) return false;
    after = batch->back().id;
  }
}

/// Leaves out what is known to be forbidden.
bool Delivery::send_allowed(Batch batch) {
  if (forbidden_.empty()) return send(batch);
  std::vector<EncodedEvent> allowed;
  for (const EncodedEvent& event : batch) {
    const auto found = forbidden_.find(event.machine_id);
    if (found == forbidden_.end()) {
      allowed.push_back(event);
    } else {
      found->second.events.push_back(event.id);
    }
  }
  return allowed.empty() || send(allowed);
}

bool Delivery::send(Batch batch) {
  const std::optional<AgentState> agent = agent_now();
  const SendOutcome outcome = outcome_of_call([&] { return sender_->send(batch, agent); });
  switch (outcome.status) {
    case SendOutcome::settled:
      if (agent) told_ = *agent;
      for (const EncodedEvent& event : batch) taken_of_.insert(event.machine_id);
      if (!settle(settled_by(batch, outcome.answer))) return false;
      answered(outcome.answer);
      return true;
    case SendOutcome::refused:
      break;
    case SendOutcome::forbidden:
      return send_by_machine(batch, outcome.error);
    case SendOutcome::retry:
      retry_after_ = outcome.retry_after;
      return failed(outcome.error);
  }
  if (batch.size() == 1) return settle({{batch.front().id, outcome.error.message}});
  const std::size_t half = batch.size() / 2;
  return send(batch.first(half)) && send(batch.subspan(half));
}

/// A credential is good for one machine_id; the buffer may hold events of an earlier one.
bool Delivery::send_by_machine(Batch batch, const Error& error) {
  std::map<std::string_view, std::vector<EncodedEvent>> machines;
  for (const EncodedEvent& event : batch) machines[event.machine_id].push_back(event);
  if (machines.size() == 1) {
    Forbidden& found = forbidden_[batch.front().machine_id];
    for (const EncodedEvent& event : batch) found.events.push_back(event.id);
    found.error = error;
    return true;
  }
  return std::ranges::all_of(machines, [this](const auto& machine) { return send(machine.second); });
}

/// What is forbidden will stay so if the server took events of another machine in the same round, and none
/// of this one. Else it may be the credential, or whatever stands before the server: nothing is given up
/// for that.
bool Delivery::put_forbidden_aside() {
  bool all_done = true;
  for (const auto& [machine_id, found] : forbidden_) {
    if (taken_of_.empty() || taken_of_.contains(machine_id)) {
      all_done = failed(found.error);
      continue;
    }
    const std::string why = "is of machine_id " + machine_id + ", for which the credential is not good";
    std::vector<Buffer::Settled> settled;
    for (const std::int64_t id : found.events) settled.push_back({id, why});
    if (!settle(settled)) return false;
  }
  return all_done;
}

bool Delivery::settle(const std::vector<Buffer::Settled>& settled) {
  if (const Result<void> done = buffer_->settle(settled); !done) return failed(done.error());
  settled_some_ = true;
  std::int64_t rejected = 0;
  for (const Buffer::Settled& s : settled) {
    if (s.rejection.empty()) continue;
    ++rejected;
    log_.warning("the server refused an event; it is kept aside", {{"reason", std::string_view(s.rejection)}});
  }
  record_.sent(static_cast<std::int64_t>(settled.size()), rejected);
  return true;
}

void Delivery::answered(const BatchAnswer& answer) {
  if (!on_answer_) return;
  const Result<void> seen = caught("on_answer", [&] { on_answer_(answer); });
  if (!seen) log_.error("a part failed", {{"error", std::string_view(seen.error().message)}});
}

bool Delivery::failed(const Error& error) {
  if (!rounds_.stopping()) record_.failed(error);  // else it was cancelled: nothing to report
  return false;
}

}  // namespace activitytrack
