#include "server/events/ingest.hpp"

#include <activitytrack/core/result.hpp>

#include <algorithm>
#include <utility>

namespace activitytrack::server {

namespace {

std::size_t count_events(std::span<const Ingest::Submission> group) {
  std::size_t events = 0;
  for (const auto& batch : group) events += batch.events.size();
  return events;
}

/// The machines that a group names, the same perhaps several times.
std::vector<std::string> machines_of(std::span<const Ingest::Submission> group) {
  std::vector<std::string> machines;
  const auto add = [&](const std::string& machine) {
    if (machines.empty() || machines.back() != machine) machines.push_back(machine);
  };
  for (const auto& batch : group) {
    if (batch.events.empty() && batch.agent && !batch.agent->machine_id.empty()) add(batch.agent->machine_id);
    for (const Event& event : batch.events) add(event.machine_id);
    for (const Rejections& rejected : batch.rejected) add(rejected.machine_id);
  }
  return machines;
}

/// Once: a batch without `done` has its answer, or will get it when it is flushed.
void answer(Ingest::Submission& batch, const Error& error) { std::exchange(batch.done, nullptr)(error); }

/// After an exception: all that have no answer yet get one, so that no request waits for ever.
template <class Batches>
void answer_the_rest(Batches& batches) noexcept {
  for (auto& batch : batches) {
    const auto done = std::exchange(batch.done, nullptr);
    if (!done) continue;
    try {
      done(Error{ErrorCode::unavailable, "storing failed"});
    } catch (...) {  // the others still get theirs
    }
  }
}

}  // namespace

Ingest::Ingest(StoreWriter& store, CredentialCheck& credentials, Clock& clock, Log& log, std::size_t max_queued_events,
               std::int64_t daily_events)
    : store_(store),
      credentials_(credentials),
      clock_(clock),
      log_(log),
      quota_(daily_events),
      flusher_("the syncing of events", log),
      queue_(max_queued_events),
      worker_("the storing of events", log) {
  flusher_.start([this](Worker::Lock& lock) { return flush_step(lock); });
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

bool Ingest::submit(Submission batch) {
  return worker_.change([&] {
    if (worker_.stopping()) return false;
    const bool taken = queue_.add(batch);
    if (!taken) ++stats_.queue_full;
    stats_.queued_events = queue_.events();
    return taken;
  });
}

std::optional<std::chrono::seconds> Ingest::over_quota(std::string_view machine_id) {
  const auto wait = quota_.used_up(machine_id, clock_.now());
  if (wait) ++stats_.over_quota;
  return wait;
}

void Ingest::stop() {
  worker_.stop();
  flusher_.stop();
}

bool Ingest::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return !queue_.empty(); })) return false;
  std::vector<Submission> group = queue_.take_group();
  stats_.queued_events = queue_.events();
  lock.unlock();
  try {
    store_group(group);
  } catch (...) {
    answer_the_rest(group);
    throw;
  }
  return true;
}

void Ingest::store_group(Group group) {
  const auto version = credentials_.version();
  group = answer_shut_out(group, version);
  if (group.empty()) return;
  const auto began = clock_.read().ticks;
  const Time now = clock_.now();
  const auto appended = append(group, now, version);
  if (!appended) return split_or_fail(group, appended.error());
  if (appended->stale) {
    if (auto learned = credentials_.refresh(); !learned) return split_or_fail(group, learned.error());
    return store_group(group);
  }
  quota_.note(appended->machines, now);
  stats_.group_events.observe(count_events(group));
  Stored stored{.batches = {}, .began = began};
  stored.batches.reserve(group.size());
  if (heard_) stored.machines = machines_of(group);
  flusher_.change([&] {
    stored_.push_back(std::move(stored));
    for (std::size_t i = 0; i < group.size(); ++i)  // from here on nothing throws, and no answer is lost
      stored_.back().batches.push_back({std::exchange(group[i].done, nullptr), appended->counts[i]});
  });
}

Result<Appended> Ingest::append(Group group, Time now, std::optional<std::int64_t> version) {
  std::vector<Batch> batches;
  batches.reserve(group.size());
  for (const Submission& batch : group) batches.push_back({batch.events, batch.agent, batch.rejected});
  return store_.append(batches, now, version);
}

/// Of a group that is to be stored at that version of the accounts. Returns the rest of it.
Ingest::Group Ingest::answer_shut_out(Group group, std::optional<std::int64_t> version) {
  const auto may = [&](const Submission& batch) {
    const auto& sender = batch.sender;
    return !sender || sender->version == version || credentials_.still_good(sender->credential);
  };
  const auto shut_out = std::ranges::stable_partition(group, may);
  for (Submission& batch : shut_out) {
    ++stats_.shut_out;
    answer(batch, {ErrorCode::unauthorized, "this credential has been revoked"});
  }
  return group.first(group.size() - shut_out.size());
}

void Ingest::split_or_fail(Group group, const Error& error) {
  if (group.size() > 1 && !is_transient(error.code)) {
    store_group(group.first(group.size() / 2));
    return store_group(group.subspan(group.size() / 2));
  }
  note_failure(error);
  stats_.failed += group.size();
  for (Submission& batch : group) answer(batch, error);
}

bool Ingest::flush_step(Worker::Lock& lock) {
  if (!flusher_.wait(lock, [this] { return !stored_.empty(); })) return false;
  auto groups = std::exchange(stored_, {});
  lock.unlock();
  try {
    flush(groups);
  } catch (...) {
    for (Stored& group : groups) answer_the_rest(group.batches);
    throw;
  }
  return true;
}

void Ingest::flush(std::vector<Stored>& groups) {
  const auto flushed = store_.flush();
  const Ticks now = clock_.read().ticks;
  if (!flushed)
    note_failure(flushed.error());
  else if (stats_.failing.exchange(false))
    log_.info("storing again");
  for (Stored& group : groups) {
    if (flushed && heard_) heard_(group.machines);
    stats_.commit_us.observe(static_cast<std::uint64_t>((now - group.began).count()));
    for (Stored::Part& batch : group.batches) {
      const auto done = std::exchange(batch.done, nullptr);
      if (!flushed) {
        ++stats_.failed;
        done(flushed.error());
        continue;
      }
      stats_.accepted += batch.counts.accepted;
      stats_.duplicates += batch.counts.duplicates;
      done(batch.counts);
    }
  }
}

/// Once for each outage, because agents come back often, and the log must not fill the disk that is full.
void Ingest::note_failure(const Error& error) {
  stats_.failed_at_us = clock_.read().ticks.time_since_epoch().count();
  if (stats_.failing.exchange(true)) return;
  log_.error("events not stored, agents are told to come back", {{"error", error.message}});
}

}  // namespace activitytrack::server
