#include <activitytrack/agent/delivery.hpp>

#include "agent/delivery_record.hpp"
#include "agent/rounds.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::size_t batch_size = 500;

std::vector<Event> events_of(std::span<const BufferedEvent> batch) {
  std::vector<Event> events;
  events.reserve(batch.size());
  for (const BufferedEvent& buffered : batch) events.push_back(buffered.event);
  return events;
}

std::vector<Settled> settled_by(std::span<const BufferedEvent> batch, const BatchAnswer& answer) {
  std::vector<Settled> settled;
  settled.reserve(batch.size());
  for (const BufferedEvent& buffered : batch) settled.push_back({buffered.id, ""});
  for (const RejectedEvent& r : answer.rejected) {
    if (r.index >= settled.size()) continue;
    settled[r.index].rejection = r.field.empty() ? r.error : r.field + " " + r.error;
  }
  return settled;
}

}  // namespace

struct Delivery::State {
  std::shared_ptr<Buffer> buffer;
  std::shared_ptr<Sender> sender;
  Log& log;
  DeliveryRecord record;

  mutable std::mutex mutex;
  std::optional<AgentState> agent;  // guarded by it

  std::optional<std::chrono::seconds> retry_after{};  // of the thread alone
  struct Forbidden {
    std::vector<std::int64_t> events;
    Error error;
  };
  std::map<std::string, Forbidden, std::less<>> forbidden;  // of this round, by machine; likewise
  std::set<std::string, std::less<>> taken_of;              // machines, in this round; likewise
  bool settled_some = false;                                // in this round; likewise

  Rounds rounds;  // last: its thread uses the others

  State(std::shared_ptr<Buffer> b, std::shared_ptr<Sender> s, std::chrono::seconds interval, Clock& c, Log& l)
      : buffer(std::move(b)),
        sender(std::move(s)),
        log(l),
        record("events", c, l),
        rounds([this] { return run(); }, [this] { sender->cancel(); }, interval) {}

  RoundEnd run() {
    forbidden.clear();
    taken_of.clear();
    settled_some = false;
    retry_after.reset();
    const bool all_done = send_pending();
    return {all_done, settled_some, retry_after};
  }

  /// Sends all that is pending. False if something stays that has to be tried again.
  bool send_pending() {
    std::int64_t after = 0;
    for (;;) {
      const Result<std::vector<BufferedEvent>> batch = buffer->pending(batch_size, after);
      if (!batch) return failed(batch.error());
      if (batch->empty()) return put_forbidden_aside();
      if (!send_allowed(*batch)) return false;
      after = batch->back().id;
    }
  }

  /// Leaves out what is known to be forbidden.
  bool send_allowed(std::span<const BufferedEvent> batch) {
    if (forbidden.empty()) return send(batch);
    std::vector<BufferedEvent> allowed;
    for (const BufferedEvent& buffered : batch) {
      const auto found = forbidden.find(buffered.event.machine_id);
      if (found == forbidden.end()) {
        allowed.push_back(buffered);
      } else {
        found->second.events.push_back(buffered.id);
      }
    }
    return allowed.empty() || send(allowed);
  }

  bool send(std::span<const BufferedEvent> batch) {
    const SendOutcome outcome = sender->send(events_of(batch), agent_now());
    switch (outcome.status) {
      case SendStatus::settled:
        for (const BufferedEvent& buffered : batch) taken_of.insert(buffered.event.machine_id);
        return settle(settled_by(batch, outcome.answer));
      case SendStatus::refused:
        break;
      case SendStatus::forbidden:
        return send_by_machine(batch, outcome.error);
      case SendStatus::retry:
        retry_after = outcome.retry_after;
        return failed(outcome.error);
    }
    if (batch.size() == 1) return settle({{batch.front().id, outcome.error.message}});
    const std::size_t half = batch.size() / 2;
    return send(batch.first(half)) && send(batch.subspan(half));
  }

  /// A credential is good for one machine_id; the buffer may hold events of an earlier one.
  bool send_by_machine(std::span<const BufferedEvent> batch, const Error& error) {
    std::map<std::string_view, std::vector<BufferedEvent>> machines;
    for (const BufferedEvent& buffered : batch) machines[buffered.event.machine_id].push_back(buffered);
    if (machines.size() == 1) {
      Forbidden& found = forbidden[batch.front().event.machine_id];
      for (const BufferedEvent& buffered : batch) found.events.push_back(buffered.id);
      found.error = error;
      return true;
    }
    return std::ranges::all_of(machines, [this](const auto& machine) { return send(machine.second); });
  }

  /// What is forbidden will stay so if the server took events of another machine in the same round, and none
  /// of this one. Else it may be the credential, or whatever stands before the server: nothing is given up
  /// for that.
  bool put_forbidden_aside() {
    bool all_done = true;
    for (const auto& [machine_id, found] : forbidden) {
      if (taken_of.empty() || taken_of.contains(machine_id)) {
        all_done = failed(found.error);
        continue;
      }
      const std::string why = "is of machine_id " + machine_id + ", for which the credential is not good";
      std::vector<Settled> settled;
      for (const std::int64_t id : found.events) settled.push_back({id, why});
      if (!settle(settled)) return false;
    }
    return all_done;
  }

  std::optional<AgentState> agent_now() {
    const std::lock_guard lock(mutex);
    return agent;
  }

  bool settle(const std::vector<Settled>& settled) {
    if (const Result<void> done = buffer->settle(settled); !done) return failed(done.error());
    settled_some = true;
    std::int64_t rejected = 0;
    for (const Settled& s : settled) {
      if (s.rejection.empty()) continue;
      ++rejected;
      log.warning("the server refused an event; it is kept aside", {{"reason", std::string_view(s.rejection)}});
    }
    record.sent(static_cast<std::int64_t>(settled.size()), rejected);
    return true;
  }

  bool failed(const Error& error) {
    if (!rounds.stopping()) record.failed(error);  // else it was cancelled: nothing to report
    return false;
  }
};

Delivery::Delivery(std::shared_ptr<Buffer> buffer, std::shared_ptr<Sender> sender, std::chrono::seconds interval,
                   Clock& clock, Log& log)
    : state_(std::make_unique<State>(std::move(buffer), std::move(sender), interval, clock, log)) {}

Delivery::~Delivery() = default;

bool Delivery::flush(std::chrono::milliseconds timeout) { return state_->rounds.flush(timeout); }

void Delivery::set_interval(std::chrono::seconds interval) { state_->rounds.set_interval(interval); }

void Delivery::describe(AgentState agent) {
  const std::lock_guard lock(state_->mutex);
  state_->agent = std::move(agent);
}

DeliveryStatus Delivery::status() const { return state_->record.status(); }

}  // namespace activitytrack
