#pragma once

#include "store/store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace activitytrack::server {

/// The one thread that stores events. What is handed over while a commit runs is stored together by the
/// next one; a batch that finds the thread at rest is stored at once.
class Ingest {
 public:
  /// Told once what became of a batch, on the writer's thread, after its commit. Must not block.
  using Done = std::function<void(Result<Counts>)>;

  /// The store, clock and log are borrowed. At most `max_queued_events` wait.
  Ingest(StoreWriter& store, Clock& clock, Log& log, std::size_t max_queued_events = 100'000);
  ~Ingest();  ///< stop()
  Ingest(const Ingest&) = delete;

  /// Takes a batch from any thread. False, and `done` is never called, if the queue is full or was stopped.
  bool submit(std::vector<Event> events, Done done);

  /// Stores what is queued, then ends the thread. No batch is taken any more.
  void stop();

 private:
  struct Batch {
    std::vector<Event> events;
    Done done;
  };

  void run();
  void store_group(std::vector<Batch>& group);
  void note_failure(const Error& error, std::size_t events);

  StoreWriter& store_;
  Clock& clock_;
  Log& log_;
  const std::size_t max_queued_events_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Batch> queue_;
  std::size_t queued_events_ = 0;
  bool stopping_ = false;
  bool failing_ = false;  ///< the writer's thread alone: whether the last commit failed
  std::thread thread_;
};

}  // namespace activitytrack::server
