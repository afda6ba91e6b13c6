// What every ScreenshotBuffer promises, wherever it keeps its screenshots.
#include <activitytrack/buffer/buffer.hpp>

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "screenshots.hpp"
#include "temp_folder.hpp"

#include <thread>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct FolderPictures {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  TempFolder temp;
  std::unique_ptr<ScreenshotBuffer> buffer =
      make_folder_screenshot_buffer(temp.path / "screenshots", clock, log).value();
};

struct MemoryPictures {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  std::unique_ptr<ScreenshotBuffer> buffer = make_memory_screenshot_buffer(clock);
};

std::vector<std::string> ids_of(const Result<std::vector<Screenshot>>& screenshots) {
  std::vector<std::string> ids;
  for (const Screenshot& each : screenshots.value()) ids.push_back(each.id);
  return ids;
}

}  // namespace

#define SCREENSHOT_BUFFERS FolderPictures, MemoryPictures

TEST_CASE_TEMPLATE("a new screenshot buffer is empty", T, SCREENSHOT_BUFFERS) {
  T t;
  CHECK(t.buffer->pending(10).value().empty());
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.pending + stats.aside + stats.dropped + stats.bytes == 0);
  CHECK(t.buffer->read(numbered_screenshot(1)).error().code == ErrorCode::not_found);
}

TEST_CASE_TEMPLATE("screenshots come back whole, in order of id", T, SCREENSHOT_BUFFERS) {
  T t;
  std::string every_byte;
  for (int c = 0; c < 256; ++c) every_byte += static_cast<char>(c);
  every_byte += "\n\r\n\n";
  for (const int n : {3, 1, 2}) CHECK(t.buffer->append(numbered_screenshot(n), every_byte + std::to_string(n)));
  const auto all = t.buffer->pending(10).value();
  REQUIRE(all.size() == 3);
  for (int n = 1; n <= 3; ++n) {
    CHECK(all[static_cast<std::size_t>(n - 1)] == numbered_screenshot(n));
    CHECK(t.buffer->read(numbered_screenshot(n)).value() == every_byte + std::to_string(n));
  }
  CHECK(t.buffer->stats().value().pending == 3);
  CHECK(t.buffer->stats().value().bytes >= std::int64_t(3 * every_byte.size()));
}

TEST_CASE_TEMPLATE("pending gives at most what is asked for, above an id", T, SCREENSHOT_BUFFERS) {
  T t;
  std::vector<std::string> ids;
  for (int n = 0; n < 5; ++n) {
    CHECK(t.buffer->append(numbered_screenshot(n), "x"));
    ids.push_back(numbered_screenshot(n).id);
  }
  CHECK(ids_of(t.buffer->pending(2)) == std::vector{ids[0], ids[1]});
  CHECK(ids_of(t.buffer->pending(2, ids[1])) == std::vector{ids[2], ids[3]});
  CHECK(ids_of(t.buffer->pending(9, ids[3])) == std::vector{ids[4]});
  CHECK(t.buffer->pending(9, ids[4]).value().empty());
  CHECK(t.buffer->pending(0).value().empty());
}

TEST_CASE_TEMPLATE("an id that is the beginning of another comes before it", T, SCREENSHOT_BUFFERS) {
  T t;
  for (const char* id : {"a-0", "a", "a_1", "a0"}) {
    Screenshot shot = numbered_screenshot(0);
    shot.id = id;
    CHECK(t.buffer->append(shot, "x"));
  }
  CHECK(ids_of(t.buffer->pending(9)) == std::vector<std::string>{"a", "a-0", "a0", "a_1"});
  CHECK(ids_of(t.buffer->pending(9, "a")) == std::vector<std::string>{"a-0", "a0", "a_1"});
}

TEST_CASE_TEMPLATE("one that is pending already changes nothing; another machine's is another", T, SCREENSHOT_BUFFERS) {
  T t;
  CHECK(t.buffer->append(numbered_screenshot(1), "first"));
  CHECK(t.buffer->append(numbered_screenshot(1), "second"));
  CHECK(t.buffer->read(numbered_screenshot(1)).value() == "first");
  Screenshot other = numbered_screenshot(1);
  other.machine_id = "vm-2/../..\\ ☃";
  CHECK(t.buffer->append(other, "other"));
  CHECK(t.buffer->pending(10).value().size() == 2);
  CHECK(t.buffer->read(other).value() == "other");
  CHECK(t.buffer->settle(numbered_screenshot(1), ""));
  CHECK(t.buffer->pending(10).value() == std::vector{other});
}

TEST_CASE_TEMPLATE("one without bytes is kept as well", T, SCREENSHOT_BUFFERS) {
  T t;
  Screenshot same = numbered_screenshot(2);
  same.format = Screenshot::Format::none;
  same.same_as = numbered_screenshot(1).id;
  same.size = 0;
  same.sha256.clear();
  CHECK(t.buffer->append(same, ""));
  CHECK(t.buffer->pending(1).value() == std::vector{same});
  CHECK(t.buffer->read(same).value().empty());
}

TEST_CASE_TEMPLATE("settled ones are gone, refused ones aside", T, SCREENSHOT_BUFFERS) {
  T t;
  for (int n = 0; n < 3; ++n) CHECK(t.buffer->append(numbered_screenshot(n), "bytes"));
  CHECK(t.buffer->settle(numbered_screenshot(1), ""));
  CHECK(t.buffer->settle(numbered_screenshot(2), "too large"));
  CHECK(t.buffer->settle(numbered_screenshot(7), ""));
  CHECK(t.buffer->settle(numbered_screenshot(7), "was never there"));
  CHECK(t.buffer->pending(9).value() == std::vector{numbered_screenshot(0)});
  CHECK(t.buffer->read(numbered_screenshot(2)).error().code == ErrorCode::not_found);
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.pending == 1);
  CHECK(stats.aside == 1);
  CHECK(stats.bytes > 0);

  CHECK(t.buffer->append(numbered_screenshot(2), "bytes"));
  CHECK(t.buffer->settle(numbered_screenshot(2), "too large again"));
  CHECK(t.buffer->stats().value().aside == 1);
  CHECK(t.buffer->settle(numbered_screenshot(0), ""));
  CHECK(t.buffer->stats().value().pending == 0);
}

TEST_CASE_TEMPLATE("past the age they are dropped and counted", T, SCREENSHOT_BUFFERS) {
  T t;
  t.buffer->set_bounds({1h, 1 << 30});
  CHECK(t.buffer->append(screenshot_at(t.clock.now() - 50min), "x"));
  CHECK(t.buffer->append(screenshot_at(t.clock.now() - 20min), "x"));
  CHECK(t.buffer->settle(screenshot_at(t.clock.now() - 50min), "refused"));
  CHECK(t.buffer->stats().value().dropped == 0);
  t.clock.pass(15min);
  CHECK(t.buffer->append(screenshot_at(t.clock.now()), "x"));
  BufferStats stats = t.buffer->stats().value();
  CHECK(stats.dropped == 1);
  CHECK(stats.aside == 0);
  CHECK(stats.pending == 2);
}

TEST_CASE_TEMPLATE("past the size the oldest are dropped, of those aside first", T, SCREENSHOT_BUFFERS) {
  T t;
  t.buffer->set_bounds({24h, 100'000});
  const std::string bytes(10'000, 'x');
  for (int n = 30; n > 0; --n) {  // the newest first, so that the order of arrival is not the order of time
    CHECK(t.buffer->append(numbered_screenshot(n), n > 28 ? bytes : ""));
    if (n == 30) CHECK(t.buffer->settle(numbered_screenshot(30), "refused"));
  }
  CHECK(t.buffer->stats().value().dropped == 0);
  for (int n = 31; n < 45; ++n) CHECK(t.buffer->append(numbered_screenshot(n), bytes));
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.aside == 0);
  CHECK(stats.dropped >= 6);
  CHECK(stats.bytes <= 100'000);
  const auto left = ids_of(t.buffer->pending(100));
  CHECK(left.size() == static_cast<std::size_t>(stats.pending));
  REQUIRE(left.size() >= 7);
  CHECK(left.back() == numbered_screenshot(44).id);
  CHECK(left[left.size() - 7] == numbered_screenshot(38).id);
}

TEST_CASE_TEMPLATE("a bound too small for anything drops all and does not hang", T, SCREENSHOT_BUFFERS) {
  T t;
  t.buffer->set_bounds({1h, 0});
  CHECK(t.buffer->append(screenshot_at(t.clock.now()), "bytes"));
  CHECK(t.buffer->append(screenshot_at(t.clock.now() + 1s), "bytes"));
  CHECK(t.buffer->pending(10).value().empty());
  CHECK(t.buffer->stats().value().dropped == 2);
  CHECK(t.buffer->stats().value().bytes == 0);
}

TEST_CASE_TEMPLATE("threads may share a screenshot buffer", T, SCREENSHOT_BUFFERS) {
  T t;
  std::vector<std::thread> threads;
  for (int k = 0; k < 4; ++k) {
    threads.emplace_back([&t, k] {
      for (int n = 0; n < 25; ++n) {
        if (!t.buffer->append(numbered_screenshot(k * 100 + n), "bytes")) return;
        const auto first = t.buffer->pending(1);
        if (first && !first->empty()) (void)t.buffer->settle(first->at(0), "aside");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const BufferStats stats = t.buffer->stats().value();
  CHECK(stats.pending + stats.aside == 100);
  CHECK(static_cast<std::int64_t>(t.buffer->pending(1000).value().size()) == stats.pending);
}
