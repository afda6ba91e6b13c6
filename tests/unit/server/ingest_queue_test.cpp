// Whatever one sender has waiting, the others' turn comes soon; and each batch is stored and answered once.
#include "server/events/ingest_queue.hpp"

#include <doctest/doctest.h>

#include <numeric>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace std::chrono_literals;

namespace {

struct Queue {
  IngestQueue queue{100'000};
  std::vector<Result<Counts>> answers;

  /// A batch of machine `sender`, whose events are numbered by their times.
  bool add(std::int64_t sender, std::size_t events) {
    Submission batch{.events = std::vector<Event>(events), .sender = Submission::Sender{sender, 1}};
    for (std::size_t i = 0; i < events; ++i) batch.events[i].timestamp = Time(std::chrono::microseconds(i));
    batch.rejected.push_back({.machine_id = "m", .count = 1});
    batch.done = [this](Result<Counts> counts) { answers.push_back(std::move(counts)); };
    return queue.add(batch);
  }
};

std::size_t events_of(const std::vector<Submission>& group, std::int64_t sender) {
  std::size_t events = 0;
  for (const Submission& batch : group) events += batch.sender->credential == sender ? batch.events.size() : 0;
  return events;
}

}  // namespace

TEST_CASE_FIXTURE(Queue, "who is alone has all of it stored at once") {
  REQUIRE(add(1, 10'000));
  REQUIRE(add(1, 5000));
  const auto group = queue.take_group();
  CHECK(group.size() == 2);
  CHECK(events_of(group, 1) == 15'000);
  CHECK(queue.empty());
  CHECK(queue.events() == 0);
}

TEST_CASE_FIXTURE(Queue,
                  "a long batch gives way to what others bring, and is answered once, when all of it is stored") {
  REQUIRE(add(1, 10'000));
  REQUIRE(add(2, 1));
  REQUIRE(add(3, 100));
  auto group = queue.take_group();
  CHECK(events_of(group, 1) == 500);
  CHECK(events_of(group, 2) == 1);
  CHECK(events_of(group, 3) == 100);
  std::vector<Submission> parts;
  std::size_t refused_elsewhere = 0;
  for (int turn = 0; !queue.empty() || !group.empty(); ++turn) {
    for (Submission& batch : group) {
      if (batch.sender->credential == 1) parts.push_back(std::move(batch));
    }
    REQUIRE(add(2, 1));
    group = queue.take_group();
    CHECK(events_of(group, 2) == 1);  // at each turn
    if (queue.empty()) group.pop_back();
    if (turn == 20) break;
  }
  for (Submission& batch : group) {
    if (batch.sender->credential == 1) parts.push_back(std::move(batch));
  }
  REQUIRE(parts.size() == 20);
  std::int64_t at = 0;
  for (Submission& part : parts) {
    refused_elsewhere += part.rejected.size();
    for (const Event& event : part.events) REQUIRE(event.timestamp.time_since_epoch().count() == at++);
    CHECK(answers.empty());
    part.done(Counts{part.events.size() - 1, 1});
  }
  CHECK(at == 10'000);
  CHECK(refused_elsewhere == 1);  // counted once
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].value() == Counts{9980, 20});
}

TEST_CASE_FIXTURE(Queue, "a long batch of which a part fails, fails") {
  REQUIRE(add(1, 1500));
  REQUIRE(add(2, 1));
  std::vector<Submission> parts;
  while (!queue.empty()) {
    for (Submission& batch : queue.take_group()) {
      if (batch.sender->credential == 1) parts.push_back(std::move(batch));
    }
  }
  REQUIRE(parts.size() >= 2);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    CHECK(answers.empty());
    i == 0 ? parts[i].done(Error{ErrorCode::no_space, "full"}) : parts[i].done(Counts{500, 0});
  }
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].error().message == "full");
}

TEST_CASE_FIXTURE(Queue, "senders are taken in turn, and each one's batches in their order") {
  for (int i = 0; i < 3; ++i) {
    REQUIRE(add(1, 400));
    REQUIRE(add(2, 400));
  }
  for (int turn = 0; turn < 3; ++turn) {
    const auto group = queue.take_group();
    CHECK(events_of(group, 1) == 400);
    CHECK(events_of(group, 2) == 400);
  }
  CHECK(queue.empty());
}

TEST_CASE_FIXTURE(Queue, "a group of very many senders is bounded, and who found no room is the first of the next") {
  for (std::int64_t sender = 0; sender < 100; ++sender) REQUIRE(add(sender, 500));
  for (int group = 0; group < 2; ++group) CHECK(queue.take_group().size() == 40);
  const auto last = queue.take_group();
  REQUIRE(last.size() == 20);
  CHECK(last[0].sender->credential == 80);
}

TEST_CASE_FIXTURE(Queue, "one credential fills no more than its part, and others still find room") {
  REQUIRE(add(1, 10'000));
  REQUIRE(add(1, 10'000));
  CHECK_FALSE(add(1, 1));
  CHECK(add(2, 10'000));
  for (std::int64_t sender = 3; sender < 7; ++sender) CHECK(add(sender, 10'000));
  CHECK(queue.events() == 70'000);
  CHECK_FALSE(add(2, 10'001));
}

TEST_CASE_FIXTURE(Queue, "batches without events have their cost") {
  int taken = 0;
  while (taken < 100'000 && add(1, 0)) ++taken;
  CHECK(taken == 20'000);
}
