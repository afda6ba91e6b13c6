#include "ingest/ingest.hpp"

#include <utility>

namespace activitytrack::server {

Ingest::Ingest(StoreWriter& store, Clock& clock, Log& log, std::size_t max_queued_events)
    : store_(store), clock_(clock), log_(log), max_queued_events_(max_queued_events) {
  thread_ = std::thread([this] { run(); });
}

Ingest::~Ingest() { stop(); }

bool Ingest::submit(std::vector<Event> events, Done done) {
  {
    const std::lock_guard lock(mutex_);
    // A single batch larger than the bound may still pass, alone.
    const bool full = queued_events_ > 0 && queued_events_ + events.size() > max_queued_events_;
    if (stopping_ || full) return false;
    queued_events_ += events.size();
    queue_.push_back({std::move(events), std::move(done)});
  }
  work_.notify_one();
  return true;
}

void Ingest::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Ingest::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::vector<Batch> group = std::exchange(queue_, {});
    queued_events_ = 0;
    lock.unlock();
    store_group(group);
    lock.lock();
  }
}

void Ingest::store_group(std::vector<Batch>& group) {
  std::vector<std::span<const Event>> batches;
  std::size_t events = 0;
  for (const Batch& batch : group) {
    batches.emplace_back(batch.events);
    events += batch.events.size();
  }
  const auto counts = store_.append(batches, clock_.now());
  if (!counts) {
    note_failure(counts.error(), events);
    for (Batch& batch : group) batch.done(counts.error());
    return;
  }
  if (std::exchange(failing_, false)) log_.info("storing again");
  for (std::size_t i = 0; i < group.size(); ++i) group[i].done((*counts)[i]);
}

/// Once for each outage: agents come back often, and the log must not fill the disk that is full.
void Ingest::note_failure(const Error& error, std::size_t events) {
  if (std::exchange(failing_, true)) return;
  log_.error("events not stored, agents are told to come back",
             {{"error", error.message}, {"events", events}});
}

}  // namespace activitytrack::server
