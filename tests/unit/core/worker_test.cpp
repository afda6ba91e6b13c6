#include "core/worker.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <stdexcept>
#include <utility>

using namespace activitytrack;

namespace {

/// Does its jobs one by one; a negative one throws.
class Jobs {
 public:
  explicit Jobs(std::deque<int> jobs) : jobs_(std::move(jobs)) {
    worker_.ask_to_stop();
    worker_.start([this](Worker::Lock& lock) { return step(lock); });
    worker_.stop();
  }

  int done = 0;

 private:
  bool step(Worker::Lock& lock) {
    if (!worker_.wait(lock, [this] { return !jobs_.empty(); })) return false;
    const int job = jobs_.front();
    jobs_.pop_front();
    lock.unlock();
    if (job < 0) throw std::runtime_error("no");
    ++done;
    return true;
  }

  std::deque<int> jobs_;
  Worker worker_{"the jobs", null_log()};
};

}  // namespace

TEST_CASE("what waits at a stop is done though a step throws") {
  CHECK(Jobs({1, -1, 2, 3}).done == 3);
  CHECK(Jobs({-1, 1, -1, 2}).done == 2);
}

TEST_CASE("steps that throw again and again end at a stop") { CHECK(Jobs({1, -1, -1, 2}).done == 1); }
