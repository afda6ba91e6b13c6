#include "server/events/ingest.hpp"
#include "server/accounts/access.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"

#include <algorithm>
#include <future>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

bool is_poison(const Event& event) { return event.machine_id == "poison"; }
bool is_read_only(const Event& event) { return event.machine_id == "read-only"; }
bool is_bug(const Event& event) { return event.machine_id == "bug"; }

/// A store whose commits wait until the test lets them go.
class GatedStore : public StoreWriter {
 public:
  Result<Appended> append(std::span<const Batch> batches, Time, std::optional<std::int64_t>) override {
    std::unique_lock lock(mutex_);
    groups_.push_back(batches.size());
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    Appended appended;
    for (const Batch& batch : batches) {
      if (std::ranges::any_of(batch.events, is_poison)) return Error{ErrorCode::invalid_input, "poison"};
      if (std::ranges::any_of(batch.events, is_read_only)) return Error{ErrorCode::permission, "read-only"};
      if (std::ranges::any_of(batch.events, is_bug)) throw std::logic_error("bug");
      appended.counts.push_back({batch.events.size(), 0});
    }
    return appended;
  }
  Result<void> flush() override {
    if (flush_throws) throw std::logic_error("bug");
    return flush_result;
  }
  Result<bool> set_user_label(std::string_view, const std::optional<std::string>&) override { return false; }

  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for_commit() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !groups_.empty(); });
  }
  std::vector<std::size_t> groups() {
    const std::lock_guard lock(mutex_);
    return groups_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> groups_;
  bool open_ = false;

 public:
  Result<void> flush_result;
  bool flush_throws = false;
};

struct Rig {
  FakeClock clock{"2024-01-15T12:00:00Z"};
  MemoryLog log;
  GatedStore store;
  std::unique_ptr<Gate> gate = make_open_gate();
  std::vector<std::future<Result<Counts>>> answers;

  bool submit(Ingest& ingest, std::size_t events, const Event& event = {}) {
    const auto answered = std::make_shared<std::promise<Result<Counts>>>();
    const bool taken = ingest.submit({.events = std::vector<Event>(events, event),
                                      .done = [answered](auto counts) { answered->set_value(std::move(counts)); }});
    if (taken) answers.push_back(answered->get_future());
    return taken;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Rig, "what arrives while a commit runs is stored together by the next") {
  Ingest ingest(store, *gate, clock, log);
  REQUIRE(submit(ingest, 1));
  store.wait_for_commit();
  for (int i = 0; i < 5; ++i) REQUIRE(submit(ingest, 2));
  store.open();
  CHECK(answers[0].get().value() == Counts{1, 0});
  for (int i = 1; i <= 5; ++i) CHECK(answers[i].get().value() == Counts{2, 0});
  CHECK(store.groups() == std::vector<std::size_t>{1, 5});
}

TEST_CASE_FIXTURE(Rig, "a full queue takes nothing more, but a batch of any size when it is empty") {
  Ingest ingest(store, *gate, clock, log, 10);
  REQUIRE(submit(ingest, 50));
  store.wait_for_commit();
  CHECK(submit(ingest, 6));
  CHECK(submit(ingest, 4));
  CHECK_FALSE(submit(ingest, 1));
  store.open();
  for (auto& answer : answers) CHECK(answer.get().has_value());
  CHECK(submit(ingest, 10));
}

TEST_CASE_FIXTURE(Rig, "a stop stores what is queued, and takes nothing more") {
  Ingest ingest(store, *gate, clock, log);
  REQUIRE(submit(ingest, 1));
  store.wait_for_commit();
  REQUIRE(submit(ingest, 2));
  store.open();
  ingest.stop();
  for (auto& answer : answers) {
    REQUIRE(answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
    CHECK(answer.get().has_value());
  }
  CHECK_FALSE(submit(ingest, 1));
}

TEST_CASE_FIXTURE(Rig, "a batch that cannot be stored fails alone") {
  Ingest ingest(store, *gate, clock, log);
  Event poison;
  poison.machine_id = "poison";
  REQUIRE(submit(ingest, 1));
  store.wait_for_commit();
  for (int i = 1; i <= 9; ++i) REQUIRE(submit(ingest, 1, i == 4 ? poison : Event{}));
  store.open();
  for (int i = 0; i <= 9; ++i) CHECK(answers[i].get().has_value() == (i != 4));
  CHECK(ingest.stats().failed == 1);
}

TEST_CASE_FIXTURE(Rig, "a store that may not be written does not shut anybody out") {
  Ingest ingest(store, *gate, clock, log);
  store.open();
  store.flush_result = Error{ErrorCode::permission, "database: read-only"};
  REQUIRE(submit(ingest, 1));
  CHECK(answers[0].get().error().code == ErrorCode::permission);
  Event refused;
  refused.machine_id = "read-only";
  REQUIRE(submit(ingest, 1, refused));
  CHECK(answers[1].get().error().code == ErrorCode::permission);
}

TEST_CASE_FIXTURE(Rig, "a batch is answered even if storing it throws") {
  Ingest ingest(store, *gate, clock, log);
  store.open();
  Event bug;
  bug.machine_id = "bug";
  REQUIRE(submit(ingest, 1, bug));
  CHECK(answers[0].get().error().code == ErrorCode::unavailable);
  ingest.stop();
  CHECK(log.count("a thread failed") == 1);
}

TEST_CASE_FIXTURE(Rig, "a batch is answered even if making it durable throws") {
  store.flush_throws = true;
  Ingest ingest(store, *gate, clock, log);
  REQUIRE(submit(ingest, 1));
  store.wait_for_commit();
  for (int i = 0; i < 2; ++i) REQUIRE(submit(ingest, 1));
  store.open();
  for (auto& answer : answers) CHECK(answer.get().error().code == ErrorCode::unavailable);
  CHECK(ingest.stats().accepted == 0);
}

TEST_CASE_FIXTURE(Rig, "an answer that throws keeps no other from its own") {
  Ingest ingest(store, *gate, clock, log);
  REQUIRE(submit(ingest, 1));
  store.wait_for_commit();
  REQUIRE(
      ingest.submit({.events = std::vector<Event>(1), .done = [](auto) { throw std::runtime_error("no memory"); }}));
  for (int i = 0; i < 2; ++i) REQUIRE(submit(ingest, 1));
  store.open();
  ingest.stop();
  for (auto& answer : answers) {
    REQUIRE(answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
    (void)answer.get();
  }
  CHECK(log.count("a thread failed") == 1);
}

TEST_CASE_FIXTURE(Rig, "what the disk did not take is not called stored") {
  store.flush_result = Error{ErrorCode::io, "no disk"};
  Ingest ingest(store, *gate, clock, log);
  store.open();
  REQUIRE(submit(ingest, 1));
  CHECK(answers[0].get().error().message == "no disk");
  CHECK(ingest.stats().failing);
  CHECK(ingest.stats().accepted == 0);
}
