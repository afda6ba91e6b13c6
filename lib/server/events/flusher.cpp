#include "server/events/flusher.hpp"

#include <utility>

namespace activitytrack::server {

Flusher::Flusher(StoreWriter& store, Clock& clock, Log& log, Outage& outage, IngestStats& stats)
    : store_(store), clock_(clock), outage_(outage), stats_(stats), worker_("the syncing of events", log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void Flusher::add(std::vector<Stored> group, Ticks began) {
  worker_.change([&] { groups_.push_back({std::move(group), began}); });
}

bool Flusher::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return !groups_.empty(); })) return false;
  auto groups = std::exchange(groups_, {});
  lock.unlock();
  flush(groups);
  return true;
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
        batch.done(flushed.error());
        continue;
      }
      stats_.accepted += batch.counts.accepted;
      stats_.duplicates += batch.counts.duplicates;
      batch.done(batch.counts);
    }
  }
}

}  // namespace activitytrack::server
