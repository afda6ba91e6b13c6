#pragma once

#include "server/events/ingest_stats.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace activitytrack::server {

/// Has what was stored made durable, on a thread of its own, and tells whoever waits for that: so the writer goes on
/// with the next group while the disk is at work on this one.
class Flusher {
 public:
  /// One batch that was stored.
  struct Stored {
    std::function<void(Result<Counts>)> done;
    Counts counts;
  };

  /// All are borrowed.
  Flusher(StoreWriter& store, Clock& clock, Outage& outage, IngestStats& stats);
  ~Flusher();  ///< stop()
  Flusher(const Flusher&) = delete;

  /// Takes a group whose storing began at `began`. Each `done` is called once, on the thread.
  void add(std::vector<Stored> group, Ticks began);

  /// Flushes what was added, then ends the thread.
  void stop();

 private:
  struct Group {
    std::vector<Stored> batches;
    Ticks began;
  };

  void run();
  void flush(std::vector<Group>& groups);

  StoreWriter& store_;
  Clock& clock_;
  Outage& outage_;
  IngestStats& stats_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Group> groups_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace activitytrack::server
