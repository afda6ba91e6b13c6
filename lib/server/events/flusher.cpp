#include "server/events/flusher.hpp"

#include <utility>

namespace activitytrack::server {

Flusher::Flusher(StoreWriter& store, Clock& clock, Outage& outage, IngestStats& stats)
    : store_(store), clock_(clock), outage_(outage), stats_(stats), thread_([this] { run(); }) {}

Flusher::~Flusher() { stop(); }

void Flusher::add(std::vector<Stored> group, Ticks began) {
  {
    const std::lock_guard lock(mutex_);
    groups_.push_back({std::move(group), began});
  }
  work_.notify_one();
}

void Flusher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Flusher::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !groups_.empty(); });
    if (groups_.empty()) return;
    auto groups = std::exchange(groups_, {});
    lock.unlock();
    flush(groups);
    groups.clear();
    lock.lock();
  }
}

void Flusher::flush(std::vector<Group>& groups) {
  const auto flushed = store_.flush();
  const Ticks now = clock_.read().ticks;
  flushed ? outage_.passed() : outage_.failed(flushed.error());
  for (Group& group : groups) {
    stats_.commit_us.observe(static_cast<std::uint64_t>((now - group.began).count()));
    for (Stored& batch : group.batches) {
      if (!flushed) {
        ++stats_.failed;
        batch.done(told_to_senders(flushed.error()));
        continue;
      }
      stats_.accepted += batch.counts.accepted;
      stats_.duplicates += batch.counts.duplicates;
      batch.done(batch.counts);
    }
  }
}

}  // namespace activitytrack::server
