#include "store/store.hpp"

#include <map>
#include <mutex>

namespace activitytrack::server {
namespace {

struct Entry {
  Machine machine;
  std::optional<Time> zone_at;  ///< of the event that machine.timezone is from
  std::map<Time, Event> events;
};

struct State {
  std::mutex mutex;
  std::map<std::string, Entry, std::less<>> machines;
};

class MemoryWriter : public StoreWriter {
 public:
  explicit MemoryWriter(std::shared_ptr<State> state) : state_(std::move(state)) {}

  Result<std::vector<Counts>> append(std::span<const std::span<const Event>> batches, Time now) override {
    const std::lock_guard lock(state_->mutex);
    std::vector<Counts> counts;
    for (const auto& batch : batches) {
      auto& count = counts.emplace_back();
      for (const Event& event : batch) ++(add(event, now) ? count.accepted : count.duplicates);
    }
    return counts;
  }

  Result<bool> set_user_label(std::string_view machine_id, const std::optional<std::string>& label) override {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->machines.find(machine_id);
    if (found == state_->machines.end()) return false;
    found->second.machine.user_label = label;
    return true;
  }

 private:
  bool add(const Event& event, Time now) {
    const auto [place, is_new] = state_->machines.try_emplace(event.machine_id);
    Entry& entry = place->second;
    if (is_new) entry.machine = {event.machine_id, std::nullopt, now, now, ""};
    entry.machine.last_seen = std::max(entry.machine.last_seen, now);
    if (!event.timezone.empty() && (!entry.zone_at || event.timestamp >= *entry.zone_at)) {
      entry.machine.timezone = event.timezone;
      entry.zone_at = event.timestamp;
    }
    return entry.events.try_emplace(event.timestamp, event).second;
  }

  std::shared_ptr<State> state_;
};

class MemoryReader : public StoreReader {
 public:
  explicit MemoryReader(std::shared_ptr<State> state) : state_(std::move(state)) {}

  Result<std::vector<Machine>> machines() override {
    const std::lock_guard lock(state_->mutex);
    std::vector<Machine> all;
    for (const auto& [id, entry] : state_->machines) all.push_back(entry.machine);
    return all;
  }

  Result<std::optional<Machine>> machine(std::string_view machine_id) override {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->machines.find(machine_id);
    if (found == state_->machines.end()) return std::optional<Machine>();
    return std::optional<Machine>(found->second.machine);
  }

  Result<std::vector<Event>> events(std::string_view machine_id, TimeRange range,
                                    std::size_t limit) override {
    const std::lock_guard lock(state_->mutex);
    std::vector<Event> found;
    const auto machine = state_->machines.find(machine_id);
    if (machine == state_->machines.end()) return found;
    const auto& events = machine->second.events;
    for (auto at = events.lower_bound(range.start); at != events.end(); ++at) {
      if (at->first >= range.end || found.size() == limit) break;
      found.push_back(at->second);
    }
    return found;
  }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace

Store make_memory_store() {
  const auto state = std::make_shared<State>();
  return {std::make_unique<MemoryWriter>(state), std::make_unique<MemoryReader>(state)};
}

}  // namespace activitytrack::server
