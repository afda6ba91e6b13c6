#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace activitytrack::server {

/// Threads that do the work of many askers, one piece of each in turn, however much of it an asker has waiting. One
/// asker never has all threads: what others bring begins at once. Callable from any thread.
class FairPool {
 public:
  using Clock = std::chrono::steady_clock;

  struct Size {
    std::size_t threads = 3;
    std::size_t most_waiting = 1024;      ///< pieces of work that have not begun, in all
    std::size_t most_waiting_each = 128;  ///< and of one asker
  };

  enum class Turn {
    now,
    too_late,  ///< it has waited too long: somebody has to be told, and no more
  };

  /// Must not throw.
  using Work = std::function<void(Turn)>;

  enum class Taken { yes, asker_has_many, all_have_many };

  explicit FairPool(const Size& size);
  ~FairPool() { join(); }
  FairPool(const FairPool&) = delete;

  const Size& size() const { return size_; }

  /// Calls `work` once, on a thread of this or in give_up(), unless as much waits already as may.
  Taken begin(std::string_view asker, Work work);

  /// The same for the next part of what has begun: it waits for the asker's turn too, but is never refused nor given
  /// up.
  void go_on(std::string_view asker, std::function<void()> work);

  /// Calls, with `too_late`, what has waited since before `since`.
  void give_up(Clock::time_point since);

  /// Does what is left, and ends the threads.
  void join();

 private:
  struct Piece {
    Work work;
    Clock::time_point since;  ///< never for what goes on
  };

  struct Asker {
    std::deque<Piece> waiting;
    std::size_t new_waiting = 0;  ///< of these, those that have not begun
    std::size_t running = 0;
    bool has_turn = false;  ///< it stands in turns_
  };
  using Askers = std::map<std::string, Asker, std::less<>>;

  // With the mutex held:
  void add(std::string_view asker, Piece piece);
  void give_turn(Askers::iterator asker);
  void forget_if_idle(Askers::iterator asker);

  void run();

  const Size size_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  Askers askers_;  ///< who has work here; ordered, so that nobody can choose names that make it slow
  std::deque<Askers::iterator> turns_;  ///< who may have a piece begin now
  std::size_t new_waiting_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace activitytrack::server
