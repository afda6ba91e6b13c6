// What every Buffer promises, wherever it keeps its events.
#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/event.hpp>

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "temp_folder.hpp"

#include <thread>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Sqlite {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  TempFolder folder;
  std::unique_ptr<Buffer> buffer = make_sqlite_buffer(folder.path / "buffer.db", clock, log).value();
};

struct Memory {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  std::unique_ptr<Buffer> buffer = make_memory_buffer(clock);
};

Event event_at(Time timestamp, std::string window = "A title") {
  Event event;
  event.machine_id = "vm-1";
  event.timestamp = timestamp;
  event.key_count = 150;
  event.active_window = std::move(window);
  event.cpu_percent = 25.5;
  return event;
}

Event numbered(int n) { return event_at(at("2024-01-15T10:00:00Z") + std::chrono::seconds(n)); }

std::vector<std::int64_t> ids_of(const std::vector<EncodedEvent>& events) {
  std::vector<std::int64_t> ids;
  for (const EncodedEvent& event : events) ids.push_back(event.id);
  return ids;
}

}  // namespace

#define BUFFERS Sqlite, Memory

TEST_CASE_TEMPLATE("a new buffer is empty", T, BUFFERS) {
  T t;
  CHECK(t.buffer->pending(10).value().empty());
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.pending == 0);
  CHECK(stats.aside == 0);
  CHECK(stats.dropped == 0);
  CHECK(stats.oldest == Time::min());
  CHECK(stats.newest == Time::min());
}

TEST_CASE_TEMPLATE("events come back whole, in order of id, which grows", T, BUFFERS) {
  T t;
  for (int n : {3, 1, 2}) CHECK(t.buffer->append(numbered(n)));
  const auto events = t.buffer->pending(10).value();
  REQUIRE(events.size() == 3);
  CHECK(event_in(events[0]) == numbered(3));
  CHECK(event_in(events[1]) == numbered(1));
  CHECK(event_in(events[2]) == numbered(2));
  CHECK(events[0].id > 0);
  CHECK(events[0].id < events[1].id);
  CHECK(events[1].id < events[2].id);
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.oldest == numbered(1).timestamp);
  CHECK(stats.newest == numbered(3).timestamp);
  CHECK(stats.bytes > 0);
}

TEST_CASE_TEMPLATE("pending gives at most what is asked for, above an id", T, BUFFERS) {
  T t;
  for (int n = 0; n < 5; ++n) CHECK(t.buffer->append(numbered(n)));
  const auto all = ids_of(t.buffer->pending(100).value());
  REQUIRE(all.size() == 5);
  CHECK(ids_of(t.buffer->pending(2).value()) == std::vector{all[0], all[1]});
  CHECK(ids_of(t.buffer->pending(2, all[1]).value()) == std::vector{all[2], all[3]});
  CHECK(ids_of(t.buffer->pending(2, all[3]).value()) == std::vector{all[4]});
  CHECK(t.buffer->pending(2, all[4]).value().empty());
  CHECK(t.buffer->pending(0).value().empty());
}

TEST_CASE_TEMPLATE("an event that is pending already changes nothing", T, BUFFERS) {
  T t;
  CHECK(t.buffer->append(numbered(1)));
  const auto before = t.buffer->pending(10).value();
  Event again = numbered(1);
  again.key_count = 7;
  CHECK(t.buffer->append(again));
  const auto after = t.buffer->pending(10).value();
  REQUIRE(after.size() == 1);
  CHECK(after[0].id == before[0].id);
  CHECK(event_in(after[0]) == numbered(1));

  Event other_machine = numbered(1);
  other_machine.machine_id = "vm-2";
  CHECK(t.buffer->append(other_machine));
  CHECK(t.buffer->pending(10).value().size() == 2);
}

TEST_CASE_TEMPLATE("settled events are gone, refused ones aside, ids are never used again", T, BUFFERS) {
  T t;
  for (int n = 0; n < 3; ++n) CHECK(t.buffer->append(numbered(n)));
  const auto ids = ids_of(t.buffer->pending(10).value());
  REQUIRE(ids.size() == 3);
  CHECK(t.buffer->settle(std::vector<Buffer::Settled>{{ids[1], ""}, {ids[2], "key_count: out of range"}}));
  CHECK(ids_of(t.buffer->pending(10).value()) == std::vector{ids[0]});
  BufferStats stats = t.buffer->stats().value();
  CHECK(stats.pending == 1);
  CHECK(stats.aside == 1);
  CHECK(stats.dropped == 0);
  CHECK(stats.newest == numbered(2).timestamp);

  CHECK(t.buffer->settle(std::vector<Buffer::Settled>{{ids[0], ""}, {ids[1], ""}, {ids[2] + 100, ""}}));
  CHECK(t.buffer->append(numbered(9)));
  CHECK(t.buffer->pending(10).value().at(0).id > ids[2]);
}

TEST_CASE_TEMPLATE("a refused event that is collected anew can be refused anew", T, BUFFERS) {
  T t;
  for (int round = 0; round < 2; ++round) {
    CHECK(t.buffer->append(numbered(1)));
    CHECK(t.buffer->settle(std::vector<Buffer::Settled>{{t.buffer->pending(1).value().at(0).id, "no"}}));
  }
  CHECK(t.buffer->pending(10).value().empty());
}

TEST_CASE_TEMPLATE("text of every kind comes back as it was", T, BUFFERS) {
  T t;
  const std::string text = "quote \" backslash \\ tab\t bell\a ☃ 𝄞 '; DROP TABLE pending;--";
  CHECK(t.buffer->append(event_at(at("2024-01-15T10:00:00.123456Z"), text)));
  const auto events = t.buffer->pending(10).value();
  REQUIRE(events.size() == 1);
  CHECK(event_in(events[0]) == event_at(at("2024-01-15T10:00:00.123456Z"), text));
}

TEST_CASE_TEMPLATE("events past the age are dropped and counted", T, BUFFERS) {
  T t;
  t.buffer->set_bounds({1h, 1 << 30});
  CHECK(t.buffer->append(event_at(t.clock.now() - 30min)));
  CHECK(t.buffer->append(event_at(t.clock.now() - 60min)));
  CHECK(t.buffer->stats().value().dropped == 0);
  t.clock.pass(31min);
  CHECK(t.buffer->append(event_at(t.clock.now())));
  const auto left = t.buffer->pending(10).value();
  REQUIRE(left.size() == 1);
  CHECK(event_in(left[0]).timestamp == t.clock.now());
  CHECK(t.buffer->stats().value().dropped == 2);
}

TEST_CASE_TEMPLATE("past the size, the oldest are dropped, by time and not by id", T, BUFFERS) {
  T t;
  const std::string kilobyte(1000, 'x');
  // The newest first, so that order of id is not order of time.
  for (int n = 399; n >= 0; --n) CHECK(t.buffer->append(event_at(numbered(n).timestamp, kilobyte)));
  t.buffer->set_bounds({90 * 24h, 200 << 10});
  CHECK(t.buffer->append(event_at(numbered(400).timestamp, kilobyte)));
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.pending + stats.dropped == 401);
  CHECK(stats.pending > 50);
  CHECK(stats.pending < 200);
  CHECK(stats.oldest == numbered(static_cast<int>(stats.dropped)).timestamp);
  CHECK(stats.newest == numbered(400).timestamp);
}

TEST_CASE_TEMPLATE("a bound too small for anything drops all and does not hang", T, BUFFERS) {
  T t;
  t.buffer->set_bounds({1h, 0});
  CHECK(t.buffer->append(event_at(t.clock.now())));
  CHECK(t.buffer->append(event_at(t.clock.now() + 1s)));
  CHECK(t.buffer->pending(10).value().empty());
  CHECK(t.buffer->stats().value().dropped == 2);
}

TEST_CASE_TEMPLATE("threads may share it", T, BUFFERS) {
  T t;
  std::vector<std::thread> threads;
  for (int k = 0; k < 4; ++k) {
    threads.emplace_back([&t, k] {
      for (int n = 0; n < 25; ++n) {
        if (!t.buffer->append(numbered(k * 100 + n))) return;
        const auto first = t.buffer->pending(1);
        if (first && !first->empty()) (void)t.buffer->settle(std::vector<Buffer::Settled>{{first->at(0).id, "aside"}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.pending + stats.aside == 100);
}
