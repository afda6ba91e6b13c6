#pragma once

#include "core/worker.hpp"
#include "server/events/ingest_stats.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>

#include <functional>
#include <vector>

namespace activitytrack::server {

/// Makes what was stored durable, on a thread of its own, and then reports it to its senders: so the writer goes on
/// with the next group while the disk is at work on this one.
class Flusher {
 public:
  /// One batch that was stored.
  struct Stored {
    std::function<void(Result<Counts>)> done;
    Counts counts;
  };

  /// All are borrowed.
  Flusher(StoreWriter& store, Clock& clock, Log& log, Outage& outage, IngestStats& stats);

  /// Takes a group whose storing began at `began`. Each `done` is called once, on the thread.
  void add(std::vector<Stored> group, Ticks began);

  /// Flushes what was added, then ends the thread.
  void stop() { worker_.stop(); }

 private:
  struct Group {
    std::vector<Stored> batches;
    Ticks began;
  };

  bool step(Worker::Lock& lock);
  void flush(std::vector<Group>& groups);

  StoreWriter& store_;
  Clock& clock_;
  Outage& outage_;
  IngestStats& stats_;
  std::vector<Group> groups_;
  Worker worker_;
};

}  // namespace activitytrack::server
