#include "server/accounts/password_queue.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "wait.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <mutex>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// A queue in which `room` jobs may wait, whose one thread is busy until the test lets it go, and what became of the
/// jobs behind that.
struct BusyQueue {
  explicit BusyQueue(int room) : queue(log, {.threads = 1, .longest = room * 1000ms, .each = 1000ms}) {
    queue.submit({"busy", nullptr,
                  [this] {
                    started.set_value();
                    go_on.get_future().wait();
                  },
                  [] {}});
    started.get_future().wait();
  }

  void submit(int number, const std::string& client, std::function<bool()> is_known = nullptr) {
    queue.submit({client, std::move(is_known), [this, number] { run.push_back(number); },
                  [this, number] {
                    const std::lock_guard lock(mutex);
                    refused.push_back(number);
                  }});
  }

  /// Until the queue knows who comes first of those so far.
  void wait_for_checks() {
    const auto asked = std::make_shared<std::promise<void>>();
    submit(0, "last", [asked] {
      asked->set_value();
      return true;
    });
    asked->get_future().wait();
  }

  bool refuses(const std::vector<int>& wanted) {
    return wait_until([&] {
      const std::lock_guard lock(mutex);
      return refused == wanted;
    });
  }

  void finish() {
    go_on.set_value();
    queue.stop();
  }

  std::promise<void> started, go_on;
  std::vector<int> run;
  std::mutex mutex;
  std::vector<int> refused;
  MemoryLog log;
  PasswordQueue queue;
};

}  // namespace

TEST_CASE("known browsers come first, and what would wait too long is refused") {
  BusyQueue jobs(2);
  for (const int number : {1, 2, 3}) jobs.submit(number, "client " + std::to_string(number));
  CHECK(jobs.refuses({3}));
  jobs.submit(4, "client 4", [] { return true; });
  jobs.wait_for_checks();
  jobs.submit(5, "client 5", [] { return false; });  // a made-up cookie, and no room with the unknown
  CHECK(jobs.refuses({3, 5}));
  jobs.finish();
  CHECK(jobs.run == std::vector<int>{4, 0, 1, 2});
  jobs.submit(6, "client 6", [] { return true; });
  CHECK(jobs.refuses({3, 5, 6}));
}

TEST_CASE("a hundred who sign in at once are all served, from one address too") {
  BusyQueue jobs(150);
  for (int i = 1; i <= 50; ++i) jobs.submit(i, "office");
  for (int i = 51; i <= 100; ++i) jobs.submit(i, "client " + std::to_string(i));
  jobs.finish();
  CHECK(jobs.run.size() == 100);
  CHECK(jobs.refuses({}));
}

TEST_CASE("a flood from one client delays each other one by one job, whatever it says it is") {
  BusyQueue jobs(4);
  for (int i = 1; i <= 5; ++i) jobs.submit(i, "flood");
  CHECK(jobs.refuses({5}));
  jobs.submit(6, "other");
  CHECK(jobs.refuses({5, 4}));
  jobs.submit(7, "another");
  CHECK(jobs.refuses({5, 4, 3}));
  jobs.submit(8, "third");
  CHECK(jobs.refuses({5, 4, 3, 2}));
  jobs.submit(9, "fourth");  // nobody has more than it would have
  CHECK(jobs.refuses({5, 4, 3, 2, 9}));
  jobs.finish();
  CHECK(jobs.run == std::vector<int>{1, 6, 7, 8});
}

TEST_CASE("several threads serve one queue") {
  MemoryLog log;
  PasswordQueue queue(log, {.threads = 2});
  std::promise<void> first, second;
  const auto meet = [](std::promise<void>& own, std::promise<void>& other) {
    own.set_value();
    other.get_future().wait();
  };
  queue.submit({"a", nullptr, [&] { meet(first, second); }, [] {}});
  queue.submit({"b", nullptr, [&] { meet(second, first); }, [] {}});
  queue.stop();  // ends only if each waited for the other while both ran
}
