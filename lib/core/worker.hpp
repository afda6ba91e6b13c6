#pragma once

#include <activitytrack/core/log.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace activitytrack {

/// A thread that does an object's work in steps, with what the two share: a mutex, a condition, and the wish to stop.
/// The object keeps it as its last member, so that the thread ends before anything that it uses:
///
///     Queue() { worker_.start([this](Worker::Lock& lock) { return step(lock); }); }
///
///     void add(Job job) { worker_.change([&] { jobs_.push_back(std::move(job)); }); }
///
///     bool step(Worker::Lock& lock) {
///       if (!worker_.wait(lock, [this] { return !jobs_.empty(); })) return false;
///       auto jobs = std::exchange(jobs_, {});
///       lock.unlock();
///       ...
///       return true;
///     }
class Worker {
 public:
  using Lock = std::unique_lock<std::mutex>;

  /// Runs on the thread with the mutex held, again and again: waits for work, takes it, and unlocks while it does it
  /// (it need not lock again). False ends the thread. What it throws is logged, and the next step begins a second
  /// later; at once if the thread is to end, so that what waits is still done, and two steps that throw one after the
  /// other end it then.
  using Step = std::function<bool(Lock&)>;

  /// `name` is for the log ("the audit log"); `log` is borrowed.
  Worker(std::string name, Log& log) : name_(std::move(name)), log_(log) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Begins the thread; once, when all that the step uses is there. With more `threads` than one each of them runs the
  /// step, so that several pieces of work are done at a time.
  void start(Step step, std::size_t threads = 1);

  /// How many there are. With the mutex held.
  std::size_t threads() const { return threads_.size(); }

  /// Asks the thread to end and waits until it has. May be called again; never from the thread.
  void stop();

  /// Asks it to end and does not wait.
  void ask_to_stop();

  /// Holds the mutex, which guards what the object and its thread share.
  [[nodiscard]] Lock lock() const { return Lock(mutex_); }

  /// Makes a change with the mutex held, wakes those who wait, and returns what `change` returned.
  template <class Change>
  auto change(Change change) {
    struct Wake {
      std::condition_variable& condition;
      ~Wake() { condition.notify_all(); }
    } wake{changed_};
    const Lock held = lock();
    return change();
  }

  /// Wakes those who wait, after a change made under lock().
  void wake() { changed_.notify_all(); }

  /// Waits until `ready()` or a stop. Returns `ready()`: so what waits at a stop can still be done.
  template <class Ready>
  bool wait(Lock& lock, Ready ready) {
    changed_.wait(lock, [&] { return stopping_ || ready(); });
    return ready();
  }

  /// Waits until `ready()`, a stop, or `until`. Returns whether it was `ready()` or a stop, and not the time.
  template <class Instant, class Ready>
  bool wait_until(Lock& lock, Instant until, Ready ready) {
    return changed_.wait_until(lock, until, [&] { return stopping_ || ready(); });
  }

  /// Waits for `time`, or until a stop. Returns false at a stop.
  bool rest(Lock& lock, std::chrono::milliseconds time) {
    return !changed_.wait_for(lock, time, [&] { return stopping_; });
  }

  /// Whether a stop was asked for. With the mutex held.
  bool stopping() const { return stopping_; }

 private:
  void run(const Step& step);

  const std::string name_;
  Log& log_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace activitytrack
