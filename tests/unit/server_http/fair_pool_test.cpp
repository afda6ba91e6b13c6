#include "server/http/fair_pool.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <latch>
#include <mutex>
#include <string>
#include <vector>

using namespace activitytrack::server;

namespace {

using Taken = FairPool::Taken;
using Turn = FairPool::Turn;

/// Work for a pool, which notes its names as it is done, or with a "-" as it is given up.
class Notes {
 public:
  FairPool::Work work(std::string name) {
    return [this, name = std::move(name)](Turn turn) { note(turn == Turn::now ? name : "-" + name); };
  }

  void note(std::string name) {
    const std::lock_guard lock(mutex_);
    names_.push_back(std::move(name));
  }

  std::vector<std::string> names() {
    const std::lock_guard lock(mutex_);
    return names_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> names_;
};

using Names = std::vector<std::string>;

/// Holds threads of a pool until it is opened.
class Gate {
 public:
  ~Gate() { open(); }

  /// Holds one, and returns when it does.
  void hold_thread(FairPool& pool, std::string_view asker) {
    std::promise<void> held;
    pool.go_on(asker, [this, &held] {
      held.set_value();
      opened_.wait();
    });
    held.get_future().wait();
  }

  void open() {
    if (!opened_.try_wait()) opened_.count_down();
  }

 private:
  std::latch opened_{1};
};

}  // namespace

TEST_CASE("askers have their turns one after the other, however much one has waiting") {
  Notes notes;
  FairPool pool({.threads = 1});
  Gate gate;
  gate.hold_thread(pool, "nobody");
  for (const char* name : {"a1", "a2", "a3"}) CHECK(pool.begin("a", notes.work(name)) == Taken::yes);
  CHECK(pool.begin("b", notes.work("b1")) == Taken::yes);
  pool.go_on("c", [&] { notes.note("c1"); });
  pool.go_on("c", [&] { notes.note("c2"); });
  gate.open();
  pool.join();
  CHECK(notes.names() == Names{"a1", "b1", "c1", "a2", "c2", "a3"});
}

TEST_CASE("one asker never has all threads") {
  Notes notes;
  FairPool pool({.threads = 3});
  Gate gate;
  gate.hold_thread(pool, "a");
  gate.hold_thread(pool, "a");
  for (const char* name : {"a3", "a4"}) CHECK(pool.begin("a", notes.work(name)) == Taken::yes);
  std::promise<void> done;
  CHECK(pool.begin("b", [&](Turn) { done.set_value(); }) == Taken::yes);
  done.get_future().wait();
  CHECK(notes.names() == Names{});
  gate.open();
  pool.join();
  auto names = notes.names();
  std::ranges::sort(names);  // they may run at the same time
  CHECK(names == Names{"a3", "a4"});
}

TEST_CASE("so much may wait, of one asker and in all; what has begun goes on") {
  Notes notes;
  FairPool pool({.threads = 1, .most_waiting = 3, .most_waiting_each = 2});
  Gate gate;
  gate.hold_thread(pool, "nobody");
  CHECK(pool.begin("a", notes.work("a1")) == Taken::yes);
  CHECK(pool.begin("a", notes.work("a2")) == Taken::yes);
  CHECK(pool.begin("a", notes.work("a3")) == Taken::asker_has_many);
  CHECK(pool.begin("b", notes.work("b1")) == Taken::yes);
  CHECK(pool.begin("c", notes.work("c1")) == Taken::all_have_many);
  pool.go_on("a", [&] { notes.note("a4"); });
  gate.open();
  pool.join();
  CHECK(notes.names() == Names{"a1", "b1", "a2", "a4"});
}

TEST_CASE("what waits for too long is given up, and makes room") {
  Notes notes;
  FairPool pool({.threads = 1, .most_waiting = 2, .most_waiting_each = 2});
  Gate gate;
  gate.hold_thread(pool, "nobody");
  CHECK(pool.begin("a", notes.work("a1")) == Taken::yes);
  CHECK(pool.begin("b", notes.work("b1")) == Taken::yes);
  pool.go_on("b", [&] { notes.note("b2"); });
  pool.give_up(FairPool::Clock::time_point::min());
  CHECK(notes.names() == Names{});
  pool.give_up(FairPool::Clock::now() + std::chrono::hours(1));
  CHECK(notes.names() == Names{"-a1", "-b1"});
  CHECK(pool.begin("a", notes.work("a2")) == Taken::yes);
  CHECK(pool.begin("a", notes.work("a3")) == Taken::yes);
  gate.open();
  pool.join();
  CHECK(notes.names() == Names{"-a1", "-b1", "a2", "b2", "a3"});
}
