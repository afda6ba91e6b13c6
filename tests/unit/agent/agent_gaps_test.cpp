// Why an agent did not observe: in its events, in what it says of itself, and over its end.
#include <activitytrack/agent/agent.hpp>

#include <activitytrack/core/memory_source.hpp>

#include "fakes.hpp"
#include "serve.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <utility>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// Takes everything, or nothing for a while, and remembers what the agent said of itself.
class Listener final : public Sender {
 public:
  SendOutcome send(std::span<const EncodedEvent> events, const std::optional<AgentState>& agent) override {
    const std::lock_guard lock(mutex_);
    if (away) {
      ++refused;
      return {SendOutcome::retry, retry_after, {ErrorCode::unavailable, "away"}};
    }
    if (agent && (said_.empty() || said_.back().state != agent->state)) said_.push_back(*agent);
    return {.status = SendOutcome::settled, .answer = {events.size(), 0, {}}};
  }
  void cancel() noexcept override {}

  std::vector<AgentState> said() const {
    const std::lock_guard lock(mutex_);
    return said_;
  }
  std::atomic<bool> away = false;
  std::atomic<int> refused = 0;
  std::optional<std::chrono::seconds> retry_after{};  ///< said while away

 private:
  mutable std::mutex mutex_;
  std::vector<AgentState> said_;
};

struct Hold final : SleepHold {
  explicit Hold(std::atomic<bool>& flag) : held(flag) { held = true; }
  ~Hold() override { release(); }
  void release() noexcept override { held = false; }
  std::atomic<bool>& held;
};

/// Says what a test says.
class FakeSleep final : public SleepSource {
 public:
  explicit FakeSleep(std::atomic<bool>& held) : held_(held) {}
  int fd() const noexcept override { return wake_.get(); }
  Result<std::optional<bool>> drain() override {
    wake_.settle();
    if (lost) return Error{ErrorCode::unavailable, "gone"};
    return std::exchange(said_, std::nullopt);
  }
  std::shared_ptr<SleepHold> take_hold() override {
    ++taken;
    return std::make_shared<Hold>(held_);
  }

  void say(bool sleeps) {
    said_ = sleeps;
    wake_.wake();
  }
  int taken = 0;
  void lose() {
    lost = true;
    wake_.wake();
  }

 private:
  std::atomic<bool>& held_;
  std::optional<bool> said_;
  bool lost = false;
  WakeFd wake_;
};

struct GapsRig {
  TempFolder folder;
  MemoryLog log;
  FakeClock clock{"2024-01-15T10:30:00Z"};
  std::shared_ptr<Buffer> buffer = make_memory_buffer(clock);
  std::shared_ptr<Listener> server = std::make_shared<Listener>();
  MemorySource<InputSource>* input = nullptr;  // the one that is open
  bool display = true, focus = true;
  std::atomic<bool> held = false;
  FakeSleep* sleep = nullptr;
  std::string boot = "boot-1";
  std::vector<Event> events;  // of all runs
  std::unique_ptr<Agent> agent;

  Result<std::unique_ptr<InputSource>> open() {
    if (!display) return Error{ErrorCode::unavailable, "no display"};
    auto source = std::make_unique<MemorySource<InputSource>>();
    input = source.get();
    return std::unique_ptr<InputSource>(std::move(source));
  }

  void start() {
    AgentParts parts;
    parts.open_input = [this] { return open(); };
    if (!focus)
      parts.open_focus = [] { return Result<std::unique_ptr<FocusSource>>(Error{ErrorCode::unsupported, "no"}); };
    parts.system = std::make_unique<FakeSystemStats>();
    parts.zone = std::make_unique<FakeZone>();
    auto source = std::make_unique<FakeSleep>(held);
    sleep = source.get();
    parts.sleep = std::move(source);
    parts.boot = {boot, (folder.path / "buffer.db.boot").string()};
    parts.buffer = buffer;
    parts.sender = server;
    parts.on_event = [this](const Event& event) { events.push_back(event); };
    agent = Agent::start(std::move(parts), {{"m", 60s, 60s}, 300s, "1.0"}, clock, log).value();
  }

  void serve(std::chrono::seconds time) { test::serve(time, *agent, clock); }

  template <class Condition>
  bool serve_until(Condition condition) {
    return test::serve_until(*agent, clock, condition);
  }

  void lose_display() {
    display = false;
    input->fail({ErrorCode::unavailable, "gone"});
    agent->dispatch();
  }

  /// The names that events have, in order, without those that have none.
  std::vector<Gap> names() const {
    std::vector<Gap> names;
    for (const Event& event : events)
      if (event.gap_before) names.push_back(*event.gap_before);
    return names;
  }

  bool told(std::optional<Gap> state) {
    return wait_until([&] {
      const auto said = server->said();
      return !said.empty() && said.back().state == state;
    });
  }
};

using Gaps = std::vector<Gap>;

}  // namespace

TEST_CASE_FIXTURE(GapsRig, "the first event of all has no gap before it") {
  start();
  serve(120s);
  agent->stop(1s);
  CHECK(events.size() >= 3);
  CHECK(names().empty());
}

TEST_CASE_FIXTURE(GapsRig, "a pause is told at once, and so is its end; the event after it names it") {
  start();
  serve(90s);
  const Time since = clock.now();
  agent->pause(std::nullopt);
  CHECK(told(Gap::paused));
  CHECK(server->said().back().since == since);
  CHECK(server->said().back().machine_id == "m");
  CHECK(agent->status().gap == Gap::paused);
  CHECK(agent->status().since == since);
  serve(600s);
  agent->resume();
  CHECK_FALSE(agent->status().gap);
  CHECK(told(std::nullopt));
  serve(60s);
  CHECK(names() == Gaps{Gap::paused});
}

TEST_CASE_FIXTURE(GapsRig, "a pause while the server is away is told when it is there again") {
  start();
  serve(90s);
  server->away = true;
  agent->pause(std::nullopt);
  serve(5s);
  server->away = false;
  agent->pause(5min);  // the wish is another, the state is not
  CHECK(told(Gap::paused));
}

TEST_CASE_FIXTURE(GapsRig, "a pause is told at once, also to a server that wanted to be left alone for an hour") {
  server->retry_after = 1h;
  start();
  serve(90s);
  CHECK(told(std::nullopt));
  server->away = true;
  agent->pause(std::nullopt);
  REQUIRE(wait_until([&] { return server->refused > 0; }));
  agent->resume();
  serve(5s);
  server->away = false;
  agent->pause(std::nullopt);
  CHECK(told(Gap::paused));
}

TEST_CASE_FIXTURE(GapsRig, "without a display nothing is observed, and nothing is idle") {
  start();
  serve(90s);
  const std::size_t seen = events.size();
  lose_display();
  CHECK(agent->status().gap == Gap::blind);
  CHECK(told(Gap::blind));
  CHECK(events.size() == seen + 1);  // what was seen before
  serve(1800s);
  CHECK(events.size() == seen + 1);
  display = true;
  serve(120s);
  CHECK_FALSE(agent->status().gap);
  CHECK(names() == Gaps{Gap::blind});
  CHECK(events[seen + 1].timestamp - events[seen].timestamp >= 30min);
}

TEST_CASE_FIXTURE(GapsRig, "where the focus alone cannot be read, input is counted, without an application") {
  focus = false;
  start();
  serve(60s);
  input->push({clock.ticks(), InputKind::key_press, false, 1, 1, 0, 0});
  serve(60s);
  CHECK_FALSE(agent->status().gap);
  CHECK(names().empty());
  CHECK(events.size() >= 3);
  std::int64_t keys = 0, idle = 0;
  for (const Event& event : events) {
    keys += event.key_count;
    idle += event.is_idle;
    CHECK(event.active_app.empty());
  }
  CHECK(keys == 1);
  CHECK(idle < static_cast<std::int64_t>(events.size()));
}

TEST_CASE_FIXTURE(GapsRig, "a display that is not there at the start is a gap only after an earlier run") {
  display = false;
  start();
  serve(120s);
  CHECK(events.empty());
  CHECK(agent->status().gap == Gap::blind);
  display = true;
  serve(120s);
  CHECK(names() == Gaps{Gap::blind});
  agent->stop(1s);
  start();
  serve(60s);
  CHECK(names() == Gaps{Gap::blind, Gap::stopped});
}

TEST_CASE_FIXTURE(GapsRig, "a pause names the gap, whether the display was lost before it or in it") {
  start();
  serve(90s);
  lose_display();
  serve(60s);
  agent->pause(std::nullopt);
  CHECK(agent->status().gap == Gap::paused);
  agent->resume();
  CHECK(agent->status().gap == Gap::blind);
  display = true;
  serve(90s);
  CHECK(names() == Gaps{Gap::paused});
}

TEST_CASE_FIXTURE(GapsRig, "a sleep that is announced is told while it is held back; input before it is not after it") {
  start();
  serve(90s);
  const std::size_t seen = events.size();
  sleep->say(true);
  agent->dispatch();
  CHECK(agent->status().gap == Gap::asleep);
  CHECK(events.size() == seen + 1);
  CHECK(told(Gap::asleep));
  CHECK(wait_until([&] { return !held; }));
  input->push({clock.ticks(), InputKind::key_press, false, 1, 1, 0, 0});
  clock.sleep(8h);
  sleep->say(false);
  agent->dispatch();
  CHECK(told(std::nullopt));
  serve(60s);
  CHECK(names() == Gaps{Gap::asleep});
  std::int64_t keys = 0;
  for (const Event& event : events) keys += event.key_count;
  CHECK(keys == 0);
  CHECK(events[seen + 1].timestamp - events[seen].timestamp >= 8h);
}

TEST_CASE_FIXTURE(GapsRig, "a sleep is not held back where there is nothing to say first") {
  start();
  agent->pause(std::nullopt);
  sleep->say(true);
  agent->dispatch();
  CHECK(sleep->taken == 1);
  CHECK_FALSE(held);
  CHECK(agent->status().gap == Gap::paused);
}

TEST_CASE_FIXTURE(GapsRig, "a sleep is held back for two seconds at most, and not believed for ever") {
  start();
  serve(90s);
  struct Slow final : Sender {
    SendOutcome send(std::span<const EncodedEvent>, const std::optional<AgentState>&) override {
      wait_until([&] { return cancelled.load(); });
      return {};
    }
    void cancel() noexcept override { cancelled = true; }
    std::atomic<bool> cancelled = false;
  };
  REQUIRE(agent->replace_sender(std::make_shared<Slow>()));
  sleep->say(true);
  agent->dispatch();
  CHECK(held);
  serve(3s);
  CHECK_FALSE(held);
  CHECK(agent->status().gap == Gap::asleep);
  serve(30s);
  CHECK_FALSE(agent->status().gap);
}

TEST_CASE_FIXTURE(GapsRig, "a sleep that nobody announces is named all the same, as is a clock that is set") {
  start();
  serve(90s);
  sleep->lose();
  agent->dispatch();
  clock.sleep(1h), agent->dispatch();
  serve(90s);
  clock.jump(-2h), agent->dispatch();
  serve(90s);
  CHECK(names() == Gaps{Gap::asleep, Gap::clock});
  CHECK(log.count("seen only after it") == 1);
}

TEST_CASE_FIXTURE(GapsRig, "a stop is the last word, and a start knows whether the machine was off") {
  start();
  serve(60s);
  const Time since = clock.now();
  agent->stop(30s);
  CHECK(server->said().back().state == Gap::stopped);
  CHECK(server->said().back().since == since);
  CHECK(agent->status().gap == Gap::stopped);
  clock.pass(1h);
  start();
  serve(60s);
  agent.reset();  // killed
  clock.pass(1h);
  boot = "boot-2";
  start();
  agent.reset();  // before there was an event
  clock.pass(1s);
  start();
  clock.jump(-48h), agent->dispatch();  // the clock that the machine started with was wrong
  serve(60s);
  agent.reset();
  start();
  serve(60s);
  CHECK(names() == Gaps{Gap::stopped, Gap::off, Gap::stopped});
}

TEST_CASE_FIXTURE(GapsRig, "a record of the boot that cannot be read or kept costs only the name") {
  std::ofstream(folder.path / "buffer.db.boot") << "no boot";
  start();
  serve(60s);
  agent.reset();
  boot = "";
  start();
  serve(60s);
  agent.reset();
  CHECK(names() == Gaps{Gap::stopped});
}
