#pragma once

#include "report/gaps.hpp"
#include "server/database/sqlite_database.hpp"
#include "server/events/admission.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "server/serve/storage.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>
#include <mutex>

namespace activitytrack::server {

/// What a machine sent.
struct MemoryMachine {
  Machine machine;
  std::optional<Time> zone_at;  ///< of the event that machine.timezone is from
  std::map<Time, Event> events;
};

struct MemoryState {
  std::mutex mutex;
  std::map<std::string, MemoryMachine, std::less<>> machines;
};

class MemoryWriter : public StoreWriter {
 public:
  MemoryWriter(std::shared_ptr<MemoryState> state, Database& database)
      : state_(std::move(state)), database_(database) {}

  Result<Appended> append(std::span<const Batch> batches, Time now,
                          std::optional<std::int64_t> accounts_version) override {
    const std::lock_guard lock(state_->mutex);
    Appended appended;
    if (accounts_version) {
      const auto version = read_accounts_version(database_);
      if (!version) return version.error();
      appended.stale = *version != *accounts_version;
      if (appended.stale) return appended;
    }
    for (const Batch& batch : batches) {
      auto& count = appended.counts.emplace_back();
      for (const Rejections& rejected : batch.rejected) reject(rejected, batch.agent, now);
      for (const Event& event : batch.events) {
        ++(add(event, batch.agent, now) ? count.accepted : count.duplicates);
        Machine& machine = known(event.machine_id, now).machine;
        if (machine.day != day_number(now)) machine.day = day_number(now), machine.day_events = 0;
        appended.machines.push_back({machine_key(event.machine_id), ++machine.day_events});
      }
      if (batch.events.empty() && batch.agent && !batch.agent->machine_id.empty())
        heard_of(batch.agent->machine_id, batch.agent, now);
    }
    return appended;
  }

  Result<void> flush() override { return {}; }

  Result<bool> set_user_label(std::string_view machine_id, const std::optional<std::string>& label) override {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->machines.find(machine_id);
    if (found == state_->machines.end()) return false;
    found->second.machine.user_label = label;
    return true;
  }

 private:
  MemoryMachine& known(const std::string& machine_id, Time now) {
    const auto [place, is_new] = state_->machines.try_emplace(machine_id);
    if (is_new) place->second.machine = {machine_id, std::nullopt, now, now, "", std::nullopt, Time{}, true, false};
    return place->second;
  }

  void reject(const Rejections& rejected, const std::optional<AgentState>& agent, Time now) {
    Machine& machine = (agent ? heard_of(rejected.machine_id, agent, now) : known(rejected.machine_id, now)).machine;
    machine.rejected_events += rejected.count;
    machine.latest_rejection = {now, rejected.field, rejected.error};
  }

  MemoryMachine& heard_of(const std::string& machine_id, const std::optional<AgentState>& agent, Time now) {
    MemoryMachine& entry = known(machine_id, now);
    entry.machine.last_seen = std::max(entry.machine.last_seen, now);
    if (agent) entry.machine.agent = agent;
    if (agent) entry.machine.agent->machine_id.clear();  // as the databases do
    return entry;
  }

  bool add(const Event& event, const std::optional<AgentState>& agent, Time now) {
    MemoryMachine& entry = heard_of(event.machine_id, agent, now);
    if (!event.timezone.empty() && (!entry.zone_at || event.timestamp >= *entry.zone_at)) {
      entry.machine.timezone = event.timezone;
      entry.zone_at = event.timestamp;
    }
    if (event.timestamp >= entry.machine.latest_event) {
      entry.machine.latest_event = event.timestamp;
      entry.machine.latest_is_idle = event.is_idle;
      entry.machine.latest_is_scripted = event.input_verdict == Verdict::scripted;
    }
    return entry.events.try_emplace(event.timestamp, event).second;
  }

  std::shared_ptr<MemoryState> state_;
  Database& database_;
};

class MemoryReader : public StoreReader {
 public:
  explicit MemoryReader(std::shared_ptr<MemoryState> state) : state_(std::move(state)) {}

  Result<std::vector<Machine>> machines(std::string_view after, std::size_t limit) override {
    const std::lock_guard lock(state_->mutex);
    std::vector<Machine> all;
    for (auto at = state_->machines.upper_bound(after); at != state_->machines.end() && all.size() < limit; ++at) {
      all.push_back(at->second.machine);
    }
    return all;
  }

  Result<std::optional<Machine>> machine(std::string_view machine_id) override {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->machines.find(machine_id);
    if (found == state_->machines.end()) return std::optional<Machine>();
    return std::optional<Machine>(found->second.machine);
  }

  Result<std::vector<Event>> events(std::string_view machine_id, TimeRange range, std::size_t limit) override {
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

  Result<std::vector<UnobservedTime>> gaps(std::string_view machine_id, TimeRange range) override {
    const std::lock_guard lock(state_->mutex);
    const auto machine = state_->machines.find(machine_id);
    if (machine == state_->machines.end()) return std::vector<UnobservedTime>();
    GapFinder finder;
    for (const auto& [time, event] : machine->second.events) finder.add(event);
    return gaps_within(finder.take(), range);
  }

  Result<void> hours(std::string_view machine_id, TimeRange range, const EachHour& each) override {
    const std::lock_guard lock(state_->mutex);
    const auto machine = state_->machines.find(machine_id);
    if (machine == state_->machines.end()) return {};
    Hours hours;
    for (const auto& [time, event] : machine->second.events) hours[hour_of(event)].add(event);
    for (const auto& [key, hour] : hours) {
      if (key.start >= range.start && key.start < range.end) each(key, pack_hour(hour));
    }
    return {};
  }

  Result<void> hour_times(std::span<const std::string> machine_ids, TimeRange range,
                          const EachHourTimes& each) override {
    for (std::size_t i = 0; i < machine_ids.size(); ++i) {
      const auto read = hours(machine_ids[i], range, [&](const HourKey& key, std::string_view packed) {
        each(i, key, read_times(packed).value());
      });
      if (!read) return read;
    }
    return {};
  }

 private:
  std::shared_ptr<MemoryState> state_;
};

/// A store that forgets everything at exit. Its hours are made from the events at each call; its database has only the
/// tables that both kinds of database make alike.
inline Store make_memory_store() {
  const auto state = std::make_shared<MemoryState>();
  Store store;
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  prepare_sqlite_schema(database, server_schema());
  store.database = make_sqlite_database(std::move(database));
  store.writer = std::make_unique<MemoryWriter>(state, *store.database);
  store.reader = std::make_unique<MemoryReader>(state);
  return store;
}

}  // namespace activitytrack::server
